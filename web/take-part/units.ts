import type { Hex } from "viem";
import type { Season, StatementSummary, Task } from "../../sdk/wire.ts";

/** A unit of work that is assigned to an account, and how far it got. */
export interface AssignedUnit {
  taskId: string;
  unit: number;
  /** `free` may be worked on now; `spent` had its tries. */
  state: "free" | "pending" | "verified" | "refuted" | "spent";
  /** The account's latest statement for it. */
  uid: Hex | undefined;
}

/** Quorum's number: the method whose units one answer at a time can be given to. */
const QUORUM = 1;

/** Statements for one unit at most: a void one may be tried again. */
const MAX_TRIES = 3;

/** The tasks of a season that a visitor's browser can work on. */
export const openTasks = ({ tasks }: Season): Task[] => tasks.filter(({ method }) => method.id === QUORUM);

/**
 * The first units of a task with their states, at most `limit`: every one begun, then free ones.
 *
 * @param statements The account's own, newest first.
 */
export function assignedUnits(
  seasonId: string,
  { taskId, unitsPerAccount }: Task,
  statements: readonly StatementSummary[],
  limit: number,
): AssignedUnit[] {
  const begun = new Map<number, StatementSummary[]>();
  for (const statement of statements) {
    if (statement.unit?.seasonId !== seasonId || statement.unit.taskId !== taskId || !statement.counts) continue;
    const unit = Number(statement.unit.unit);
    begun.set(unit, [...(begun.get(unit) ?? []), statement]);
  }
  const units: AssignedUnit[] = [];
  for (let unit = 0; unit < unitsPerAccount && units.length < limit; unit++) {
    const tries = begun.get(unit) ?? [];
    units.push({ taskId, unit, state: stateOf(tries), uid: tries[0]?.uid });
  }
  return units;
}

function stateOf(tries: readonly StatementSummary[]): AssignedUnit["state"] {
  for (const state of ["verified", "refuted", "pending"] as const)
    if (tries.some(({ status }) => status === state)) return state;
  return tries.length < MAX_TRIES ? "free" : "spent";
}
