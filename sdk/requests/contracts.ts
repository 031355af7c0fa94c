import type { Address, Hex } from "viem";
import { coverAbi, inferenceRequestsAbi } from "../abi.ts";
import { type Call, callOf } from "../calls.ts";
import { type Client, contractOf } from "../client.ts";
import type { Answer, Attestation } from "../commitments.ts";
import { ETH, type Request } from "./request.ts";

/** The contract of requests, as deployments name it. */
export const inferenceRequests = { name: "InferenceRequests", abi: inferenceRequestsAbi } as const;

/** The contract of cover, as deployments name it. */
export const cover = { name: "Cover", abi: coverAbi } as const;

/** A contract that holds what accounts may withdraw. */
export type PaymentContract = typeof inferenceRequests.name | typeof cover.name;

const requestsAt = (client: Client) => contractOf(client, inferenceRequests);

/** Asks: pays the fee in. `input` is the tensor's header and data, "0x" where provers get it as content. */
export const requestCall = (client: Client, request: Request, input: Hex): Call =>
  callOf({
    ...requestsAt(client),
    functionName: "request",
    args: [request, input],
    value: request.token === ETH ? request.fee : 0n,
  });

/** Accepts a request with its deposit, {@link readDeposit}. */
export const acceptCall = (client: Client, request: Request, { wei }: Deposit): Call =>
  callOf({ ...requestsAt(client), functionName: "accept", args: [request], value: wei });

/** Locks money behind a pending attestation, for whoever acts on it; in wei or a token's smallest unit. */
export const lockCoverCall = (client: Client, uid: Hex, beneficiary: Address, token: Address, amount: bigint): Call =>
  callOf({
    ...contractOf(client, cover),
    functionName: "lock",
    args: [uid, beneficiary, token, amount],
    value: token === ETH ? amount : 0n,
  });

/** Answers an accepted request. `output` is the tensor's header and data. */
export const answerCall = (
  client: Client,
  request: Request,
  attestation: Attestation,
  opened: Answer,
  output: Hex,
): Call => callOf({ ...requestsAt(client), functionName: "answer", args: [request, attestation, opened, output] });

/** Draws the consequences of an answer's final attestation. */
export const settleRequestCall = (client: Client, request: Request, uid: Hex, output: Hex): Call =>
  callOf({ ...requestsAt(client), functionName: "settle", args: [request, uid, output] });

/** Writes the cover of a final attestation down to who gets it. */
export const settleCoverCall = (client: Client, uid: Hex, beneficiary: Address, token: Address): Call =>
  callOf({ ...contractOf(client, cover), functionName: "settle", args: [uid, beneficiary, token] });

/** Opens a request again whose prover let its time pass. */
export const lapseCall = (client: Client, request: Request): Call =>
  callOf({ ...requestsAt(client), functionName: "lapse", args: [request] });

/** Ends a request that nobody has accepted. */
export const cancelCall = (client: Client, request: Request): Call =>
  callOf({ ...requestsAt(client), functionName: "cancel", args: [request] });

/** Pays an account all that a contract holds for it in a token; anyone may send it. */
export const withdrawCall = (client: Client, contract: PaymentContract, token: Address, account: Address): Call =>
  callOf({ ...paymentsAt(client, contract), functionName: "withdraw", args: [token, account] });

/** What an acceptance brings: ETH, and an amount of the request's token where that isn't ETH. */
export interface Deposit {
  wei: bigint;
  amount: bigint;
}

/** What a prover brings to accept a request. */
export async function readDeposit(client: Client, request: Request): Promise<Deposit> {
  const [wei, amount] = await client.rpc.readContract({
    ...requestsAt(client),
    functionName: "depositOf",
    args: [request],
  });
  return { wei, amount };
}

/** What an account may withdraw from a contract, in wei or a token's smallest unit. */
export const readCredit = (
  client: Client,
  contract: PaymentContract,
  token: Address,
  account: Address,
): Promise<bigint> =>
  client.rpc.readContract({
    ...paymentsAt(client, contract),
    functionName: "balanceOf",
    args: [token, account],
  });

/** Both contracts hold money in the same way. */
const paymentsAt = (client: Client, name: PaymentContract) => contractOf(client, { name, abi: coverAbi });
