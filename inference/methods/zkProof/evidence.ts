import { bytesToHex, type Hex } from "viem";
import { decodeLayout, tensorBytes } from "../../../sdk/layouts.ts";
import { joined } from "../../tensors.ts";
import { PROOF_BYTES } from "./key.ts";

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
