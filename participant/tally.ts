import type { Address } from "viem";
import { sizeOf } from "../inference/verify/claims.ts";
import { unitOf } from "../sdk/contexts.ts";
import { nextBatch } from "./batcher.ts";
import { nextUnit, type Wish } from "./units.ts";
import { PENDING, REFUTED, VERIFIED, type View, VOID } from "./view.ts";

/** Whose work is counted, and what it is to be. */
export interface Work extends Omit<Wish, "seasonId" | "hopeless"> {
  seasonId: bigint;
}

/** An account's attestations in a season, by how they stand; a batch counts as many as it has units. */
export interface Tally {
  /** Units that have an attestation or are in a batch. */
  units: number;
  pending: number;
  verified: number;
  refuted: number;
  void: number;
  /** Attestations that points were awarded or burned for. */
  entered: number;
}

/** Counts an account's attestations for a season's units, or for those of one task. */
export function tallyOf({ attestations, claims }: View, { account, seasonId, taskId }: Work): Tally {
  const own = [...attestations.values()].filter(({ attestation }) => isOwn(attestation, account, seasonId, taskId));
  const ownClaims = [...claims.values()].filter(({ claim }) => isOwn(claim.attestation, account, seasonId, taskId));
  const all = [
    ...own.map((each) => ({ ...each, size: 1 })),
    ...ownClaims.map((each) => ({ ...each, size: sizeOf(each) })),
  ];
  const count = (isCounted: (each: { status: number; inLedger: boolean }) => boolean) =>
    all.filter(isCounted).reduce((sum, { size }) => sum + size, 0);
  const tries = own.length - new Set(own.map(({ attestation }) => attestation.context)).size;
  return {
    units: count(() => true) - tries,
    pending: count(({ status }) => status === PENDING),
    verified: count(({ status }) => status === VERIFIED),
    refuted: count(({ status }) => status === REFUTED),
    void: count(({ status }) => status === VOID),
    entered: count(({ inLedger }) => inLedger),
  };
}

/** Whether nothing is left to do: no unit to take, no attestation pending, every verified one awarded; or no time. */
export function isWorkOver(view: View, work: Work): boolean {
  const season = view.seasons.get(work.seasonId);
  if (season === undefined) return false;
  if (view.head.timestamp >= season.closesAt) return true;
  if (season.seed === undefined || view.head.timestamp < season.startsAt) return false;
  // A refuted attestation of an account without points makes no entry.
  const { pending, verified, entered } = tallyOf(view, work);
  if (pending > 0 || entered < verified || nextBatch(view, { ...work, batchSize: 1 }) !== undefined) return false;
  return nextUnit(view, { ...work, hopeless: new Set() }) === undefined;
}

function isOwn(
  { prover, context }: { prover: Address; context: `0x${string}` },
  account: Address,
  seasonId: bigint,
  taskId: bigint | undefined,
): boolean {
  const unit = unitOf(context);
  return prover === account && unit?.seasonId === seasonId && (taskId === undefined || unit.taskId === taskId);
}
