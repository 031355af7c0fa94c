import { type Address, type Hex, hexToBytes, type Log, parseEventLogs } from "viem";
import { coverAbi, inferenceRequestsAbi } from "../abi.ts";
import type { EventOf } from "../methods/method.ts";
import { Status } from "../protocol.ts";
import { decodeRequest, Finality, type Request, RequestState, requestIdOf } from "./request.ts";

/** Something that happened to a request. */
export type RequestStep = { blockNumber: bigint; transactionHash: Hex } & (
  | { step: "asked"; requester: Address }
  | { step: "accepted"; prover: Address; until: number }
  | { step: "answered" | "covered" | "verified" | "fallen"; prover: Address; uid: Hex }
  /** Its prover let its time pass, or its answer turned out wrong or was never decided. */
  | { step: "reopened"; prover: Address; why: "lapsed" | "refuted" | "void" }
  | { step: "calledBack"; succeeded: boolean }
  | { step: "cancelled" }
);

/** An answer as `RequestAnswered` tells it; `readAnswer` checks it. */
export interface GivenAnswer {
  uid: Hex;
  prover: Address;
  /** The output's tensor, header and data. */
  output: Uint8Array;
}

/** A request and everything that happened to it. */
export interface AskedRequest {
  requestId: Hex;
  request: Request;
  /** The input's tensor, header and data; empty where it is content under its hash. */
  input: Uint8Array;
  /** Of the contract: `RequestState`. */
  state: number;
  /** Who accepted it, and the end of its time, unix seconds; undefined while nobody has. */
  accepted: { prover: Address; until: number } | undefined;
  /** The answer that counts; undefined while there is none. */
  answer: GivenAnswer | undefined;
  /** Who can't accept it any more. */
  out: Set<Address>;
  steps: RequestStep[];
  blockNumber: bigint;
  transactionHash: Hex;
}

/** Cover that is locked and not yet settled. */
export interface LockedCover {
  uid: Hex;
  beneficiary: Address;
  token: Address;
  prover: Address;
  amount: bigint;
}

/** Requests, cover, and what accounts may withdraw: folded from the two contracts' logs. */
export interface Requests {
  byId: Map<Hex, AskedRequest>;
  /** By {@link coverKey}. */
  covers: Map<string, LockedCover>;
  /** Money by {@link creditKey}; none where it is zero. */
  credits: Map<string, bigint>;
}

export const noRequests = (): Requests => ({ byId: new Map(), covers: new Map(), credits: new Map() });

/** Identifies cover. */
export const coverKey = ({ uid, beneficiary, token }: Pick<LockedCover, "uid" | "beneficiary" | "token">): string =>
  `${uid} ${beneficiary} ${token}`.toLowerCase();

/** Identifies what a contract holds for an account in a token. */
export const creditKey = (contract: Address, token: Address, account: Address): string =>
  `${contract} ${token} ${account}`.toLowerCase();

/** Where the events come from. */
export interface RequestContracts {
  chainId: number;
  inferenceRequests: Address | undefined;
  cover: Address | undefined;
}

type MinedLog = Log<bigint, number, false>;

/**
 * Folds logs, in the order of the chain, into what is known of requests; passes over other contracts' logs, and over a
 * request that its event's bytes don't name.
 */
export function foldRequests(
  into: Requests,
  { chainId, inferenceRequests, cover }: RequestContracts,
  logs: readonly MinedLog[],
): void {
  for (const log of logs) {
    const emitter = log.address.toLowerCase();
    if (emitter === inferenceRequests?.toLowerCase()) foldRequest(into, chainId, log);
    else if (emitter === cover?.toLowerCase()) foldCover(into, log);
  }
}

function foldRequest(into: Requests, chainId: number, log: MinedLog): void {
  const [event] = parseEventLogs({ abi: inferenceRequestsAbi, logs: [log] });
  if (event === undefined) return;
  if (event.eventName === "Credited" || event.eventName === "Withdrawn") foldCredit(into, log.address, event);
  else if (event.eventName === "Requested") begin(into, chainId, event.args, log);
  else {
    const known = into.byId.get(event.args.requestId);
    if (known !== undefined)
      advance(known, event, { blockNumber: log.blockNumber, transactionHash: log.transactionHash });
  }
}

