import type fc from "fast-check";
import { type Address, encodeAbiParameters, getAbiItem, type Hex, keccak256, toHex, zeroAddress } from "viem";
import type { EventName, EventNamed } from "../../indexer/decode/events.ts";
import { requestIdOf } from "../../indexer/decode/request.ts";
import { inferenceRequestsAbi } from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { Finality, RequestState, Status } from "../../sdk/protocol.ts";
import { type Request, requestContext } from "../../sdk/requests/request.ts";
import { blocksOf, picksOf } from "./season-ends.ts";

const [parameter] = getAbiItem({ abi: inferenceRequestsAbi, name: "requestIdOf" }).inputs;

/** `abi.encode(request)`. */
export const encodeRequest = (request: Request): Hex => encodeAbiParameters([parameter], [request]);

/** Choices of a story in which requests are made and answered, and their answers settled. */
export const storyOfRequests: fc.Arbitrary<number[][]> = blocksOf(picksOf(28, 28, 28, 10, 24), 5, 20);

/** An attestation of a story, as its story goes on to settle it. */
interface Attested {
  uid: Hex;
  status: number;
}

/** Has a story record an attestation. */
type Attest = (of: Pick<Request, "modelId" | "inputHash"> & Answering) => Attested;

interface Answering {
  prover: Address;
  method: number;
  context: Hex;
  outputHash: Hex;
}

/** Emits an event of InferenceRequests or Cover. */
type EmitAsked = <Name extends EventName>(
  contract: "InferenceRequests" | "Cover",
  eventName: Name,
  args: EventNamed<Name>["args"],
) => void;

interface Asked {
  requestId: Hex;
  request: Request;
  state: number;
  prover: Address;
  until: number;
  answer: Attested | undefined;
  output: Hex;
  locked: bigint;
}

/** The least deposit, in wei. */
const FLOOR = 7n;
const WINDOW = 12;
const COVERED_METHOD = 2;
const OTHER_METHOD = 1;
const INPUT = toHex("an input's tensor");

interface Around {
  deployment: Deployment;
  emit: EmitAsked;
  attest: Attest;
  accounts: readonly Address[];
  modelId: Hex;
}

