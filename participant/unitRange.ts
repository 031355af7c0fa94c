import type { Address, Hex } from "viem";
import { countOf } from "../sdk/attestations.ts";
import type { TaskInputs } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
import { freeSpans, type UnitSpan } from "../sdk/units.ts";
import type { ChainState } from "./chainState.ts";
import { runningSeasons, type Wish } from "./units.ts";

/** Consecutive units of one task. */
export interface UnitRange {
  /** The season's seed. */
  seed: Hex;
  task: TaskInputs;
  first: bigint;
  count: number;
}

/** Seconds that a batch may take to be run and mined: none is started later than that before the season's end. */
const BATCH_SECONDS = 5n;

/** Which units an account wants to attest; at most `maxUnits` of each task. */
export interface BatchWish extends Wish {
  /** The tasks' method. */
  method: number;
  /** Most units in a batch. */
  batchSize: number;
}

/**
 * The units to attest next: of the first task that has any left, the first ones that were never attested, up to the next
 * that was.
 */
export function nextBatch(state: ChainState, wish: BatchWish): UnitRange | undefined {
  const { account, maxUnits, batchSize, method } = wish;
  for (const { season, tasks } of runningSeasons(state, wish, method, BATCH_SECONDS)) {
    for (const task of tasks) {
      const free = freeSpans(takenOf(state, account, task), task.unitsPerAccount);
      const left = free.reduce((sum, { first, end }) => sum + end - first, 0);
      const wanted = maxUnits - (task.unitsPerAccount - left);
      const [next] = free;
      if (next === undefined || wanted <= 0) continue;
      const count = Math.min(next.end - next.first, wanted, batchSize);
      return { seed: season.seed, task, first: BigInt(next.first), count };
    }
  }
  return undefined;
}

/** The task's units that the account attested, as one span of each attestation. */
const takenOf = (
  { attestations }: ChainState,
  account: Address,
  { seasonId, taskId, method: wanted }: TaskInputs,
): UnitSpan[] =>
  [...attestations.byId.values()].flatMap((attestation) => {
    const { prover, method, context } = attestation.message;
    if (prover !== account || method !== wanted) return [];
    const unit = unitOf(context);
    if (unit?.seasonId !== seasonId || unit.taskId !== taskId) return [];
    const first = Number(unit.unit);
    return [{ first, end: first + countOf(attestation) }];
  });
