import type { Address, Hex } from "viem";
import { InvalidModelError } from "../../../inference/failures.ts";
import { mostUnits } from "../../../inference/methods/fraudProof/units.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { countOf } from "../../../sdk/attestations.ts";
import type { TaskInputs } from "../../../sdk/client.ts";
import { unitContext, unitOf } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { ChainState } from "../../chainState.ts";
import type { Job, Participant } from "../../jobs.ts";
import { runningSeasons, type Wish } from "../../units.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { attestUnits, type UnitRange } from "./attestUnits.ts";

/** `maxUnits` are counted in each task. */
export interface BatcherOptions
  extends Pick<Tools, "client" | "sender" | "models" | "leaving" | "report">,
    ProverLimits {
  /** Most units in a batch, if they fit into a transaction; defaults to 256. */
  batchSize?: number;
}

/** Seconds that a batch may take to be run and mined: none is started later than that before the season's end. */
const BATCH_SECONDS = 5n;

/** Works through the units of FraudProof's tasks that are assigned to the sender's account, many in a transaction. */
export function createBatcher(options: BatcherOptions): Participant {
  const { client, sender, models, report, seasonId, taskId, maxUnits = Infinity, batchSize = 256 } = options;
  const { campaign } = client.contracts;
  const account = sender.account.address;
  const name = `batcher ${account}`;
  // First units of batches on their way or hopeless, until the chain shows them.
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
          const { id } = await attestUnits(client, sender, model, { ...next, count });
          report(`${name}: ${count} units of task ${task.taskId} from ${first} on are attested as ${id}.`);
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
    due(state) {
      if (options.leaving?.aborted) return [];
      const next = nextBatch(state, { account, campaign: campaign.address, seasonId, taskId, maxUnits, batchSize });
      // One at a time: two at once would both find the same bond free.
      return next === undefined || begun.has(contextOf(next.task, next.first)) ? [] : [attest(next)];
    },
  };
}

/** Which units an account wants to attest; at most `maxUnits` of each task. */
export interface BatchWish extends Wish {
  /** Most units in a batch. */
  batchSize: number;
}

/** The units to attest next: of the first task that has any left, those after all that were attested. */
export function nextBatch(state: ChainState, wish: BatchWish): UnitRange | undefined {
  const { account, maxUnits, batchSize } = wish;
  for (const { season, tasks } of runningSeasons(state, wish, fraudProof.id, BATCH_SECONDS)) {
    for (const task of tasks) {
      const first = firstLeft(state, account, task);
      const count = Math.min(task.unitsPerAccount, maxUnits) - Number(first);
      if (count > 0) return { seed: season.seed, task, first, count: Math.min(count, batchSize) };
    }
  }
  return undefined;
}

function firstLeft({ attestations }: ChainState, account: Address, { seasonId, taskId }: TaskInputs): bigint {
  let first = 0n;
  for (const attestation of attestations.byId.values()) {
    const { prover, method, context } = attestation.message;
    if (prover !== account || method !== fraudProof.id) continue;
    const unit = unitOf(context);
    if (unit?.seasonId !== seasonId || unit.taskId !== taskId) continue;
    const after = unit.unit + BigInt(countOf(attestation));
    if (after > first) first = after;
  }
  return first;
}
