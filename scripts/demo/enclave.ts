import { join } from "node:path";
import { bytesToHex } from "viem";
import { startEnclave } from "../../enclave-program/main.ts";
import { simulateDocument } from "../../enclave-program/simulated.ts";
import { admissibleKey } from "../../inference/methods/enclave/keys.ts";
import { verifyNitro } from "../../inference/methods/enclave/nitro.ts";
import { nameModel } from "../../inference/model.ts";
import type { CommittedModel } from "../../models/read.ts";
import type { Content } from "../../participant/content.ts";
import { publishModel } from "../../participant/publish.ts";
import type { Sender } from "../../participant/sender.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, contractOf } from "../../sdk/client.ts";
import { admissionMessage } from "../../sdk/enclaves.ts";
import { enclave } from "../../sdk/methods/enclave.ts";

const MODELS = join(import.meta.dirname, "../../models");
const DAY = 86_400n;

/** A model that is bound to the simulated enclave, and where that listens. */
export interface DemoEnclave {
  model: CommittedModel;
  url: string;
  close(): Promise<void>;
}

/**
 * Starts the enclave's program with a SIMULATED document, publishes a model that is bound to its measurement, and has a TEST
 * registrar, the organiser, admit its key for a day.
 */
export async function openEnclave(
  client: Client,
  organiser: Sender,
  content: Content,
  committed: CommittedModel,
): Promise<DemoEnclave> {
  let document = new Uint8Array(0);
  const running = await startEnclave({
    models: [join(MODELS, committed.name)],
    document: async (publicKey) => {
      document = Uint8Array.from(await simulateDocument(publicKey));
      return document;
    },
    ...{ host: "127.0.0.1", port: 0 },
  });
  const { artifact, layout, rows } = committed;
  const model = { ...committed, model: nameModel(artifact, layout, rows, running) };
  await publishModel(client, organiser, content, model.model, artifact);

  const found = await verifyNitro(document, undefined);
  const named = await admissibleKey(found.publicKey);
  if (named === undefined) throw new Error("The simulated enclave's document names no key.");
  const { timestamp } = await client.rpc.getBlock();
  const contract = contractOf(client, enclave);
  const admission = {
    ...{ publicKey: named.publicKey, measurement: running.measurement, document: bytesToHex(document) },
    expiresAt: Number(timestamp + DAY),
  };
  const message = admissionMessage(client.deployment.chainId, contract.address, admission);
  const approval = { registrar: organiser.account.address, signature: await organiser.account.signTypedData(message) };
  const args = [
    admission.publicKey,
    admission.measurement,
    admission.expiresAt,
    admission.document,
    [approval],
  ] as const;
  await organiser.send(callOf({ ...contract, functionName: "admit", args }));
  return { model, url: running.url, close: running.close };
}
