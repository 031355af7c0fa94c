import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { encodeTensor, hashTensor, InvalidRunError } from "../../../inference/tensors.ts";
import { detailOf, type SingleState } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { isRevealing, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import { holdsText } from "../../../sdk/text.ts";
import { assignedUnit, type ChainState } from "../../chainState.ts";
import { ensureDeposit } from "../../deposits.ts";
import { type FreeUnit, nextUnit } from "../../freeUnits.ts";
import type { Job, Participant } from "../../jobs.ts";
import type { AttestationEntry } from "../../journal.ts";
import type { ProverLimits, Tools } from "../method.ts";
import { appealable } from "./appellant.ts";
import { createParameters } from "./parameters.ts";
import { showRun, type Unshowable } from "./shown.ts";

/** `maxUnits` are counted in each season. */
export interface ProverOptions extends Omit<Tools, "strangers">, ProverLimits {
  /** Most attestations under way at once; defaults to 1. */
  parallel?: number;
  /** Fewest blocks between two commits; defaults to 0. */
  pace?: bigint;
}

/**
 * Works through the units that are assigned to the sender's account: runs the model, commits, reveals in time. Where a panel
 * decided for something else, or the deciding panel is called, it shows the run, or appeals if the model's rows can't be
 * shown.
 */
export function createProver(options: ProverOptions): Participant {
  const { client, sender, journal, models, content, leaving, report, seasonId, taskId } = options;
  const { maxUnits = Infinity, parallel = 1, pace = 0n } = options;
  const { chainId } = client.deployment;
  const { attestationRegistry, campaign } = client.contracts;
  const contract = contractOf(client, quorum);
  const parameters = createParameters(client);
  const account = sender.account.address;
  const name = `prover ${account}`;
  // Contexts whose commit is on its way, until the chain shows it.
  const committing = new Set<Hex>();
  const hopeless = new Set<Hex>();
  let lastCommit: bigint | undefined;

  const journaled = () => journal.attestationsOf(chainId, attestationRegistry.address, account);

  /** The attestation for a unit: one stored before a crash and never recorded, or a new one, stored before it is returned. */
  const prepare = async ({ season, task, unit, context }: FreeUnit, recorded: ReadonlySet<Hex>) => {
    const { layout, session } = await models.open(task.modelId);
    const input = assignedTo({ seed: season.seed, task }, account, unit);
    const data = new Uint8Array(input.buffer);
    const inputHash = hashTensor({ spec: layout.input, data });
    const kept = journaled().find(
      ({ uid, attestation }) =>
        attestation.context === context && attestation.inputHash === inputHash && !recorded.has(uid),
    );
    if (kept !== undefined) return kept.attestation;
    const output = { spec: layout.output, data: await session.run(data) };
    // A text can be compared byte by byte only by who has it; its hash, which finds it, is hidden until the reveal.
    if (holdsText(layout.output)) await content.put(encodeTensor(output), "keccak-256");
    const { attestation, answer } = buildAttestation({
      prover: account,
      method: quorum.id,
      modelId: task.modelId,
      inputHash,
      context,
      outputHash: hashTensor(output),
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
        const deposit = await client.rpc.readContract({ ...contract, functionName: "depositPerAttestation" });
        await ensureDeposit(client, sender, contract.address, BigInt(parallel) * deposit);
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

  /** Shows the run of an own attestation, or says why it can't; one that is for no unit isn't shown. */
  const show = async (own: SingleState, state: ChainState): Promise<"shown" | Unshowable> => {
    const assigned = assignedUnit(state, own.message.context);
    if (assigned === undefined) return "noRows";
    const call = await showRun(client, own, assigned);
    if (typeof call === "string") return call;
    const fraud = contractOf(client, fraudProof);
    const bond = await client.rpc.readContract({ ...fraud, functionName: "bondFor", args: [1] });
    await ensureDeposit(client, sender, fraud.address, bond);
    await sender.send(call);
    return "shown";
  };

  /** What the prover does for an own attestation that could be Refuted. */
  const defend = (own: SingleState, state: ChainState, isAppealable: boolean): Job => ({
    key: `defend ${own.id} ${isAppealable}`,
    async run() {
      const done = await show(own, state);
      if (done === "shown") return report(`${name}: ${own.id} has its run shown.`);
      if (done === "otherOutput")
        return report(`${name}: ${own.id} isn't defended: the model's rows give another output than it names.`);
      if (!isAppealable) return;
      const { stake } = await client.rpc.readContract({ ...contract, functionName: "parameters" });
      await ensureDeposit(client, sender, contract.address, stake);
      await sender.send(callOf({ ...contract, functionName: "appeal", args: [own.id] }));
      report(`${name}: ${own.id} is appealed.`);
    },
  });

  const missing = (uid: Hex): Job => ({
    key: `missing ${uid}`,
    run: async () => report(`${name}: the answer to ${uid} is not in this journal, so it can't be revealed.`),
  });

  return {
    name,
    due(state) {
      const { number, timestamp } = state.head;
      const own = [...state.attestations.byId.values()].flatMap((attestation) => {
        const detail = detailOf(quorum, attestation);
        return detail && attestation.kind === "single" && attestation.message.prover === account
          ? [{ ...attestation, detail }]
          : [];
      });
      for (const { message } of own) committing.delete(message.context);

      const pending = own.filter(({ status }) => status === Status.pending);
      const hidden = pending.filter(({ answer, detail }) => answer === undefined && isRevealing(detail, timestamp));
      const kept = hidden.length === 0 ? [] : journaled();
      const jobs = hidden.map(({ id }) => {
        const entry = kept.find(({ uid }) => uid === id);
        return entry === undefined ? missing(id) : reveal(entry);
      });

      const known = parameters.known();
      if (known === undefined) jobs.push(parameters.job);
      else
        for (const each of pending) {
          const { answer, detail } = each;
          if (answer === undefined || detail.shown !== undefined) continue;
          const decision = appealable(detail, timestamp, known.firstThreshold, known.appealWindow);
          const isAgainst = decision !== undefined && decision !== answer.outputHash;
          if (isAgainst || isShowable(detail, timestamp)) jobs.push(defend(each, state, isAgainst));
        }

      // One commit at a time: two at once would both find the same deposit free.
      const rests = lastCommit !== undefined && number < lastCommit + pace;
      const units = pending.filter(({ message }) => unitOf(message.context) !== undefined);
      if (committing.size > 0 || units.length >= parallel || rests || leaving?.aborted) return jobs;
      const free = nextUnit(state, {
        ...{ method: quorum.id, account, campaign: campaign.address },
        ...{ seasonId, taskId, maxUnits, hopeless },
      });
      if (free === undefined) return jobs;
      lastCommit = number;
      const tries = own.filter(({ message }) => message.context === free.context);
      return [...jobs, commit(free, new Set(tries.map(({ id }) => id)))];
    },
  };
}

/** Whether the deciding panel was called and a shown run would still end its work. */
const isShowable = ({ round, panel, drawUntil, commitUntil }: QuorumDetail, now: bigint): boolean =>
  round > 1 && now < (panel.length === 0 ? drawUntil : commitUntil);
