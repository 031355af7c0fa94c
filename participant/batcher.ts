import type { Address, Hex } from "viem";
import { InvalidModelError, type Models } from "../inference/models.ts";
import { InvalidRunError } from "../inference/tensors.ts";
import { sizeOf } from "../inference/verify/claims.ts";
import type { Client, TaskInputs } from "../sdk/client.ts";
import { unitContext, unitOf } from "../sdk/contexts.ts";
import { FRAUD_PROOF } from "../sdk/methods.ts";
import type { Actor, Job } from "./actors.ts";
import { claimUnits, mostUnits, type UnitRange } from "./claimUnits.ts";
import type { Report } from "./heads.ts";
import type { Sender } from "./sender.ts";
import type { SeasonView, View } from "./view.ts";

export interface BatcherOptions {
  client: Client;
  sender: Sender;
  models: Models;
  report: Report;
  /** Work for this season only; for every running one unless told. */
  seasonId?: bigint | undefined;
  /** Work on this task only; on all of FraudProof's unless told. */
  taskId?: bigint | undefined;
  /** Units of a task to claim at most, counting those of earlier runs; all unless told. */
  maxUnits?: number | undefined;
  /** Units in a batch at most, if a transaction holds as many; 256 unless told. */
  batchSize?: number;
}

/** Time that a batch may take to be run and mined, in seconds: later in a season none is started. */
const BATCH_SECONDS = 5n;

/** Works through the units of FraudProof's tasks that are assigned to the sender's account, many in a transaction. */
export function createBatcher(options: BatcherOptions): Actor {
  const { client, sender, models, report, seasonId, taskId, maxUnits = Infinity, batchSize = 256 } = options;
  const { campaign } = client.contracts;
  const account = sender.account.address;
  const name = `batcher ${account}`;
  // First units of batches on their way or hopeless, until the board shows them.
  const begun = new Set<Hex>();

  const contextOf = (task: TaskInputs, unit: bigint): Hex =>
    unitContext({ campaign: campaign.address, seasonId: task.seasonId, taskId: task.taskId, unit });

  const attest = (next: UnitRange): Job => {
    const { task, first } = next;
    const context = contextOf(task, first);
    return {
      key: `batch ${context}`,
      async run() {
        begun.add(context);
        try {
          const model = await models.open(task.modelId);
          const count = Math.min(next.count, mostUnits(model));
          const { id } = await claimUnits(client, sender, model, { ...next, count });
          report(`${name}: ${count} units of task ${task.taskId} from ${first} on are claimed as ${id}.`);
        } catch (error) {
          if (error instanceof InvalidRunError || error instanceof InvalidModelError)
            return report(`${name}: units of task ${task.taskId} have no answer. ${error.message}`);
          begun.delete(context);
          throw error;
        }
      },
    };
  };

  return {
    name,
    due(view) {
      const next = nextBatch(view, { account, seasonId, taskId, maxUnits, batchSize });
      // One at a time: two at once would both find the same bond free.
      return next === undefined || begun.has(contextOf(next.task, next.first)) ? [] : [attest(next)];
    },
  };
}

/** Which units an account wants to claim; see {@link BatcherOptions}. */
export interface BatchWish {
  account: Address;
  seasonId: bigint | undefined;
  taskId?: bigint | undefined;
  maxUnits: number;
  batchSize: number;
}

/** The units to claim next: of the first task that has any left, those after all that were claimed. */
export function nextBatch(view: View, wish: BatchWish): UnitRange | undefined {
  const { account, seasonId, taskId, maxUnits, batchSize } = wish;
  for (const season of view.seasons.values()) {
    if (!isRunning(season, view) || (seasonId !== undefined && season.seasonId !== seasonId)) continue;
    for (const task of season.tasks) {
      if (task.method !== FRAUD_PROOF || (taskId !== undefined && task.taskId !== taskId)) continue;
      const first = firstUnclaimed(view, account, task);
      const count = Math.min(task.unitsPerAccount, maxUnits) - Number(first);
      if (count > 0) return { seed: season.seed as Hex, task, first, count: Math.min(count, batchSize) };
    }
  }
  return undefined;
}

function firstUnclaimed({ claims }: View, account: Address, { seasonId, taskId }: TaskInputs): bigint {
  let first = 0n;
  for (const found of claims.values()) {
    const { prover, context } = found.claim.attestation;
    const unit = unitOf(context);
    if (prover !== account || unit?.seasonId !== seasonId || unit.taskId !== taskId) continue;
    const after = unit.unit + BigInt(sizeOf(found));
    if (after > first) first = after;
  }
  return first;
}

const isRunning = ({ seed, startsAt, endsAt }: SeasonView, { head: { timestamp } }: View): boolean =>
  seed !== undefined && timestamp >= startsAt && timestamp + BATCH_SECONDS < endsAt;
