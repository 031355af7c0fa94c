import type { Hex } from "viem";
import { InvalidModelError } from "../../../inference/failures.ts";
import { mostUnits } from "../../../inference/methods/fraudProof/units.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import type { TaskInputs } from "../../../sdk/client.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Job, Participant } from "../../jobs.ts";
import { nextBatch, type UnitRange } from "../../unitRange.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { attestUnits } from "./attestUnits.ts";

/** `maxUnits` are counted in each task. */
export interface BatcherOptions
  extends Pick<Tools, "client" | "sender" | "models" | "leaving" | "report">,
    ProverLimits {
  /** Most units in a batch, if they fit into a transaction; defaults to 256. */
  batchSize?: number;
}

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
      const wish = { account, campaign: campaign.address, seasonId, taskId, maxUnits, batchSize };
      const next = nextBatch(state, { ...wish, method: fraudProof.id });
      // One at a time: two at once would both find the same bond free.
      return next === undefined || begun.has(contextOf(next.task, next.first)) ? [] : [attest(next)];
    },
  };
}
