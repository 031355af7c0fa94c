import type { Address, Hex } from "viem";
import { countOf } from "../sdk/attestations.ts";
import type { TaskInputs } from "../sdk/client.ts";
import { unitOf } from "../sdk/contexts.ts";
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

/** The units to attest next: of the first task that has any left, those after all that were attested. */
export function nextBatch(state: ChainState, wish: BatchWish): UnitRange | undefined {
  const { account, maxUnits, batchSize, method } = wish;
  for (const { season, tasks } of runningSeasons(state, wish, method, BATCH_SECONDS)) {
    for (const task of tasks) {
      const first = firstLeft(state, account, task);
      const count = Math.min(task.unitsPerAccount, maxUnits) - Number(first);
      if (count > 0) return { seed: season.seed, task, first, count: Math.min(count, batchSize) };
    }
  }
  return undefined;
}

function firstLeft(
  { attestations }: ChainState,
  account: Address,
  { seasonId, taskId, method: wanted }: TaskInputs,
): bigint {
  let first = 0n;
  for (const attestation of attestations.byId.values()) {
    const { prover, method, context } = attestation.message;
    if (prover !== account || method !== wanted) continue;
    const unit = unitOf(context);
    if (unit?.seasonId !== seasonId || unit.taskId !== taskId) continue;
    const after = unit.unit + BigInt(countOf(attestation));
    if (after > first) first = after;
  }
  return first;
}
