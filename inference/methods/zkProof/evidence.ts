import { type Address, bytesToHex, type Hex } from "viem";
import { type Answer, type Attestation, answerHash, ZERO_HASH } from "../../../sdk/commitments.ts";
import { decodeLayout, tensorBytes } from "../../../sdk/layouts.ts";
import { hashTensor, joined } from "../../tensors.ts";
import { PROOF_BYTES } from "./key.ts";

/** What a prover has run, and the 32 random bytes of its answer. */
export interface ProvableRun {
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
 * The attestation of a run and its open answer. Its uid must be known before it is proven: the proof is made for it. Throws
 * when input or output don't have the layout's length.
 */
export function buildProvable(
  layout: Uint8Array,
  { input, output, salt, ...run }: ProvableRun,
): { attestation: Attestation; answer: Answer } {
  const specs = decodeLayout(layout);
  const inputHash = hashTensor({ spec: specs.input, data: input });
  const outputHash = hashTensor({ spec: specs.output, data: output });
  const answer = { outputHash, traceHash: ZERO_HASH, salt };
  return { attestation: { ...run, inputHash, answer: answerHash(run.prover, answer) }, answer };
}

/** Input ‖ output ‖ proof, as ZkProof takes it. */
export const encodeEvidence = (input: Uint8Array, output: Uint8Array, proof: Uint8Array): Hex =>
  bytesToHex(joined([input, output, proof]));

/** Takes evidence apart; throws where it isn't as long as the layout says. */
export function decodeEvidence(layout: Uint8Array, evidence: Uint8Array) {
  const { input, output } = decodeLayout(layout);
  const outputAt = tensorBytes(input);
  const proofAt = outputAt + tensorBytes(output);
  if (evidence.length !== proofAt + PROOF_BYTES)
    throw new RangeError(`The evidence is ${evidence.length} bytes; the layout asks for ${proofAt + PROOF_BYTES}.`);
  return {
    input: evidence.subarray(0, outputAt),
    output: evidence.subarray(outputAt, proofAt),
    proof: evidence.subarray(proofAt),
  };
}
