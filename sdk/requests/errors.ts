import { type Address, formatEther, type Hex } from "viem";
import { ETH } from "./request.ts";

/** The RPC tells of no request by a name; asked again, or another one, may tell it. */
export class UntoldRequestError extends Error {
  override name = "UntoldRequestError";
  readonly requestId: Hex;

  constructor(requestId: Hex) {
    super(`The chain shows no request ${requestId}.`);
    this.requestId = requestId;
  }
}

/** A request can't be made as it was wished for; nothing was sent. */
export class InvalidWishError extends Error {
  override name = "InvalidWishError";
  /** What is wrong, as the wish names it. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** A request ended without an answer; its fee waits for its requester in the contract. */
export class RequestCancelledError extends Error {
  override name = "RequestCancelledError";
  readonly requestId: Hex;

  constructor(requestId: Hex) {
    super(`Request ${requestId} was cancelled; its fee waits for its requester to be withdrawn.`);
    this.requestId = requestId;
  }
}

/** Nobody can answer a request in time any more. */
export class RequestExpiredError extends Error {
  override name = "RequestExpiredError";
  readonly requestId: Hex;
  /** Unix seconds. */
  readonly deadline: number;

  constructor(requestId: Hex, deadline: number) {
    const time = new Date(deadline * 1_000).toISOString();
    super(`Request ${requestId} had no answer by its deadline, ${time}: cancel it to get its fee back.`);
    this.requestId = requestId;
    this.deadline = deadline;
  }
}

/** A covered answer turned out wrong: its cover is the beneficiary's. */
export class AnswerFallenError extends Error {
  override name = "AnswerFallenError";
  readonly requestId: Hex;
  readonly uid: Hex;
  readonly beneficiary: Address;
  readonly token: Address;
  /** In wei, or the token's smallest unit. */
  readonly cover: bigint;

  constructor(
    requestId: Hex,
    uid: Hex,
    { beneficiary, token, cover }: { beneficiary: Address; token: Address; cover: bigint },
  ) {
    const amount = token === ETH ? `${formatEther(cover)} ETH` : `${cover} of token ${token}`;
    super(`The answer ${uid} to request ${requestId} is wrong: its cover of ${amount} goes to ${beneficiary}.`);
    this.requestId = requestId;
    this.uid = uid;
    this.beneficiary = beneficiary;
    this.token = token;
    this.cover = cover;
  }
}

/** What the RPC tells as an answer isn't one to the request. */
export class WrongAnswerError extends Error {
  override name = "WrongAnswerError";
  readonly uid: Hex;
  /** What differs, as in "context". */
  readonly field: string;
  readonly expected: string;
  readonly found: string;

  constructor(uid: Hex, field: string, expected: string, found: string) {
    super(`The RPC tells of an answer ${uid} with the ${field} ${found}; the request's would have ${expected}.`);
    this.uid = uid;
    this.field = field;
    this.expected = expected;
    this.found = found;
  }
}
