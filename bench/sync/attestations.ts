import { type Address, type Hex, keccak256, padHex, stringToHex } from "viem";
import { attestationRegistryAbi, fraudProofAbi } from "../../sdk/abi.ts";
import { type Answer, answerHash, attestationUid, batchId, ZERO_HASH } from "../../sdk/commitments.ts";
import { REASON_PROVER, REASON_VERIFIER } from "../../sdk/ledger.ts";
import { emit } from "../../test/indexer/story.ts";
import { at, deployment } from "./deployment.ts";
import type { Teller } from "./teller.ts";

export const QUORUM = 1;
export const FRAUD = 2;

/** Points a unit, and how many times as many a refuted one burns. */
export const POINTS = 100n;
const PENALTY = 10n;
/** What a panel member gets. */
const SHARE = 20n;

/** Units in a batch. */
export const BATCH = 8;
/** Bytes of a unit's trace. */
const TRACE = 26;

const VERIFIED = 2;
const REFUTED = 3;

/** An attestation to be made. */
export interface Claim {
  prover: Address;
  modelId: Hex;
  context: Hex;
}

/** What happens to an attestation, one after the other: each tells a log. */
export type Steps = (() => void)[];

/** keccak256 of some words. */
export const hashOf = (...words: unknown[]): Hex => keccak256(stringToHex(words.join(" ")));

const registry = [at("AttestationRegistry"), attestationRegistryAbi] as const;

/** A single attestation: who settles it, and a commitment first where a panel does. */
function single(teller: Teller, claim: Claim, method: number) {
  const n = teller.told.length;
  const opened: Answer = {
    outputHash: hashOf("output", n),
    traceHash: method === FRAUD ? hashOf("trace", n) : ZERO_HASH,
    salt: hashOf("salt", n),
  };
  const answer = answerHash(claim.prover, opened);
  const stated = { ...claim, method, inputHash: hashOf("input", n) };
  const uid = attestationUid(deployment.chainId, at("AttestationRegistry"), { ...stated, answer });
  return {
    uid,
    committed: emit(...registry, "Committed", { uid, ...stated, answer }),
    attested: emit(...registry, "Attested", { uid, ...stated, ...opened }),
  };
}

/** An attestation that nobody verifies. */
export function open(teller: Teller, claim: Claim): Steps {
  const { attested } = single(teller, claim, 0);
  return [() => teller.record(attested)];
}

/** A unit that a panel finds right; a member of it may get points. */
export function verifiedUnit(teller: Teller, claim: Claim, member: Address | undefined): Steps {
  const { uid, committed, attested } = single(teller, claim, QUORUM);
  return [
    () => teller.record(committed),
    () => teller.tell(attested),
    settle(teller, uid, "Quorum", VERIFIED),
    () => teller.award(claim.prover, uid, REASON_PROVER, POINTS),
    ...(member === undefined ? [] : [() => teller.award(member, uid, REASON_VERIFIER, SHARE)]),
  ];
}

/** A unit that a panel finds wrong. */
export function refutedUnit(teller: Teller, claim: Claim): Steps {
  const { uid, committed, attested } = single(teller, claim, QUORUM);
  return [
    () => teller.record(committed),
    () => teller.tell(attested),
    settle(teller, uid, "Quorum", REFUTED),
    () => teller.burn(claim.prover, uid, PENALTY * POINTS),
  ];
}

/** A unit whose trace nobody refuted in time. */
export function tracedUnit(teller: Teller, claim: Claim): Steps {
  const { uid, attested } = single(teller, claim, FRAUD);
  const traced = emit(at("FraudProof"), fraudProofAbi, "Traced", { uid, trace: padHex(uid, { size: TRACE + 16 }) });
  return [
    () => teller.record(attested),
    () => teller.tell(traced),
    settle(teller, uid, "FraudProof", VERIFIED),
    () => teller.award(claim.prover, uid, REASON_PROVER, POINTS),
  ];
}

/** A batch of units that nobody refuted in time. */
export function batch(teller: Teller, claim: Claim): Steps {
  const root = hashOf("root", teller.told.length);
  const stated = { ...claim, method: FRAUD, count: BATCH, root };
  const id = batchId(deployment.chainId, at("AttestationRegistry"), stated);
  const attested = emit(...registry, "BatchAttested", { id, ...stated, traces: padHex(root, { size: TRACE * BATCH }) });
  return [
    () => teller.record(attested),
    settle(teller, id, "FraudProof", VERIFIED),
    () => teller.award(claim.prover, id, REASON_PROVER, BigInt(BATCH) * POINTS),
  ];
}

const settle = (teller: Teller, id: Hex, by: "Quorum" | "FraudProof", status: number) => () =>
  teller.tell(emit(...registry, "StatusChanged", { id, status, by: at(by) }));
