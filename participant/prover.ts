import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { buildAttestation } from "../inference/methods/quorum.ts";
import { InvalidModelError, type Models } from "../inference/models.ts";
import { hashTensor, InvalidRunError } from "../inference/tensors.ts";
import type { Client } from "../sdk/client.ts";
import { attestationUid, unitSeed } from "../sdk/commitments.ts";
import { QUORUM } from "../sdk/methods.ts";
import { unitInput } from "../sdk/units.ts";
import type { Actor, Job } from "./actors.ts";
import { ensureDeposit } from "./deposits.ts";
import type { Report } from "./heads.ts";
import type { AttestationEntry, Journal } from "./journal.ts";
import { callOf, type Sender } from "./sender.ts";
import { type FreeUnit, nextUnit } from "./units.ts";
import { isRevealing, PENDING } from "./view.ts";

export interface ProverOptions {
  client: Client;
  sender: Sender;
  journal: Journal;
  models: Models;
  report: Report;
  /** Work for this season only; for every running one unless told. */
  seasonId?: bigint | undefined;
  /** Work on this task only; on all unless told. */
  taskId?: bigint | undefined;
  /** Units to commit at most in each season, counting those of earlier runs; all unless told. */
  maxUnits?: number | undefined;
  /** Attestations under way at most; 1 unless told. */
  parallel?: number;
  /** Blocks between two commits at least; 0 unless told. */
  pace?: bigint;
}

/** Works through the units that are assigned to the sender's account: runs the model, commits, reveals in time. */
export function createProver(options: ProverOptions): Actor {
  const { client, sender, journal, models, report, seasonId, taskId } = options;
  const { maxUnits = Infinity, parallel = 1, pace = 0n } = options;
  const { chainId } = client.deployment;
  const { attestationRegistry, campaign, quorum } = client.contracts;
  const account = sender.account.address;
  const name = `prover ${account}`;
  // Contexts whose commit is on its way, until the board shows it.
  const committing = new Set<Hex>();
  const hopeless = new Set<Hex>();
  let lastCommit: bigint | undefined;

  const journaled = () => journal.attestationsOf(chainId, attestationRegistry.address, account);

  /** The attestation for a unit: one kept before a crash and never recorded, or a new one, kept before it is returned. */
  const prepare = async ({ season, task, unit, context }: FreeUnit, recorded: ReadonlySet<Hex>) => {
    const { layout, session } = await models.open(task.modelId);
    const input = unitInput(unitSeed(season.seed, task.taskId, account, unit), task);
    const data = new Uint8Array(input.buffer);
    const inputHash = hashTensor({ spec: layout.input, data });
    const kept = journaled().find(
      ({ uid, attestation }) =>
        attestation.context === context && attestation.inputHash === inputHash && !recorded.has(uid),
    );
    if (kept !== undefined) return kept.attestation;
    const { attestation, answer } = buildAttestation({
      prover: account,
      method: QUORUM,
      modelId: task.modelId,
      inputHash,
      context,
      outputHash: hashTensor({ spec: layout.output, data: await session.run(data) }),
      salt: bytesToHex(randomBytes(32)),
    });
    const registry = attestationRegistry.address;
    journal.keepAttestation({
      chainId,
      registry,
      uid: attestationUid(chainId, registry, attestation),
      attestation,
      answer,
    });
    return attestation;
  };

  const commit = (free: FreeUnit, recorded: ReadonlySet<Hex>): Job => ({
    key: `commit ${free.context} ${recorded.size}`,
    async run() {
      committing.add(free.context);
      try {
        const { method, modelId, inputHash, context, answer } = await prepare(free, recorded);
        const deposit = await client.rpc.readContract({ ...quorum, functionName: "depositPerAttestation" });
        await ensureDeposit(client, sender, BigInt(parallel) * deposit);
        const args = [method, modelId, inputHash, context, answer] as const;
        await sender.send(callOf({ ...attestationRegistry, functionName: "commit", args }));
      } catch (error) {
        committing.delete(free.context);
        if (!(error instanceof InvalidRunError || error instanceof InvalidModelError)) throw error;
        hopeless.add(free.context);
        report(`${name}: unit ${free.unit} of task ${free.task.taskId} has no answer. ${error.message}`);
      }
    },
  });

  const reveal = ({ uid, attestation, answer }: AttestationEntry): Job => ({
    key: `reveal ${uid}`,
    async run() {
      const { method, modelId, inputHash, context } = attestation;
      const args = [method, modelId, inputHash, context, answer] as const;
      await sender.send(callOf({ ...attestationRegistry, functionName: "reveal", args }));
    },
  });

  const missing = (uid: Hex): Job => ({
    key: `missing ${uid}`,
    run: async () => report(`${name}: the answer to ${uid} is not in this journal, so it can't be revealed.`),
  });

  return {
    name,
    due(view) {
      const { number, timestamp } = view.head;
      const own = [...view.attestations.values()].filter(({ attestation }) => attestation.prover === account);
      for (const { attestation } of own) committing.delete(attestation.context);

      const hidden = own.filter((s) => s.status === PENDING && s.outputHash === undefined && isRevealing(s, timestamp));
      const kept = hidden.length === 0 ? [] : journaled();
      const jobs = hidden.map(({ uid }) => {
        const entry = kept.find((candidate) => candidate.uid === uid);
        return entry === undefined ? missing(uid) : reveal(entry);
      });

      // One commit at a time: two at once would both find the same deposit free.
      const open = own.filter(({ status, round }) => status === PENDING && round > 0).length;
      const rests = lastCommit !== undefined && number < lastCommit + pace;
      if (committing.size > 0 || open >= parallel || rests) return jobs;
      const free = nextUnit(view, { account, campaign: campaign.address, seasonId, taskId, maxUnits, hopeless });
      if (free === undefined) return jobs;
      lastCommit = number;
      const tries = own.filter(({ attestation }) => attestation.context === free.context);
      return [...jobs, commit(free, new Set(tries.map(({ uid }) => uid)))];
    },
  };
}
