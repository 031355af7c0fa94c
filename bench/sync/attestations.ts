import { type Hex, keccak256, stringToHex } from "viem";
import { attestationRegistryAbi } from "../../sdk/abi.ts";
import { type Answer, answerHash, attestationUid, ZERO_HASH } from "../../sdk/commitments.ts";
import { emit } from "../../test/fixtures/logs.ts";
import type { Claim, Steps } from "../methods/method.ts";
import { at, deployment } from "./deployment.ts";
import type { Teller } from "./teller.ts";

/** Points a unit. */
export const POINTS = 100n;

/** keccak256 of some words. */
export const hashOf = (...words: unknown[]): Hex => keccak256(stringToHex(words.join(" ")));

/** Where and by what ABI the registry emits. */
export const registry = [at("AttestationRegistry"), attestationRegistryAbi] as const;

/** The logs of a single attestation: its commitment, and what opens it. */
export function single(teller: Teller, claim: Claim & { method: number }, traceHash: Hex = ZERO_HASH) {
  const n = teller.told.length;
  const opened: Answer = { outputHash: hashOf("output", n), traceHash, salt: hashOf("salt", n) };
  const answer = answerHash(claim.prover, opened);
  const stated = { ...claim, inputHash: hashOf("input", n) };
  const uid = attestationUid(deployment.chainId, at("AttestationRegistry"), { ...stated, answer });
  return {
    uid,
    committed: emit(...registry, "Committed", { uid, ...stated, answer }),
    attested: emit(...registry, "Attested", { uid, ...stated, ...opened }),
  };
}

/** An attestation that nobody verifies. */
export function open(teller: Teller, claim: Claim): Steps {
  const { attested } = single(teller, { ...claim, method: 0 });
  return [() => teller.record(attested)];
}

/** The contract `by` settles an attestation. */
export const settle = (teller: Teller, id: Hex, by: string, status: number) => () =>
  teller.tell(emit(...registry, "StatusChanged", { id, status, by: at(by) }));
