import type { Hex } from "viem";
import type { Client } from "../client.ts";
import { isConnectionError } from "../errors.ts";
import { Status } from "../protocol.ts";
import type { CallSender } from "../sending.ts";
import { type Asked, ask, type Wish } from "./ask.ts";
import { AnswerFallenError, RequestCancelledError, RequestExpiredError, UntoldRequestError } from "./errors.ts";
import type { AskedRequest, RequestStep } from "./fold.ts";
import { type CheckedAnswer, readAnswer, readRequest, readStatus } from "./read.ts";
import { Finality, type FinalityName, finalityName, RequestState } from "./request.ts";

export interface WaitOptions {
  /** What the answer must be before it is returned; defaults to what the request asks for. */
  finality?: FinalityName | undefined;
  /** Ends the waiting: the promise rejects with its reason. The request goes on. */
  signal?: AbortSignal | undefined;
  /** Called once with each thing that happens, in order. After a reorganisation, with what happens instead. */
  onProgress?: ((step: RequestStep) => void) | undefined;
  /** Milliseconds between two looks at the chain; defaults to 1,000. */
  pollMs?: number | undefined;
  /** The first block that may tell of the request; defaults to the deployment's. */
  fromBlock?: bigint | undefined;
}

/** An answer that can be acted on, as far as its finality goes. */
export interface SettledAnswer extends CheckedAnswer {
  /** The finality that it has now. */
  finality: FinalityName;
}

/** Asks, and waits for the answer. Throws what {@link ask} and {@link waitForAnswer} throw. */
export async function askAndWait(
  client: Client,
  sender: CallSender,
  wish: Wish,
  options: Omit<WaitOptions, "fromBlock"> & { onAsked?: (asked: Asked) => void } = {},
): Promise<SettledAnswer> {
  const asked = await ask(client, sender, wish, options.signal);
  options.onAsked?.(asked);
  return waitForAnswer(client, asked.requestId, { ...options, fromBlock: asked.blockNumber });
}

/**
 * Waits until a request's answer has a finality. An RPC that fails is asked again. Throws an {@link AnswerFallenError} when
 * a covered answer turns out wrong, a {@link RequestCancelledError} or {@link RequestExpiredError} when none will come, a
 * `WrongAnswerError` when the RPC tells of one that isn't.
 */
export async function waitForAnswer(
  client: Client,
  requestId: Hex,
  { finality, signal, onProgress, pollMs = 1_000, fromBlock }: WaitOptions = {},
): Promise<SettledAnswer> {
  const told = new Set<string>();
  const tell = (step: RequestStep) => {
    const key = `${step.step} ${step.transactionHash}`;
    if (told.has(key)) return;
    told.add(key);
    onProgress?.(step);
  };
  for (let known = false; ; ) {
    signal?.throwIfAborted();
    try {
      const asked = await readRequest(client, requestId, fromBlock);
      known = true;
      asked.steps.forEach(tell);
      const answer = await answerOf(client, asked, finality ?? finalityName(asked.request.finality));
      if (answer !== undefined) return answer;
    } catch (error) {
      // A request that was seen and isn't any more was reorganised away; it comes back with its transaction.
      if (!isConnectionError(error) && !(known && error instanceof UntoldRequestError)) throw error;
    }
    await pause(pollMs, signal);
  }
}

/** The answer, if it has the finality by now; throws where it can't get it any more. */
async function answerOf(
  client: Client,
  asked: AskedRequest,
  wanted: FinalityName | undefined,
): Promise<SettledAnswer | undefined> {
  const { requestId, request, state } = asked;
  if (state === RequestState.cancelled) throw new RequestCancelledError(requestId);
  // What nobody has found right may be anything, and the request opens again if it is refuted.
  const waits = state === RequestState.answered && asked.answer;
  if (waits && (await readStatus(client, waits.uid)) !== Status.verified) return undefined;
  const answer = await readAnswer(client, asked);
  if (answer === undefined) {
    const { timestamp } = await client.rpc.getBlock();
    const isAnswering = asked.accepted !== undefined && timestamp < asked.accepted.until;
    if (!isAnswering && timestamp + BigInt(request.answerWindow) > request.deadline)
      throw new RequestExpiredError(requestId, request.deadline);
    return undefined;
  }
  if (answer.status === Status.verified) return { ...answer, finality: "verified" };
  const isDelivered = state === RequestState.covered || state === RequestState.fallen;
  if (isDelivered && answer.status !== Status.pending) throw new AnswerFallenError(requestId, answer.uid, request);
  const isCovered = isDelivered && request.finality === Finality.covered && answer.cover >= request.cover;
  return wanted === "covered" && isCovered ? { ...answer, finality: "covered" } : undefined;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
