import type { Hex } from "viem";
import type { AttestationSummary, Season, Task } from "../../sdk/wire.ts";

/** A unit of work that is assigned to an account, and how far it got. */
export interface AssignedUnit {
  taskId: string;
  unit: number;
  /** `free` may be worked on now; `spent` had its tries. */
  state: "free" | "pending" | "verified" | "refuted" | "spent";
  /** The account's latest attestation for it. */
  uid: Hex | undefined;
}

/** Quorum's number: the method whose units one answer at a time can be given to. */
const QUORUM = 1;

/** Attestations for one unit at most: a void one may be tried again. */
const MAX_TRIES = 3;

/** The tasks of a season that a visitor's browser can work on. */
export const openTasks = ({ tasks }: Season): Task[] => tasks.filter(({ method }) => method.id === QUORUM);

/**
 * Units of a task with their states, by number: at most `limit` that were begun, the last ones, and as many free ones.
 *
 * @param attestations The account's own, newest first.
 * @param isAll `attestations` are all that it made; else units before the last one known may have been worked on, too.
 */
export function assignedUnits(
  seasonId: string,
  { taskId, unitsPerAccount }: Task,
  attestations: readonly AttestationSummary[],
  { limit, isAll }: { limit: number; isAll: boolean },
): AssignedUnit[] {
  const tries = new Map<number, AttestationSummary[]>();
  for (const attestation of attestations) {
    if (attestation.unit?.seasonId !== seasonId || attestation.unit.taskId !== taskId || !attestation.counts) continue;
    const unit = Number(attestation.unit.unit);
    tries.set(unit, [...(tries.get(unit) ?? []), attestation]);
  }
  const known = [...tries]
    .map(([unit, all]): AssignedUnit => ({ taskId, unit, state: stateOf(all), uid: all[0]?.uid }))
    .sort((a, b) => a.unit - b.unit);
  const begun = known.filter(({ state }) => state !== "free").slice(-limit);
  const free = known.filter(({ state }) => state === "free").slice(0, limit);
  const from = isAll ? 0 : (known.at(-1)?.unit ?? -1) + 1;
  for (let unit = from; unit < unitsPerAccount && free.length < limit; unit++)
    if (!tries.has(unit)) free.push({ taskId, unit, state: "free", uid: undefined });
  return [...begun, ...free].sort((a, b) => a.unit - b.unit);
}

function stateOf(tries: readonly AttestationSummary[]): AssignedUnit["state"] {
  for (const state of ["verified", "refuted", "pending"] as const)
    if (tries.some(({ status }) => status === state)) return state;
  return tries.length < MAX_TRIES ? "free" : "spent";
}
