import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { hashTensor, InvalidRunError } from "../../../inference/tensors.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf, readModel, type TaskInputs } from "../../../sdk/client.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { unitContext, unitOf } from "../../../sdk/contexts.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import { enclave } from "../../../sdk/methods/enclave.ts";
import type { ChainState } from "../../chainState.ts";
import type { Job, Participant } from "../../jobs.ts";
import { runningSeasons, type Wish } from "../../units.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { runInEnclave } from "./remote.ts";

/** `maxUnits` are counted in each task. */
export type EnclaveProverOptions = Pick<Tools, "client" | "sender" | "leaving" | "report" | "means"> & ProverLimits;

/** Seconds that an attestation may take to be made and mined: none is started later than that before the season's end. */
const ATTEST_SECONDS = 3n;

/** The name of the option that says where the enclave's program listens. */
export const ENCLAVE_URL = "enclave";

/**
 * Works through the units of Enclave's tasks that are assigned to the sender's account: has the enclave run and sign each,
 * and records it, verified at once. Does nothing where no enclave is named.
 */
export function createEnclaveProver(options: EnclaveProverOptions): Participant {
  const { client, sender, leaving, report, means = {}, seasonId, taskId, maxUnits = Infinity } = options;
  const { attestationRegistry, campaign } = client.contracts;
  const { chainId } = client.deployment;
  const account = sender.account.address;
  const name = `enclave prover ${account}`;
  const url = means[ENCLAVE_URL];
  // Contexts whose attestation is on its way or hopeless, until the chain shows them.
  const begun = new Set<Hex>();

  const attest = (next: EnclaveUnit, from: string): Job => ({
    key: `enclave ${next.context}`,
    async run() {
      const { task, seed, unit, context } = next;
      begun.add(context);
      try {
        const { layout } = await readModel(client, task.modelId);
        const data = new Uint8Array(assignedTo({ seed, task }, account, unit).buffer);
        const { attestation, answer, evidence } = await runInEnclave(
          from,
          {
            ...{ chainId, attestationRegistry: attestationRegistry.address, method: enclave.id, prover: account },
            ...{ enclave: contractOf(client, enclave).address, modelId: task.modelId, context },
            // The answer is open at once: there is nothing to hide.
            ...{ input: bytesToHex(data), salt: ZERO_HASH },
          },
          hashTensor({ spec: decodeLayout(layout).input, data }),
        );
        const { method, modelId, inputHash } = attestation;
        const args = [method, modelId, inputHash, context, answer, evidence] as const;
        await sender.send(callOf({ ...attestationRegistry, functionName: "attest", args }));
      } catch (error) {
        if (error instanceof InvalidRunError)
          return report(`${name}: unit ${unit} of task ${task.taskId} has no answer. ${error.message}`);
        begun.delete(context);
        throw error;
      }
    },
  });

  return {
    name,
    due(state) {
      if (url === undefined || leaving?.aborted) return [];
      const next = nextEnclaveUnit(state, {
        ...{ account, campaign: campaign.address, seasonId, taskId, maxUnits, begun },
      });
      return next === undefined ? [] : [attest(next, url)];
    },
  };
}

/** A unit that has no attestation yet. */
interface EnclaveUnit {
  task: TaskInputs;
  /** The season's seed. */
  seed: Hex;
  unit: bigint;
  context: Hex;
}

/** Which units an account wants attested by an enclave; at most `maxUnits` of each task. */
interface EnclaveWish extends Wish {
  /** Contexts that are worked on. */
  begun: ReadonlySet<Hex>;
}

/** The lowest unit of the first task that has one left. */
export function nextEnclaveUnit(state: ChainState, wish: EnclaveWish): EnclaveUnit | undefined {
  const { account, campaign, maxUnits, begun } = wish;
  const done = new Set<Hex>();
  for (const { message } of state.attestations.byId.values())
    if (message.prover === account && message.method === enclave.id && unitOf(message.context))
      done.add(message.context);
  for (const { season, tasks } of runningSeasons(state, wish, enclave.id, ATTEST_SECONDS))
    for (const task of tasks)
      for (let unit = 0n; unit < Math.min(task.unitsPerAccount, maxUnits); unit++) {
        const context = unitContext({ campaign, seasonId: task.seasonId, taskId: task.taskId, unit });
        if (!done.has(context) && !begun.has(context)) return { task, seed: season.seed, unit, context };
      }
  return undefined;
}
