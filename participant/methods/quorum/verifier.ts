import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex, parseEventLogs } from "viem";
import { detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { type Attestation, voteHash } from "../../../sdk/commitments.ts";
import { isConnectionError, sentenceOf } from "../../../sdk/errors.ts";
import { isCommitting, isRevealing, type QuorumDetail, quorum } from "../../../sdk/methods/quorum.ts";
import { readJoining, readMember } from "../../../sdk/methods/quorumMember.ts";
import { Status } from "../../../sdk/protocol.ts";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import type { ChainState } from "../../chainState.ts";
import type { Head } from "../../heads.ts";
import type { Job, Participant } from "../../jobs.ts";
import type { VoteKey } from "../../journal.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";
import { judge } from "./judge.ts";
import { join } from "./membership.ts";
import { createSeatNews, timeOf } from "./seatNews.ts";

/** Blocks between two looks at whether the account is on the list of verifiers. */
const LOOK_BLOCKS = 32n;

/** A pending attestation on whose panel the sender's account sits. */
interface Seat {
  id: Hex;
  message: Attestation;
  detail: QuorumDetail;
}

/**
 * Joins Quorum's verifiers and serves on every panel that draws the sender's account: re-runs the model on the assigned
 * input, commits to the output, reveals in time. Joins again when it was taken off the list, unless it lost more than half
 * of its bond: then somebody should see why, and start it anew. Once it is to leave, it quits the list and serves the seats
 * that panels of earlier attestations still give it.
 */
export function createVerifier(tools: Tools): Participant {
  const { client, sender, journal, leaving, report, reportSeats = report } = tools;
  const { rpc, deployment } = client;
  /** Votes that wait for a run, and until when, in unix seconds. */
  const deciding = new Map<VoteKey, { until: bigint; giveUp(): void }>();
  const contract = contractOf(client, quorum);
  const member = sender.account.address;
  const name = `verifier ${member}`;

  const news = createSeatNews(member);

  let wasMember = false;
  /** A look at the list that is under way. */
  let looking: Promise<void> = Promise.resolve();
  /** The last block whose attestations may seat it, and when its bond is free, unix seconds; undefined on the list. */
  let left: { block: bigint; freeAt: bigint } | undefined;
  /** Not before this time, unix seconds; undefined for never again. */
  let joinsFrom: bigint | undefined = 0n;

  /** Joins the list, unless it is too early or too much was lost. */
  const rejoin = async (): Promise<void> => {
    const joining = await readJoining(client, member);
    if (joining.can === "later") {
      joinsFrom = joining.until;
      return report(`${name}: it is off the list of verifiers, and may join again at ${timeOf(joinsFrom)}.`);
    }
    if (joining.can === "now") {
      const { verifierBond } = await rpc.readContract({ ...contract, functionName: "parameters" });
      if (wasMember && 2n * joining.lock > verifierBond) {
        joinsFrom = undefined;
        return report(`${name}: it is off the list of verifiers, for it lost more than half of its bond.`);
      }
      await join(client, sender, joining.deposit);
    }
    report(`${name}: it is on the list of verifiers${wasMember ? " again" : ""}.`);
    wasMember = true;
  };

  const lookAtList = async (): Promise<void> => {
    if (await isOnList()) wasMember = true;
    else await rejoin();
  };

  const stay = ({ number }: Head): Job => ({
    key: `stay ${number / LOOK_BLOCKS}`,
    run() {
      looking = lookAtList();
      return looking;
    },
  });

  const isOnList = () => rpc.readContract({ ...contract, functionName: "isMember", args: [member] });

  const leave: Job = {
    key: "leave",
    async run() {
      await looking.catch(() => undefined);
      if (!(await isOnList())) {
        const { bondFreeAt } = await readMember(client, member);
        const freeAt = bondFreeAt === undefined ? 0n : BigInt(bondFreeAt);
        const { number, timestamp } = await rpc.getBlock({ blockTag: "latest" });
        // Nothing seats one who never was on the list, or left it long ago.
        left = { block: timestamp < freeAt ? number : 0n, freeAt };
        return;
      }
      const { logs, blockNumber } = await sender.send(callOf({ ...contract, functionName: "quit" }));
      const [event] = parseEventLogs({ abi: contract.abi, eventName: "Left", logs });
      if (event === undefined) throw new TryAgainError("The node tells no event of a transaction that left the list.");
      left = { block: blockNumber, freeAt: event.args.bondFreeAt };
      report(`${name}: it left the list of verifiers. Its bond stays at stake until ${timeOf(left.freeAt)}.`);
    },
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
      return await Promise.race([judge(tools, seat.message, state), givenUp]);
    } catch (error) {
      if (isConnectionError(error)) throw error;
      if (state.head.timestamp >= before(2n)) return UNAVAILABLE;
      throw new TryAgainError(sentenceOf(error), { cause: error });
    } finally {
      deciding.delete(key);
    }
  };

  const seatNumber = ({ detail }: Seat): bigint => detail.seats.get(member) as bigint;

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
      await sender.send(callOf({ ...contract, functionName: "commit", args: [id, seatNumber(seat), commitment] }));
    },
  });

  const reveal = (seat: Seat): Job => ({
    key: `reveal ${seat.id} ${seat.detail.round}`,
    async run() {
      const { id } = seat;
      const vote = journal.findVote(keyOf(seat));
      if (vote === undefined)
        return report(`${name}: the vote on ${id} is not in this journal, so it can't be revealed.`);
      const args = [id, seatNumber(seat), vote.outputHash, vote.salt] as const;
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

  const dueOnList = (head: Head): Job[] => {
    if (leaving?.aborted) return left === undefined ? [leave] : [];
    return joinsFrom === undefined || head.timestamp < joinsFrom ? [] : [stay(head)];
  };

  /** Attestations whose panels may still seat it. */
  const mayBeSeatedBy = ({ attestations }: ChainState, { block }: { block: bigint }): number =>
    [...attestations.byId.values()].filter((attestation) => {
      const { message, status, blockNumber } = attestation;
      const detail = detailOf(quorum, attestation);
      const isOpen = status === Status.pending && detail !== undefined && detail.shown === undefined;
      return isOpen && blockNumber <= block && message.prover !== member;
    }).length;

  return {
    name,
    atStake(state) {
      if (left === undefined) return `${name}: it may be on the list of verifiers, and panels may seat it.`;
      if (state.head.number < left.block) return `${name}: it isn't known yet which panels may seat it.`;
      const count = mayBeSeatedBy(state, left);
      if (count === 0) return undefined;
      return `${name}: panels of ${count} attestations have or may still give it seats, until ${timeOf(left.freeAt)} at the latest; each that it misses costs a part of its bond.`;
    },
    due(state) {
      const now = state.head.timestamp;
      for (const { until, giveUp } of deciding.values()) if (now >= until) giveUp();
      for (const sentence of news(state)) reportSeats(`${name}: ${sentence}`);
      const seats = seatsOf(state);
      const isCommitDue = ({ detail }: Seat) => isCommitting(detail, now) && !detail.committed.has(member);
      const isRevealDue = ({ detail }: Seat) =>
        isRevealing(detail, now) && detail.committed.has(member) && !detail.votes.has(member);
      return [
        ...dueOnList(state.head),
        ...seats.filter(isCommitDue).map((seat) => commit(seat, state)),
        ...seats.filter(isRevealDue).map(reveal),
      ];
    },
  };
}
