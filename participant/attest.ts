import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import type { OpenModel } from "../inference/models.ts";
import { encodeTensor, hashTensor, type Tensor } from "../inference/tensors.ts";
import { callOf } from "../sdk/calls.ts";
import type { Client } from "../sdk/client.ts";
import { type Answer, type Attestation, answerHash, attestationUid, ZERO_HASH } from "../sdk/commitments.ts";
import { FREE_CONTEXT } from "../sdk/contexts.ts";
import { holdsText } from "../sdk/text.ts";
import type { Content } from "./content.ts";
import type { Journal } from "./journal.ts";
import type { Sender } from "./sender.ts";

export interface AttestOptions {
  client: Client;
  sender: Sender;
  journal: Journal;
  content: Content;
  model: OpenModel;
  /** The input's raw bytes. */
  input: Uint8Array;
}

/** A free attestation as it was recorded. */
export interface FreeAttestation {
  uid: Hex;
  inputHash: Hex;
  output: Tensor;
  outputHash: Hex;
  transactionHash: Hex;
}

/**
 * Runs a model on any input and records a signed attestation of it (kind 0, method 0), which stays pending and earns no
 * points. The salt is saved in the journal and the input in the content before anything is sent.
 */
export async function attestFree(options: AttestOptions): Promise<FreeAttestation> {
  const { client, sender, journal, content, model, input: data } = options;
  const { chainId } = client.deployment;
  const { attestationRegistry } = client.contracts;
  const { layout, session, publication } = model;
  const input: Tensor = { spec: layout.input, data };
  const output: Tensor = { spec: layout.output, data: await session.run(data) };
  const inputHash = hashTensor(input);
  const outputHash = hashTensor(output);
  const prover = sender.account.address;
  const answer: Answer = { outputHash, traceHash: ZERO_HASH, salt: bytesToHex(randomBytes(32)) };
  const attestation: Attestation = {
    ...{ prover, method: 0, modelId: publication.modelId, inputHash, context: FREE_CONTEXT },
    answer: answerHash(prover, answer),
  };
  const registry = attestationRegistry.address;
  const uid = attestationUid(chainId, registry, attestation);
  journal.keepAttestation({ chainId, registry, uid, attestation, answer });
  await content.put(encodeTensor(input), "keccak-256");
  if (holdsText(output.spec)) await content.put(encodeTensor(output), "keccak-256");
  const args = [0, publication.modelId, inputHash, FREE_CONTEXT, answer, "0x"] as const;
  const call = callOf({ ...attestationRegistry, functionName: "attest", args });
  const { transactionHash } = await sender.send(call);
  return { uid, inputHash, output, outputHash, transactionHash };
}
