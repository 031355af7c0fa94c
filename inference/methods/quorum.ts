import type { Address, Hex } from "viem";
import { type Answer, type Attestation, answerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import type { InferenceMethod } from "./method.ts";

/** A panel re-runs the model, as the shared checks do: there is nothing else to check. */
export const quorum: InferenceMethod = {};

/** What a prover has run, and the 32 random bytes that hide the output until it is revealed. */
export interface Run {
  prover: Address;
  method: number;
  modelId: Hex;
  inputHash: Hex;
  context: Hex;
  outputHash: Hex;
  salt: Hex;
}

/** The attestation to commit to and the answer to reveal later. Keep the answer on disk before sending the attestation. */
export function buildAttestation({ outputHash, salt, ...run }: Run): { attestation: Attestation; answer: Answer } {
  const answer: Answer = { outputHash, traceHash: ZERO_HASH, salt };
  return { attestation: { ...run, answer: answerHash(run.prover, answer) }, answer };
}
