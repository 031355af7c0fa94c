import type { Hex } from "viem";
import { bytesToHex } from "viem";
import { buildBatch, traceOf } from "../inference/fraud.ts";
import { forward } from "../inference/integer.ts";
import { InvalidRunError } from "../inference/tensors.ts";
import { type Client, fraudProofOf, type TaskInputs } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitContext, unitOf } from "../sdk/contexts.ts";
import { unitInput } from "../sdk/units.ts";
import type { Actor, Job } from "./actors.ts";
import { FRAUD_PROOF } from "./claims.ts";
import { ensureDeposit } from "./deposits.ts";
import type { Report } from "./heads.ts";
import { InvalidModelError, type Models, type OpenModel } from "./models.ts";
import { callOf, type Sender } from "./sender.ts";
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
  /** Units in a batch at most; 256 unless told. */
  batchSize?: number;
}

/** Time that a batch may take to be run and mined, in seconds: later in a season none is started. */
const BATCH_SECONDS = 5n;

/** Consecutive units to claim next. */
interface NextBatch {
  seed: Hex;
  task: TaskInputs;
  first: bigint;
  count: number;
}

/** Works through the units of FraudProof's tasks that are assigned to the sender's account, many in a transaction. */
export function createBatcher(options: BatcherOptions): Actor {
  const { client, sender, models, report, seasonId, taskId, maxUnits = Infinity, batchSize = 256 } = options;
  const { attestationRegistry, campaign } = client.contracts;
  const fraudProof = fraudProofOf(client);
  const account = sender.account.address;
  const name = `batcher ${account}`;
  // First units of batches on their way or hopeless, until the board shows them.
  const begun = new Set<Hex>();

  const contextOf = (task: TaskInputs, unit: bigint): Hex =>
    unitContext({ campaign: campaign.address, seasonId: task.seasonId, taskId: task.taskId, unit });

  const attest = ({ seed, task, first, count }: NextBatch): Job => {
    const context = contextOf(task, first);
    return {
      key: `batch ${context}`,
      async run() {
        begun.add(context);
        try {
          const model = await models.open(task.modelId);
          const leaves: Uint8Array[] = [];
          for (let unit = first; unit < first + BigInt(count); unit++)
            leaves.push(await runUnit(model, unitInput(unitSeed(seed, task.taskId, account, unit), task)));
          const claim = { prover: account, method: FRAUD_PROOF, modelId: task.modelId, context };
          const { batch, traces } = buildBatch(claim, leaves);
          const bond = await client.rpc.readContract({ ...fraudProof, functionName: "bondPerUnit" });
          await ensureDeposit(client, sender, BigInt(count) * bond, fraudProof.address);
          const layout = bytesToHex(model.publication.layout);
          const args = [FRAUD_PROOF, task.modelId, context, batch.count, layout, traces] as const;
          await sender.send(callOf({ ...attestationRegistry, functionName: "attestBatch", args }));
          report(`${name}: ${count} units of task ${task.taskId} from ${first} on are claimed.`);
        } catch (error) {
          if (error instanceof InvalidRunError || error instanceof InvalidModelError)
            return report(`${name}: units of task ${task.taskId} have no answer. ${error.message}`);
          begun.delete(context);
          throw error;
        }
      },
    };
  };

  const nextOf = (task: TaskInputs, seed: Hex, view: View): NextBatch | undefined => {
    let first = 0n;
    for (const { claim } of view.claims.values()) {
      const unit = unitOf(claim.statement.context);
      if (claim.statement.prover !== account || unit === undefined) continue;
      if (unit.seasonId !== task.seasonId || unit.taskId !== task.taskId) continue;
      const after = unit.unit + BigInt(claim.kind === "batch" ? claim.statement.count : 1);
      if (after > first) first = after;
    }
    const count = Math.min(task.unitsPerAccount, maxUnits) - Number(first);
    return count > 0 ? { seed, task, first, count: Math.min(count, batchSize) } : undefined;
  };

  return {
    name,
    due(view) {
      for (const season of view.seasons.values()) {
        if (!isRunning(season, view) || (seasonId !== undefined && season.seasonId !== seasonId)) continue;
        for (const task of season.tasks) {
          if (task.method !== FRAUD_PROOF || (taskId !== undefined && task.taskId !== taskId)) continue;
          const next = nextOf(task, season.seed as Hex, view);
          // One at a time: two at once would both find the same bond free.
          if (next !== undefined) return begun.has(contextOf(task, next.first)) ? [] : [attest(next)];
        }
      }
      return [];
    },
  };
}

const isRunning = ({ seed, startsAt, endsAt }: SeasonView, { head: { timestamp } }: View): boolean =>
  seed !== undefined && timestamp >= startsAt && timestamp + BATCH_SECONDS < endsAt;

/** A unit's leaf: the hidden activations as the rows give them, the output as the runtime does. */
async function runUnit({ layers, session }: OpenModel, input: Int8Array): Promise<Uint8Array> {
  const hidden = forward(layers.slice(0, -1), input).slice(1);
  const output = await session.run(new Uint8Array(input));
  return traceOf([...hidden, new Int8Array(output)]);
}
