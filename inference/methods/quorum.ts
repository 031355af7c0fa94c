import type { Address, Hex } from "viem";
import { type Answer, type Attestation, answerHash, voteHash, ZERO_HASH } from "../../sdk/commitments.ts";

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
export function buildAttestation({ outputHash, salt, ...claim }: Run): { attestation: Attestation; answer: Answer } {
  const answer: Answer = { outputHash, traceHash: ZERO_HASH, salt };
  return { attestation: { ...claim, answer: answerHash(claim.prover, answer) }, answer };
}

/** A panel member's vote; `outputHash` is what its own run gave, or INVALID or UNAVAILABLE. */
export interface Vote {
  uid: Hex;
  /** The panel's round, as the Quorum contract counts it. */
  round: number;
  member: Address;
  outputHash: Hex;
  salt: Hex;
}

/** The commitment that hides a vote until all members have committed. */
export const buildVote = ({ uid, round, member, outputHash, salt }: Vote): Hex =>
  voteHash(uid, round, member, outputHash, salt);
