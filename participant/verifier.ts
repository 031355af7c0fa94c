import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { UnavailableError } from "../inference/content.ts";
import { buildVote } from "../inference/methods/quorum.ts";
import { InvalidModelError, type Models } from "../inference/models.ts";
import { checkInput, decodeTensor, hashTensor, InvalidRunError } from "../inference/tensors.ts";
import type { Client } from "../sdk/client.ts";
import { type Attestation, INVALID, UNAVAILABLE, unitSeed } from "../sdk/commitments.ts";
import { cidOfKeccak256 } from "../sdk/content.ts";
import { contextKind, unitOf } from "../sdk/contexts.ts";
import { type Layout, tensorHeader } from "../sdk/layouts.ts";
import { unitInput } from "../sdk/units.ts";
import type { Actor, Job } from "./actors.ts";
import type { Content } from "./content.ts";
import { ensureDeposit } from "./deposits.ts";
import type { Report } from "./heads.ts";
import type { Journal, VoteKey } from "./journal.ts";
import { callOf, type Sender, TryAgainError } from "./sender.ts";
import { type AttestationView, isCommitting, isRevealing, PENDING, type View } from "./view.ts";

export interface VerifierOptions {
  client: Client;
  sender: Sender;
  journal: Journal;
  models: Models;
  /** Where inputs of free-standing attestations are found. */
  content: Content;
  report: Report;
}

/**
 * Joins Quorum's verifiers and serves on every panel that draws the sender's account: re-runs the model on the assigned
 * input, commits to what it got, reveals in time.
 */
export function createVerifier({ client, sender, journal, models, content, report }: VerifierOptions): Actor {
  const { rpc, deployment } = client;
  const { quorum } = client.contracts;
  const member = sender.account.address;
  const name = `verifier ${member}`;

  const join: Job = {
    key: "join",
    async run() {
      if (await rpc.readContract({ ...quorum, functionName: "isMember", args: [member] })) return;
      const { verifierBond } = await rpc.readContract({ ...quorum, functionName: "parameters" });
      await ensureDeposit(client, sender, verifierBond);
      await sender.send(callOf({ ...quorum, functionName: "join" }));
    },
  };

  /** What the sender's own run says of an attestation; UNAVAILABLE only when `last`, before that a later try. */
  const judge = async (attestation: Attestation, view: View, last: boolean): Promise<Hex> => {
    try {
      const { layout, session } = await models.open(attestation.modelId);
      const data = await inputOf(attestation, layout, view, content);
      if (hashTensor({ spec: layout.input, data }) !== attestation.inputHash) return INVALID;
      return hashTensor({ spec: layout.output, data: await session.run(data) });
    } catch (error) {
      if (error instanceof InvalidRunError || error instanceof InvalidModelError) return INVALID;
      if (!(error instanceof UnavailableError)) throw error;
      if (last) return UNAVAILABLE;
      throw new TryAgainError(error.message, { cause: error });
    }
  };

  const keyOf = ({ uid, round }: AttestationView): VoteKey => ({
    chainId: deployment.chainId,
    quorum: quorum.address,
    uid,
    round,
    member,
  });

  const commit = (judged: AttestationView, view: View): Job => ({
    key: `commit ${judged.uid} ${judged.round}`,
    async run() {
      const { uid, round, commitUntil, attestation } = judged;
      const key = keyOf(judged);
      let vote = journal.findVote(key);
      if (vote === undefined) {
        const { commitWindow } = await rpc.readContract({ ...quorum, functionName: "parameters" });
        const last = view.head.timestamp >= commitUntil - BigInt(commitWindow) / 2n;
        const outputHash = await judge(attestation, view, last);
        if (outputHash === INVALID) report(`${name}: ${uid} has no valid run on the input it should have.`);
        if (outputHash === UNAVAILABLE) report(`${name}: the model or the input of ${uid} can't be had.`);
        vote = journal.keepVote(key, { outputHash, salt: bytesToHex(randomBytes(32)) });
      }
      const commitment = buildVote({ uid, round, member, ...vote });
      await sender.send(callOf({ ...quorum, functionName: "commit", args: [uid, commitment] }));
    },
  });

  const reveal = (judged: AttestationView): Job => ({
    key: `reveal ${judged.uid} ${judged.round}`,
    async run() {
      const { uid } = judged;
      const vote = journal.findVote(keyOf(judged));
      if (vote === undefined)
        return report(`${name}: the vote on ${uid} is not in this journal, so it can't be revealed.`);
      const args = [uid, vote.outputHash, vote.salt] as const;
      await sender.send(callOf({ ...quorum, functionName: "reveal", args }));
    },
  });

  return {
    name,
    due(view) {
      const now = view.head.timestamp;
      const seats = [...view.attestations.values()].filter((s) => s.status === PENDING && s.panel.includes(member));
      return [
        join,
        ...seats.filter((s) => isCommitting(s, now) && !s.committed.has(member)).map((s) => commit(s, view)),
        ...seats.filter((s) => isRevealing(s, now) && s.committed.has(member) && !s.revealed.has(member)).map(reveal),
      ];
    },
  };
}

/** Kind of a context that is for a unit. */
const UNIT = 1;

/** The input that an attestation must be about: a unit's is derived, any other is fetched by its hash. */
async function inputOf(
  { context, prover, inputHash }: Attestation,
  layout: Layout,
  { seasons }: View,
  content: Content,
): Promise<Uint8Array> {
  if (contextKind(context) !== UNIT) return fetchInput(inputHash, layout, content);
  const unit = unitOf(context);
  const season = unit && seasons.get(unit.seasonId);
  const task = season?.tasks.find(({ taskId }) => taskId === unit?.taskId);
  if (unit === undefined || season?.seed === undefined || task === undefined)
    throw new TryAgainError(`The board doesn't show the task of context ${context} yet.`);
  return new Uint8Array(unitInput(unitSeed(season.seed, unit.taskId, prover, unit.unit), task).buffer);
}

async function fetchInput(inputHash: Hex, layout: Layout, content: Content): Promise<Uint8Array> {
  const bytes = await content.get(cidOfKeccak256(inputHash));
  try {
    const { spec, data } = decodeTensor(bytes);
    if (bytesToHex(tensorHeader(spec)) !== bytesToHex(tensorHeader(layout.input)))
      throw new Error(`its header is of "${spec.name}", not of the model's input`);
    checkInput(spec, data);
    return data;
  } catch (error) {
    throw new InvalidRunError(`${inputHash} is no input of the model: ${(error as Error).message}`, { cause: error });
  }
}