type RequestEvent = EventOf<typeof inferenceRequestsAbi>;

/** Where an event was mined. */
type Mined = Pick<MinedLog, "blockNumber" | "transactionHash">;

function begin(
  { byId }: Requests,
  chainId: number,
  { requestId, requester, request, input }: Extract<RequestEvent, { eventName: "Requested" }>["args"],
  { address, blockNumber, transactionHash }: MinedLog,
): void {
  if (requestIdOf(chainId, address, request) !== requestId) return;
  const mined = { blockNumber, transactionHash };
  byId.set(requestId, {
    ...{ requestId, request: decodeRequest(request), input: hexToBytes(input), state: RequestState.open },
    ...{ accepted: undefined, answer: undefined, out: new Set(), ...mined },
    steps: [{ step: "asked", requester, ...mined }],
  });
}

/** What an event says of a request that is known. */
type Happening = Exclude<RequestEvent, { eventName: "Requested" | "Credited" | "Withdrawn" }>;

function advance(known: AskedRequest, { eventName, args }: Happening, mined: Mined): void {
  switch (eventName) {
    case "RequestAccepted": {
      const { prover, until } = args;
      known.state = RequestState.accepted;
      known.accepted = { prover, until };
      known.steps.push({ step: "accepted", prover, until, ...mined });
      break;
    }
    case "AcceptanceLapsed":
      reopen(known, args.prover, "lapsed", mined);
      break;
    case "RequestAnswered": {
      const { uid, prover, output } = args;
      known.state = RequestState.answered;
      known.answer = { uid, prover, output: hexToBytes(output) };
      known.steps.push({ step: "answered", prover, uid, ...mined });
      break;
    }
    case "AnswerDelivered": {
      const { uid, prover, finality } = args;
      const reached = finality === Finality.verified ? "verified" : "covered";
      // Of an answer that was settled before, AnswerSettled has said so.
      if (known.state === RequestState.verified) break;
      known.state = RequestState[reached];
      known.steps.push({ step: reached, prover, uid, ...mined });
      break;
    }
    case "AnswerSettled": {
      const { uid, status, state } = args;
      const prover = known.answer?.prover;
      if (prover === undefined) break;
      if (state === RequestState.open) reopen(known, prover, status === Status.refuted ? "refuted" : "void", mined);
      else {
        known.state = state;
        known.steps.push({ step: state === RequestState.verified ? "verified" : "fallen", prover, uid, ...mined });
      }
      break;
    }
    case "CalledBack":
      known.steps.push({ step: "calledBack", succeeded: args.succeeded, ...mined });
      break;
    case "RequestCancelled":
      known.state = RequestState.cancelled;
      known.steps.push({ step: "cancelled", ...mined });
      break;
  }
}

function reopen(known: AskedRequest, prover: Address, why: "lapsed" | "refuted" | "void", mined: Mined): void {
  known.state = RequestState.open;
  known.accepted = undefined;
  known.answer = undefined;
  if (why !== "void") known.out.add(prover);
  known.steps.push({ step: "reopened", prover, why, ...mined });
}

function foldCover(into: Requests, log: MinedLog): void {
  const [event] = parseEventLogs({ abi: coverAbi, logs: [log] });
  if (event === undefined) return;
  if (event.eventName === "CoverLocked") {
    const { uid, beneficiary, token, prover, amount } = event.args;
    const key = coverKey(event.args);
    const before = into.covers.get(key)?.amount ?? 0n;
    into.covers.set(key, { uid, beneficiary, token, prover, amount: before + amount });
  } else if (event.eventName === "CoverSettled") into.covers.delete(coverKey(event.args));
  else foldCredit(into, log.address, event);
}

/** An event about money that waits for its owner, of either contract. */
type PaymentEvent = Extract<EventOf<typeof coverAbi>, { eventName: "Credited" | "Withdrawn" }>;

function foldCredit({ credits }: Requests, contract: Address, { eventName, args }: PaymentEvent): void {
  const key = creditKey(contract, args.token, args.account);
  const sum = (credits.get(key) ?? 0n) + (eventName === "Credited" ? args.amount : -args.amount);
  if (sum === 0n) credits.delete(key);
  else credits.set(key, sum);
}
