import { setTimeout as sleep } from "node:timers/promises";
import { createMeter } from "./meter.ts";

/** Keeps requests to one node within what the node allows. */
export interface Pacer {
  /** Waits until a request of so many calls, or fewer, may be sent. Throws the signal's reason. */
  turn(calls: number, signal: AbortSignal): Promise<Turn>;
  /** How long nothing may be sent, in milliseconds. */
  rest(): number;
}

/** A request that may be sent. */
interface Turn {
  /** How many calls it may have. */
  calls: number;
  /**
   * The node answered some of its calls, and refused others as too many at this time. It may have said how long to wait,
   * in milliseconds.
   */
  settled(answered: number, refused: number, retryAfter?: number): void;
}

/** When it is, in milliseconds, and how to wait. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>;
}

const realTime: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** What a refusal leaves of the pace. */
const KEPT = 0.8;
/** Milliseconds until the pace is again the one that was refused: after the first refusal, doubled each time, at most. */
const [FIRST_RECOVERY, LONGEST_RECOVERY] = [1_000, 8_000];
/** A second; what is less is kept by pauses. */
const SLOWEST = 4;
/** In milliseconds: the pause from the second refusal in a row on. */
const PAUSE = 1_000;
/**
 * What it takes to believe that calls count, while no single call is refused: a refused batch is 1, and 2 if none was
 * answered since the one before. The third of these in a row came after a second of silence.
 */
const DEAR = 6;
/** Where calls count, a batch takes a quarter of a second's: what a provider saves up is rarely less. */
const BATCHES_A_SECOND = 4;
/** Milliseconds by which a request may be late without loss: timers and busy processes are. */
const LATENESS = 250;

/**
 * Sends without limit until the node first refuses. Then the pace is what it answered in the last second, less a fifth. It
 * comes back to the pace that was refused along a cubic curve: quickly at first, slowly near that pace, and faster and
 * faster beyond, as the window does in TCP's CUBIC (RFC 9438). Refusals of requests that were sent before the pace was
 * slowed say nothing about the new one.
 *
 * A request counts as one until the node answers a part of a batch, or goes on refusing batches: then each call counts.
 */
export function createPacer({ now, sleep }: Clock = realTime): Pacer {
  const requests = createMeter(now);
  const calls = createMeter(now);
  let countsCalls = false;
  /** The pace that was refused last, a second. */
  let limit = Number.POSITIVE_INFINITY;
  let slowedAt = 0;
  let recovery = FIRST_RECOVERY / 2;
  /** In a row, each of a request that was sent after the refusal before. */
  let refusals = 0;
  /** How much speaks for it that calls count. */
  let dear = 0;
  let batchAnswered = false;
  let restsUntil = 0;
  let nextAt = 0;
  let line: Promise<unknown> = Promise.resolve();

  /** Requests or calls a second. */
  const pace = (): number => limit * (1 - (1 - KEPT) * (1 - (now() - slowedAt) / recovery) ** 3);
  /** How many of so many calls a request may have. */
  const widthOf = (count: number): number =>
    countsCalls ? Math.max(Math.min(count, Math.floor(pace() / BATCHES_A_SECOND)), 1) : count;
  /** How long the pace lets nothing else be sent beside a request. */
  const timeOf = (count: number): number => (1000 * (countsCalls ? widthOf(count) : 1)) / pace();

  function slowDown(): void {
    const present = pace();
    const least = limit === Number.POSITIVE_INFINITY ? 0 : Math.min(limit, present) / 2;
    const answered = (countsCalls ? calls : requests).lastSecond();
    limit = Math.max(Math.min(present, Math.max(answered, least)), SLOWEST);
    slowedAt = now();
    recovery = Math.min(2 * recovery, LONGEST_RECOVERY);
  }

  /** Starts anew with calls instead of requests, from a guess. */
  function countCalls(refusedCalls: number): void {
    countsCalls = true;
    limit = Math.max(calls.bestSecond(), refusedCalls / 2, SLOWEST);
    slowedAt = now();
    recovery = FIRST_RECOVERY;
    refusals = 0;
  }

  function refused(count: number, sentAt: number, retryAfter: number | undefined): void {
    const isNew = sentAt >= slowedAt && sentAt >= restsUntil;
    if (isNew) {
      // Where calls count, a slower pace also makes smaller batches: a pause adds nothing.
      const shrinks = countsCalls && count > 1;
      if (shrinks || refusals === 0) slowDown();
      if (!shrinks) refusals++;
      dear = count === 1 ? 0 : dear + (batchAnswered ? 1 : 2);
      batchAnswered = false;
      if (dear >= DEAR && !countsCalls) countCalls(count);
      nextAt = Math.max(nextAt, now() + timeOf(count));
    }
    const rest = retryAfter ?? (isNew && refusals > 1 ? PAUSE : 0);
    if (rest > 0) restsUntil = Math.max(restsUntil, now() + rest);
  }

  async function wait(count: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const left = (): number => Math.max(nextAt, restsUntil) - now();
    for (let rest = left(); rest > 0; rest = left()) await sleep(rest, signal);
    nextAt = Math.max(nextAt, now() - LATENESS) + timeOf(count);
  }

  return {
    async turn(count, signal) {
      if (limit < Number.POSITIVE_INFINITY) {
        const turn = line.then(() => wait(count, signal));
        line = turn.catch(() => {});
        await turn;
      }
      const sentAt = now();
      const width = widthOf(count);
      return {
        calls: width,
        settled(answered, refusedCalls, retryAfter) {
          if (answered > 0) {
            requests.add(1);
            calls.add(answered);
            if (sentAt >= slowedAt) refusals = 0;
            if (width > 1) batchAnswered = true;
          }
          if (answered > 0 && refusedCalls > 0 && !countsCalls) countCalls(0);
          if (refusedCalls > 0) refused(width, sentAt, retryAfter);
        },
      };
    },
    rest: () => Math.max(restsUntil - now(), 0),
  };
}
