import { type AttestationState, countOf } from "../sdk/attestations.ts";
import { unitOf } from "../sdk/contexts.ts";
import { Status } from "../sdk/protocol.ts";
import type { ChainState } from "./chainState.ts";
import { participantMethods } from "./methods/index.ts";
import type { ParticipantMethod } from "./methods/method.ts";
import type { Wish } from "./units.ts";

/** The work that is counted: an account's, in a season or task. */
export interface Work extends Wish {
  seasonId: bigint;
}

/** An account's attestations in a season, by status; a batch counts as its number of units. */
export interface ProgressCount {
  /** Units that have an attestation or are in a batch. */
  units: number;
  pending: number;
  verified: number;
  refuted: number;
  void: number;
  /** Units of attestations that points were awarded or burned for. */
  entered: number;
}

/** Names of an attestation's units, in its season. */
function unitsOf(attestation: AttestationState): string[] {
  const first = unitOf(attestation.message.context);
  if (first === undefined) return [];
  return Array.from({ length: countOf(attestation) }, (_, i) => `${first.taskId}/${first.unit + BigInt(i)}`);
}

/** Whether points are still to be awarded for a verified attestation: never where one of its units is spent. */
function isUnpaid(attestation: AttestationState, spent: ReadonlySet<string>): boolean {
  if (attestation.status !== Status.verified || attestation.inLedger) return false;
  return !unitsOf(attestation).some((unit) => spent.has(unit));
}

/** Counts an account's attestations for a season's units, or for those of one task. */
export function countProgress({ attestations }: ChainState, work: Work): ProgressCount {
  const own = [...attestations.byId.values()].filter((attestation) => isOwn(attestation, work));
  const count = (isCounted: (attestation: AttestationState) => boolean) =>
    own.filter(isCounted).reduce((sum, attestation) => sum + countOf(attestation), 0);
  return {
    units: new Set(own.flatMap(unitsOf)).size,
    pending: count(({ status }) => status === Status.pending),
    verified: count(({ status }) => status === Status.verified),
    refuted: count(({ status }) => status === Status.refuted),
    void: count(({ status }) => status === Status.void),
    entered: count(({ inLedger }) => inLedger),
  };
}

/** Whether nothing is left to do: no unit left, no attestation pending, every verified one awarded that can be; or the time is over. */
export function isWorkOver(state: ChainState, work: Work): boolean {
  const season = state.seasons.get(work.seasonId);
  if (season === undefined) return false;
  if (state.head.timestamp >= season.closesAt) return true;
  if (season.seed === undefined || state.head.timestamp < season.startsAt) return false;
  const own = [...state.attestations.byId.values()].filter((attestation) => isOwn(attestation, work));
  // A unit is spent once points were awarded or burned for it.
  const spent = new Set(own.filter(({ inLedger }) => inLedger).flatMap(unitsOf));
  if (own.some((each) => each.status === Status.pending || isUnpaid(each, spent))) return false;
  return !Object.values<ParticipantMethod>(participantMethods).some((method) => method.hasWork(state, work));
}

function isOwn({ message: { prover, context } }: AttestationState, { account, seasonId, taskId }: Work): boolean {
  if (prover !== account) return false;
  const unit = unitOf(context);
  return unit?.seasonId === seasonId && (taskId === undefined || unit.taskId === taskId);
}