/** The requests of a story: what happens next to one is chosen by a number. */
export function createRequests({ deployment, emit, attest, accounts, modelId }: Around) {
  const contract = deployment.contracts.InferenceRequests?.address as Address;
  const asked: Asked[] = [];
  const balances = new Map<string, bigint>();
  const account = (pick: number) => accounts[pick % accounts.length] as Address;

  function credit(contract: "InferenceRequests" | "Cover", token: Address, account: Address, amount: bigint): void {
    if (amount === 0n) return;
    const key = `${contract} ${token} ${account}`;
    balances.set(key, (balances.get(key) ?? 0n) + amount);
    emit(contract, "Credited", { account, token, amount });
  }

  function creditDeposit({ request: { token, cover } }: Asked, account: Address): void {
    const share = cover / 10n;
    const isEth = token === zeroAddress;
    credit("InferenceRequests", zeroAddress, account, isEth && share > FLOOR ? share : FLOOR);
    if (!isEth) credit("InferenceRequests", token, account, share);
  }

  function ask(pick: number, time: number): void {
    const isCovered = pick % 3 > 0;
    const hasCallback = pick % 5 === 0;
    const request: Request = {
      ...{ requester: account(pick), modelId, methods: 1n << BigInt(isCovered ? COVERED_METHOD : OTHER_METHOD) },
      inputHash: pick % 2 === 0 ? keccak256(INPUT) : keccak256(toHex(pick)),
      finality: isCovered ? Finality.covered : Finality.verified,
      token: pick % 4 === 0 ? (accounts[0] as Address) : zeroAddress,
      fee: BigInt(pick % 7) * 10n ** 20n,
      cover: isCovered ? 7n * 10n ** 20n : 0n,
      beneficiary: isCovered ? account(pick >>> 3) : zeroAddress,
      deadline: time + 40,
      answerWindow: WINDOW,
      ...{ callback: hasCallback ? contract : zeroAddress, callbackGas: hasCallback ? 90_000 : 0 },
      nonce: BigInt(asked.length),
      provers: pick % 6 === 0 ? [account(pick + 1), account(pick + 2)] : [],
    };
    const encoded = encodeRequest(request);
    const requestId = requestIdOf(deployment.chainId, contract, encoded);
    const { requester } = request;
    const input = pick % 2 === 0 ? INPUT : "0x";
    emit("InferenceRequests", "Requested", { requestId, requester, modelId, request: encoded, input });
    asked.push({
      ...{ requestId, request, state: RequestState.open, prover: zeroAddress, until: 0, answer: undefined },
      ...{ output: "0x", locked: 0n },
    });
  }

  function accept(one: Asked, pick: number, time: number): void {
    const { requestId, request } = one;
    const prover = request.provers[pick % 2] ?? account(pick);
    const until = time + WINDOW;
    if (until > request.deadline) {
      cancel(one);
      return;
    }
    Object.assign(one, { state: RequestState.accepted, prover, until });
    emit("InferenceRequests", "RequestAccepted", { requestId, prover, until });
  }

  function cancel(one: Asked): void {
    const { requestId, request } = one;
    one.state = RequestState.cancelled;
    emit("InferenceRequests", "RequestCancelled", { requestId });
    credit("InferenceRequests", request.token, request.requester, request.fee);
  }

  function lapse(one: Asked, pick: number): void {
    const { requestId, request, prover } = one;
    one.state = RequestState.open;
    emit("InferenceRequests", "AcceptanceLapsed", { requestId, prover });
    creditDeposit(one, request.requester);
    if (pick % 3 === 0) cancel(one);
  }

  function deliver({ requestId, request, prover, answer }: Asked, finality: number): void {
    const { uid } = answer as Attested;
    emit("InferenceRequests", "AnswerDelivered", { requestId, uid, prover, finality, fee: request.fee });
    credit("InferenceRequests", request.token, prover, request.fee);
  }

  function callBack({ requestId, request: { callback } }: Asked, pick: number): void {
    if (callback === zeroAddress) return;
    emit("InferenceRequests", "CalledBack", { requestId, callback, succeeded: pick % 2 === 0 });
  }

  function answer(one: Asked, pick: number): void {
    const { requestId, request, prover } = one;
    const { modelId, inputHash, finality, cover, beneficiary, token } = request;
    const isCovered = finality === Finality.covered;
    const output = toHex(`an output's tensor ${pick}`);
    const method = isCovered ? COVERED_METHOD : OTHER_METHOD;
    const context = requestContext(requestId);
    const given = attest({ prover, method, modelId, inputHash, context, outputHash: keccak256(output) });
    const { uid } = given;
    if (isCovered) {
      // In two parts, and now and then more than is asked for.
      const amounts = [cover - 1n, 1n + BigInt(pick % 2)];
      for (const amount of amounts) emit("Cover", "CoverLocked", { uid, beneficiary, token, prover, amount });
      one.locked = cover + BigInt(pick % 2);
    }
    Object.assign(one, { state: isCovered ? RequestState.covered : RequestState.answered, answer: given, output });
    emit("InferenceRequests", "RequestAnswered", { requestId, uid, prover, output });
    creditDeposit(one, prover);
    if (!isCovered) return;
    deliver(one, Finality.covered);
    callBack(one, pick);
  }

  function settleCover(one: Asked): void {
    const { answer, prover, locked, request } = one;
    const { beneficiary, token } = request;
    const { uid, status } = answer as Attested;
    const to = status === Status.verified ? prover : beneficiary;
    emit("Cover", "CoverSettled", { uid, beneficiary, token, to, amount: locked });
    one.locked = 0n;
    credit("Cover", token, to, locked);
  }

  function settle(one: Asked, pick: number): void {
    const { requestId, answer, state } = one;
    const { uid, status } = answer as Attested;
    const wrong = state === RequestState.covered ? RequestState.fallen : RequestState.open;
    const next = status === Status.verified ? RequestState.verified : wrong;
    one.state = next;
    emit("InferenceRequests", "AnswerSettled", { requestId, uid, status, state: next });
    if (next === RequestState.fallen) settleCover(one);
    else if (state === RequestState.answered && next === RequestState.verified) deliver(one, Finality.verified);
    else return;
    callBack(one, pick);
  }

  function withdraw(pick: number): void {
    const found = [...balances].filter(([, amount]) => amount > 0n);
    const [key, amount] = found[pick % found.length] ?? [];
    if (key === undefined || amount === undefined) return;
    const [contract, token, account] = key.split(" ") as ["Cover" | "InferenceRequests", Address, Address];
    balances.set(key, 0n);
    emit(contract, "Withdrawn", { account, token, to: account, amount });
  }

  /** Takes the next step of a request; `choice` is of whether it ends without an answer. */
  function stepOf(one: Asked, choice: number, pick: number, time: number): void {
    const status = one.answer?.status ?? Status.none;
    switch (one.state) {
      case RequestState.open:
        if (choice === 0) cancel(one);
        else accept(one, pick, time);
        break;
      case RequestState.accepted:
        if (time >= one.until) lapse(one, pick);
        else if (choice > 0) answer(one, pick);
        break;
      case RequestState.answered:
      case RequestState.covered:
        if (status > Status.pending) settle(one, pick);
        break;
      default:
        if (one.locked > 0n) settleCover(one);
        else withdraw(pick);
    }
  }

  return {
    /** Makes a request, or goes on with one of the last. */
    goOn(pick: number, time: number): void {
      const rest = pick >>> 3;
      const one = asked.at(-1 - (rest % 5));
      if (one && pick % 8 < 5) stepOf(one, pick % 8, rest, time);
      else ask(rest, time);
    },
  };
}
