import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { zkProof } from "../../../sdk/methods/zkProof.ts";
import { type FreeUnit, nextUnit } from "../../freeUnits.ts";
import type { Job, Participant } from "../../jobs.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { createProofs } from "./attest.ts";

/** `maxUnits` are counted in each season. */
export interface ZkProverOptions
  extends Pick<Tools, "client" | "sender" | "models" | "content" | "leaving" | "report">,
    ProverLimits {}

/** Works through the units of ZkProof's tasks that are assigned to the sender's account, one proof after the other. */
export function createZkProver(options: ZkProverOptions): Participant {
  const { client, sender, models, content, report, seasonId, taskId, maxUnits = Infinity } = options;
  const { campaign } = client.contracts;
  const account = sender.account.address;
  const name = `prover ${account}`;
  const proofs = createProofs(client, content);
  // Contexts whose attestation is on its way, until the chain shows it.
  const begun = new Set<Hex>();
  const hopeless = new Set<Hex>();

  const attest = ({ season, task, unit, context }: FreeUnit): Job => ({
    key: `prove ${context}`,
    async run() {
      begun.add(context);
      try {
        const model = await models.open(task.modelId);
        const input = new Uint8Array(assignedTo({ seed: season.seed, task }, account, unit));
        const salt = bytesToHex(randomBytes(32));
        const started = performance.now();
        const { call } = await proofs.prepare({ prover: account, model, input, context, salt });
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        report(`${name}: unit ${unit} of task ${task.taskId} is proven, in ${seconds} seconds.`);
        await sender.send(call);
      } catch (error) {
        begun.delete(context);
        if (!(error instanceof InvalidRunError || error instanceof InvalidModelError)) throw error;
        hopeless.add(context);
        report(`${name}: unit ${unit} of task ${task.taskId} has no answer. ${error.message}`);
      }
    },
  });

  return {
    name,
    due(state) {
      for (const { message } of state.attestations.byId.values())
        if (message.prover === account) begun.delete(message.context);
      // One at a time: a proof takes a whole core.
      if (begun.size > 0 || options.leaving?.aborted) return [];
      const wish = { method: zkProof.id, account, campaign: campaign.address, seasonId, taskId, maxUnits, hopeless };
      const free = nextUnit(state, wish);
      return free === undefined ? [] : [attest(free)];
    },
  };
}
