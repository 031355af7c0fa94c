import type { Hex } from "viem";
import { freeSpans } from "../../sdk/units.ts";
import type { AttestationSummary, Season, Task } from "../../sdk/wire.ts";
import { group } from "../format.ts";
import { takePartOf } from "./methods/index.ts";
import type { TakePart } from "./methods/method.ts";

/** Units of a task that the account has not attested yet, one after another. */
export interface FreeUnits {
  first: number;
  count: number;
}

/** A unit of work that is assigned to an account, and how far it got. */
export interface AssignedUnit {
  taskId: string;
  unit: number;
  /** `free` may be worked on now; `spent` has no tries left. */
  state: "free" | "pending" | "verified" | "refuted" | "spent";
  /** The account's latest attestation for it. */
  uid: Hex | undefined;
}

/** `unit 4`, `units 4 to 9`. */
export const unitsNamed = (first: number, count: number): string =>
  count === 1 ? `unit ${group(first)}` : `units ${group(first)} to ${group(first + count - 1)}`;

/** A task that a visitor's browser can work on, and how it takes part. */
export interface OpenTask {
  task: Task;
  takePart: TakePart;
}

/** The tasks of a season that a visitor's browser can work on. */
export const openTasks = ({ tasks }: Season): OpenTask[] =>
  tasks.flatMap((task) => {
    const takePart = takePartOf(task.method.id);
    return takePart ? [{ task, takePart }] : [];
  });

/**
 * Units of a task with their states, by number: at most `limit` that were begun, the last ones, and as many free ones.
 *
 * @param attestations The account's own, newest first.
 * @param isAll `attestations` are all that it made; else units before the last one known may have been worked on, too.
 */
export function assignedUnits(
  seasonId: string,
  { task: { taskId, unitsPerAccount }, takePart: { maxTries } }: OpenTask,
  attestations: readonly AttestationSummary[],
  { limit, isAll }: { limit: number; isAll: boolean },
): AssignedUnit[] {
  const tries = new Map<number, AttestationSummary[]>();
  for (const { attestation, first: unit } of countingOf(seasonId, taskId, attestations))
    tries.set(unit, [...(tries.get(unit) ?? []), attestation]);
  const known = [...tries]
    .map(([unit, all]): AssignedUnit => ({ taskId, unit, state: stateOf(all, maxTries), uid: all[0]?.uid }))
    .sort((a, b) => a.unit - b.unit);
  const begun = known.filter(({ state }) => state !== "free").slice(-limit);
  const free = known.filter(({ state }) => state === "free").slice(0, limit);
  const from = isAll ? 0 : (known.at(-1)?.unit ?? -1) + 1;
  for (let unit = from; unit < unitsPerAccount && free.length < limit; unit++)
    if (!tries.has(unit)) free.push({ taskId, unit, state: "free", uid: undefined });
  return [...begun, ...free].sort((a, b) => a.unit - b.unit);
}

/**
 * The first units that are free, up to the next that was attested; undefined if none is left.
 *
 * @param attestations The account's own.
 * @param isAll As in {@link assignedUnits}.
 */
export function freeUnits(
  seasonId: string,
  { taskId, unitsPerAccount }: Task,
  attestations: readonly AttestationSummary[],
  isAll: boolean,
): FreeUnits | undefined {
  const begun = countingOf(seasonId, taskId, attestations);
  const unknown = isAll ? [] : [{ first: 0, end: Math.max(0, ...begun.map(({ end }) => end)) }];
  const [free] = freeSpans([...unknown, ...begun], unitsPerAccount);
  return free && { first: free.first, count: free.end - free.first };
}

/** Attestations that count for a task, with their first unit and the one after their last. */
const countingOf = (seasonId: string, taskId: string, attestations: readonly AttestationSummary[]) =>
  attestations.flatMap((attestation) => {
    const { unit, counts, count } = attestation;
    if (unit?.seasonId !== seasonId || unit.taskId !== taskId || !counts) return [];
    const first = Number(unit.unit);
    return [{ attestation, first, end: first + count }];
  });

function stateOf(tries: readonly AttestationSummary[], maxTries: number): AssignedUnit["state"] {
  for (const state of ["verified", "refuted", "pending"] as const)
    if (tries.some(({ status }) => status === state)) return state;
  return tries.length < maxTries ? "free" : "spent";
}
