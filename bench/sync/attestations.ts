import { type Hex, keccak256, stringToHex } from "viem";
import { attestationRegistryAbi } from "../../sdk/abi.ts";
import { type Answer, answerHash, attestationUid, ZERO_HASH } from "../../sdk/commitments.ts";
import { emit } from "../../test/fixtures/logs.ts";
import type { NewAttestation, Steps } from "../methods/method.ts";
import { at, deployment } from "./deployment.ts";
import type { LedgerScript } from "./ledger-script.ts";

/** Points a unit. */
export const POINTS = 100n;

/** keccak256 of some words. */
export const hashOf = (...words: unknown[]): Hex => keccak256(stringToHex(words.join(" ")));

/** Where and by what ABI the registry emits. */
export const registry = [at("AttestationRegistry"), attestationRegistryAbi] as const;

/** The logs of a single attestation: its commitment, and what opens it. */
export function single(
  script: LedgerScript,
  attestation: NewAttestation & { method: number },
  traceHash: Hex = ZERO_HASH,
) {
  const n = script.logs.length;
  const opened: Answer = { outputHash: hashOf("output", n), traceHash, salt: hashOf("salt", n) };
  const answer = answerHash(attestation.prover, opened);
  const message = { ...attestation, inputHash: hashOf("input", n) };
  const uid = attestationUid(deployment.chainId, at("AttestationRegistry"), { ...message, answer });
  return {
    uid,
    committed: emit(...registry, "Committed", { uid, ...message, answer }),
    attested: emit(...registry, "Attested", { uid, ...message, ...opened }),
  };
}

/** An attestation that nobody verifies. */
export function open(script: LedgerScript, attestation: NewAttestation): Steps {
  const { attested } = single(script, { ...attestation, method: 0 });
  return [() => script.record(attested)];
}

/** The contract `by` settles an attestation. */
export const settle = (script: LedgerScript, id: Hex, by: string, status: number) => () =>
  script.add(emit(...registry, "StatusChanged", { id, status, by: at(by) }));
