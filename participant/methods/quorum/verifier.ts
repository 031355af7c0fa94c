import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { checkInput, hashTensor, InvalidRunError } from "../../../inference/tensors.ts";
import { detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { type Attestation, INVALID, UNAVAILABLE, voteHash } from "../../../sdk/commitments.ts";
import { cidOfKeccak256 } from "../../../sdk/content.ts";
import { contextKind } from "../../../sdk/contexts.ts";
import { isConnectionError, sentenceOf } from "../../../sdk/errors.ts";
import { type Layout, tensorHeader } from "../../../sdk/layouts.ts";
import { isCommitting, isRevealing, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import { assignedUnit, type ChainState } from "../../chainState.ts";
import type { Content } from "../../content.ts";
import { ensureDeposit } from "../../deposits.ts";
import type { Job, Participant } from "../../jobs.ts";
import type { VoteKey } from "../../journal.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";

/** A pending attestation on whose panel the sender's account sits. */
interface Seat {
  id: Hex;
  message: Attestation;
  detail: QuorumDetail;
}

/**
 * Joins Quorum's verifiers and serves on every panel that draws the sender's account: re-runs the model on the assigned
 * input, commits to the output, reveals in time.
 */
export function createVerifier({ client, sender, journal, models, strangers, content, report }: Tools): Participant {
  const { rpc, deployment } = client;
  /** Votes that wait for a run, and until when, in unix seconds. */
  const deciding = new Map<VoteKey, { until: bigint; giveUp(): void }>();
  const contract = contractOf(client, quorum);
  const member = sender.account.address;
  const name = `verifier ${member}`;

  const join: Job = {
    key: "join",
    async run() {
      if (await rpc.readContract({ ...contract, functionName: "isMember", args: [member] })) return;
      const { verifierBond } = await rpc.readContract({ ...contract, functionName: "parameters" });
      await ensureDeposit(client, sender, contract.address, verifierBond);
      await sender.send(callOf({ ...contract, functionName: "join" }));
    },
  };

  /** What the sender's own run says of an attestation: INVALID only for what follows from bytes alone. */
  const judge = async (attestation: Attestation, state: ChainState): Promise<Hex> => {
    try {
      const lane = isOfTask(attestation.modelId, state) ? models : strangers;
      const { layout, session } = await lane.open(attestation.modelId);
      const data = await inputOf(attestation, layout, state, content);
      if (hashTensor({ spec: layout.input, data }) !== attestation.inputHash) return INVALID;
      return hashTensor({ spec: layout.output, data: await session.run(data) });
    } catch (error) {
      if (error instanceof InvalidRunError || error instanceof InvalidModelError) return INVALID;
      throw error;
    }
  };

  /**
   * The vote on a seat. A failure of this machine or the network is tried again; from the second half of the window on it
   * gives UNAVAILABLE. So does a run that isn't over when the last quarter begins, because a vote must be cast in time.
   */
  const decide = async (seat: Seat, state: ChainState): Promise<Hex> => {
    const { commitUntil } = seat.detail;
    const { commitWindow } = await rpc.readContract({ ...contract, functionName: "parameters" });
    const before = (part: bigint) => commitUntil - BigInt(commitWindow) / part;
    const key = keyOf(seat);
    const givenUp = new Promise<Hex>((resolve) => {
      deciding.set(key, { until: before(4n), giveUp: () => resolve(UNAVAILABLE) });
    });
    try {
      return await Promise.race([judge(seat.message, state), givenUp]);
    } catch (error) {
      if (isConnectionError(error)) throw error;
      if (state.head.timestamp >= before(2n)) return UNAVAILABLE;
      throw new TryAgainError(sentenceOf(error), { cause: error });
    } finally {
      deciding.delete(key);
    }
  };

  const keyOf = ({ id, detail: { round } }: Seat): VoteKey => ({
    ...{ chainId: deployment.chainId, contract: contract.address, uid: id, round, member },
  });

  const commit = (seat: Seat, state: ChainState): Job => ({
    key: `commit ${seat.id} ${seat.detail.round}`,
    async run() {
      const { id, detail } = seat;
      const { round } = detail;
      const key = keyOf(seat);
      let vote = journal.findVote(key);
      if (vote === undefined) {
        const outputHash = await decide(seat, state);
        if (outputHash === INVALID) report(`${name}: ${id} has no valid run on the input it should have.`);
        if (outputHash === UNAVAILABLE) report(`${name}: the model or the input of ${id} is unavailable.`);
        vote = journal.keepVote(key, { outputHash, salt: bytesToHex(randomBytes(32)) });
      }
      const commitment = voteHash(id, round, member, vote.outputHash, vote.salt);
      await sender.send(callOf({ ...contract, functionName: "commit", args: [id, commitment] }));
    },
  });

  const reveal = (seat: Seat): Job => ({
    key: `reveal ${seat.id} ${seat.detail.round}`,
    async run() {
      const { id } = seat;
      const vote = journal.findVote(keyOf(seat));
      if (vote === undefined)
        return report(`${name}: the vote on ${id} is not in this journal, so it can't be revealed.`);
      const args = [id, vote.outputHash, vote.salt] as const;
      await sender.send(callOf({ ...contract, functionName: "reveal", args }));
    },
  });

  const seatsOf = ({ attestations }: ChainState): Seat[] =>
    [...attestations.byId.values()].flatMap((attestation): Seat[] => {
      const { id, kind, message, status } = attestation;
      const detail = detailOf(quorum, attestation);
      if (kind !== "single" || status !== Status.pending || !detail?.panel.includes(member)) return [];
      return [{ id, message, detail }];
    });

  return {
    name,
    due(state) {
      const now = state.head.timestamp;
      for (const { until, giveUp } of deciding.values()) if (now >= until) giveUp();
      const seats = seatsOf(state);
      const isCommitDue = ({ detail }: Seat) => isCommitting(detail, now) && !detail.committed.has(member);
      const isRevealDue = ({ detail }: Seat) =>
        isRevealing(detail, now) && detail.committed.has(member) && !detail.votes.has(member);
      return [
        join,
        ...seats.filter(isCommitDue).map((seat) => commit(seat, state)),
        ...seats.filter(isRevealDue).map(reveal),
      ];
    },
  };
}

/** Whether a model is one that a season's accounts work on. */
const isOfTask = (modelId: Hex, { seasons }: ChainState): boolean =>
  [...seasons.values()].some(({ tasks }) => tasks.some((task) => task.modelId === modelId));

/** Kind of a context that is for a unit. */
const UNIT = 1;

/** The input that an attestation must be about: a unit's is derived, any other is fetched by its hash. */
async function inputOf(
  { context, prover, inputHash }: Attestation,
  layout: Layout,
  state: ChainState,
  content: Content,
): Promise<Uint8Array> {
  if (contextKind(context) !== UNIT) return fetchInput(inputHash, layout, content);
  const found = assignedUnit(state, context);
  if (found === undefined) throw new TryAgainError(`The chain doesn't show the task of context ${context} yet.`);
  const data = new Uint8Array(assignedTo(found, prover, found.unit).buffer);
  return checked(data, layout, "Its unit's input");
}

/** Throws an {@link InvalidRunError} unless the bytes can be the model's input. */
function checked(data: Uint8Array, { input }: Layout, what: string): Uint8Array {
  try {
    checkInput(input, data);
    return data;
  } catch (error) {
    throw new InvalidRunError(`${what} is no input of the model: ${(error as Error).message}`, { cause: error });
  }
}

async function fetchInput(inputHash: Hex, layout: Layout, content: Content): Promise<Uint8Array> {
  const bytes = await content.get(cidOfKeccak256(inputHash));
  const header = tensorHeader(layout.input);
  // The bytes have the requested hash, so any fault in them is the same on every machine.
  if (bytesToHex(bytes.subarray(0, header.length)) !== bytesToHex(header))
    throw new InvalidRunError(`${inputHash} is no input of the model: it has another header.`);
  return checked(bytes.slice(header.length), layout, inputHash);
}
