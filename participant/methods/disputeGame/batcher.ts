import type { Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { UnavailableError } from "../../../inference/content.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { openPlayable, runTraced } from "../../../inference/methods/disputeGame/playable.ts";
import { type RunOf, tracesOf, treeOfTraces } from "../../../inference/methods/disputeGame/rerun.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf, type TaskInputs } from "../../../sdk/client.ts";
import { batchId } from "../../../sdk/commitments.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { disputeGame } from "../../../sdk/methods/disputeGame.ts";
import { Status } from "../../../sdk/protocol.ts";
import { ensureDeposit } from "../../deposits.ts";
import type { Job, Participant } from "../../jobs.ts";
import { TryAgainError } from "../../sender.ts";
import { nextBatch, type UnitRange } from "../../unitRange.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { createPlayer } from "./player.ts";

/** `maxUnits` are counted in each task. */
interface RootBatcherOptions extends Pick<Tools, "client" | "sender" | "content" | "leaving" | "report">, ProverLimits {
  /** Most units in a batch; defaults to 4,096. */
  batchSize?: number;
  /** How models are run; defaults to as they are. */
  runOf?: RunOf;
}

/**
 * Attests the units of DisputeGame's tasks that are assigned to the sender's account by the roots of batches, and answers
 * whoever challenges what the account attested.
 */
export function createRootBatcher(options: RootBatcherOptions): Participant {
  const { client, sender, content, report, seasonId, taskId, maxUnits = Infinity } = options;
  const { batchSize = 4096, runOf = runTraced } = options;
  const { attestationRegistry, campaign } = client.contracts;
  const account = sender.account.address;
  const name = `prover ${account}`;
  const player = createPlayer({ client, sender, content, report, runOf });
  // First units of batches on their way or hopeless, until the chain shows them.
  const begun = new Set<Hex>();

  const contextOf = (task: TaskInputs, unit: bigint): Hex =>
    unitContext({ campaign: campaign.address, seasonId: task.seasonId, taskId: task.taskId, unit });

  async function send(next: UnitRange): Promise<void> {
    const { seed, task, first, count } = next;
    const contract = contractOf(client, disputeGame);
    const model = await openPlayable(client, content, task.modelId);
    const input = (i: number) => new Uint8Array(assignedTo({ seed, task }, account, first + BigInt(i)).buffer);
    const { root } = treeOfTraces(await tracesOf((i) => runOf(model, input(i)), count));
    const bond = await client.rpc.readContract({ ...contract, functionName: "bondFor", args: [count] });
    await ensureDeposit(client, sender, contract.address, bond);
    const { modelId } = task;
    const context = contextOf(task, first);
    const args = [disputeGame.id, modelId, context, count, root] as const;
    await sender.send(callOf({ ...attestationRegistry, functionName: "attestRoot", args }));
    const batch = { prover: account, method: disputeGame.id, modelId, context, count, root };
    const id = batchId(client.deployment.chainId, attestationRegistry.address, batch);
    report(`${name}: ${count} units of task ${task.taskId} from ${first} on are attested by one root as ${id}.`);
  }

  const attest = (next: UnitRange): Job => {
    const { task, first } = next;
    const context = contextOf(task, first);
    return {
      key: `root ${context}`,
      async run() {
        begun.add(context);
        try {
          await send(next);
        } catch (error) {
          if (error instanceof InvalidRunError || error instanceof InvalidModelError)
            return report(`${name}: units of task ${task.taskId} have no answer. ${error.message}`);
          begun.delete(context);
          if (!(error instanceof UnavailableError)) throw error;
          throw new TryAgainError(error.message, { cause: error });
        }
      },
    };
  };

  return {
    name,
    due(state) {
      const own = [...state.attestations.byId.values()].filter(
        ({ message, status }) =>
          message.method === disputeGame.id && message.prover === account && status === Status.pending,
      );
      const answers = own.flatMap((attestation) => player.answers(state, attestation));
      if (options.leaving?.aborted) return answers;
      const wish = { account, campaign: campaign.address, seasonId, taskId, maxUnits, batchSize };
      const next = nextBatch(state, { ...wish, method: disputeGame.id });
      // One at a time: two at once would both find the same bond free.
      if (next === undefined || begun.has(contextOf(next.task, next.first))) return answers;
      return [...answers, attest(next)];
    },
    atStake(state) {
      const open = [...state.attestations.byId.values()].filter(
        ({ message, status }) =>
          message.method === disputeGame.id && message.prover === account && status === Status.pending,
      );
      if (open.length === 0) return undefined;
      return `${open.length} attestations by roots aren't final: whoever challenges one has to be answered in time.`;
    },
  };
}
