import type { ContentReader } from "../../inference/content.ts";
import { inferenceMethodById } from "../../inference/methods/index.ts";
import type { Models } from "../../inference/models.ts";
import { requireAttestation, verifyAttestation } from "../../inference/verify/attestation.ts";
import type { Check } from "../../inference/verify/checks.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import type { CheckMessage, CheckRequest, Found, Recorded } from "./messages.ts";
import { verdictOf } from "./verdict.ts";

/** Where everything is read and fetched. */
interface Sources {
  client: Client;
  /** Rejected unless the contracts stand where the deployment says. */
  deployed: Promise<void>;
  content: ContentReader;
  models: Models;
}

/**
 * Checks an attestation or a batch from the chain: everything is read by RPC or fetched by its hash; the indexer isn't
 * trusted.
 */
export async function checkHere(
  { uid, unit }: CheckRequest,
  { client, deployed, content, models }: Sources,
  post: (message: CheckMessage) => void,
): Promise<Found> {
  const doing = (what: string) => post({ kind: "doing", what });
  doing("Reading the attestation from the chain");
  const reading = requireAttestation(client, uid);
  // What is wrong with the deployment says more.
  reading.catch(() => {});
  await deployed;
  const attestation = await reading;
  const onCheck = (check: Check) => post({ kind: "check", check });
  const refuted = await inferenceMethodById(attestation.message.method)?.rows?.show(client, attestation);
  const found = await verifyAttestation({
    ...{ client, attestation, unit, onCheck },
    onByte: (byte) => post({ kind: "wrote", byte }),
    content: {
      get(cid) {
        doing(`Fetching ${cid} and hashing it`);
        return content.get(cid);
      },
    },
    models: {
      async open(modelId) {
        doing("Opening the model");
        const model = await models.open(modelId);
        doing("Running the model");
        return model;
      },
    },
  });
  const { checks, status, ...seen } = found;
  return { verdict: verdictOf(checks), recorded: recordedOf(attestation, status), ...seen, refuted };
}

function recordedOf(attestation: AttestationState, status: string): Recorded {
  const { prover, modelId, method, context } = attestation.message;
  const named = { prover, modelId, method, context, status };
  return attestation.kind === "batch"
    ? { ...named, inputHash: null, outputHash: null, root: attestation.message.root }
    : {
        ...{ ...named, inputHash: attestation.message.inputHash, root: null },
        outputHash: attestation.answer?.outputHash ?? null,
      };
}
