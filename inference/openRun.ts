import type { Address, Hex } from "viem";
import { type Answer, type Attestation, answerHash } from "../sdk/commitments.ts";
import type { Layout } from "../sdk/layouts.ts";
import { hashTensor } from "./tensors.ts";

/** What a prover has run, and the 32 random bytes of its answer. */
export interface OpenRun {
  prover: Address;
  method: number;
  modelId: Hex;
  context: Hex;
  salt: Hex;
  /** Raw bytes. */
  input: Uint8Array;
  /** Raw bytes. */
  output: Uint8Array;
}

/**
 * The attestation of a run whose answer is open at once, and that answer. Throws when input or output don't have the
 * layout's length.
 *
 * @param traceHash What the method takes as a trace's hash; zero where it takes none.
 */
export function buildOpen(
  layout: Pick<Layout, "input" | "output">,
  { input, output, salt, ...run }: OpenRun,
  traceHash: Hex,
): { attestation: Attestation; answer: Answer } {
  const inputHash = hashTensor({ spec: layout.input, data: input });
  const outputHash = hashTensor({ spec: layout.output, data: output });
  const answer = { outputHash, traceHash, salt };
  return { attestation: { ...run, inputHash, answer: answerHash(run.prover, answer) }, answer };
}
