import { BaseError } from "viem";
import { UnavailableError } from "../inference/content.ts";
import { UntoldModelError } from "../sdk/client.ts";
import { isConnectionError, RevertError, sentenceOf } from "../sdk/errors.ts";
import { UntoldSeasonError } from "../sdk/seasonEnd.ts";
import type { ChainState } from "./chainState.ts";
import type { ChainFollower } from "./follow.ts";
import type { Report } from "./heads.ts";
import { TooPoorError, TryAgainError } from "./sender.ts";

/** One thing to do. */
export interface Job {
  /** Its name: a job that succeeded isn't started again, and one that runs isn't started twice. */
  key: string;
  run(): Promise<void>;
}

/** An account in one role, which acts on what the chain shows. */
export interface Participant {
  /** Its name in reports, as in `prover 0x1234…`. */
  name: string;
  /** What is due now; called once a block. A job stays due until it is done or too late. */
  due(state: ChainState): Job[];
  /** What could be lost if the work ended now, as a sentence; undefined for nothing. */
  atStake?(state: ChainState): string | undefined;
}

export interface RunOptions {
  /** Ends the run; jobs under way are abandoned. */
  signal: AbortSignal;
  report: Report;
}

/** The job, ended well where a contract refuses it with one of these errors: then nothing is left to do. */
export const unlessDone = ({ key, run }: Job, doneErrors: readonly string[]): Job => ({
  key,
  async run() {
    try {
      await run();
    } catch (error) {
      const name = error instanceof RevertError ? (error.errorName ?? "") : "";
      if (!doneErrors.includes(name)) throw error;
    }
  },
});

/** After a refusal, the number of blocks before the next try doubles, up to this. */
const LONGEST_PAUSE = 16n;

/**
 * Starts the participants' due jobs at every new block until the signal aborts. A job that a contract or an RPC refuses, or
 * that the account can't pay for, is reported and tried again while it is due. Rejects with the first error of another kind.
 */
export async function runJobs(
  follower: ChainFollower,
  participants: readonly Participant[],
  { signal, report }: RunOptions,
): Promise<void> {
  const running = new Set<string>();
  const over = new Set<string>();
  const pauses = new Map<string, { until: bigint; length: bigint }>();

  await new Promise<void>((resolve, reject) => {
    const end = () => {
      stop();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const fail = (participant: Participant, error: unknown) => {
      reject(new Error(`${participant.name}: ${sentenceOf(error)}`, { cause: error }));
      end();
    };

    const start = async (participant: Participant, job: Job, id: string): Promise<void> => {
      running.add(id);
      try {
        await job.run();
        over.add(id);
        pauses.delete(id);
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) return fail(participant, error);
        const pause = pauses.get(id);
        const length = pause === undefined ? 1n : pause.length * 2n < LONGEST_PAUSE ? pause.length * 2n : LONGEST_PAUSE;
        pauses.set(id, { until: follower.state.head.number + length, length });
        if (pause === undefined && !isConnectionError(error)) report(`${participant.name}: ${sentenceOf(error)}`);
      } finally {
        running.delete(id);
      }
    };

    const act = (state: ChainState) => {
      for (const participant of participants) {
        try {
          for (const job of participant.due(state)) {
            const id = `${participant.name} ${job.key}`;
            if (running.has(id) || over.has(id) || (pauses.get(id)?.until ?? 0n) > state.head.number) continue;
            void start(participant, job, id);
          }
        } catch (error) {
          fail(participant, error);
        }
      }
    };

    const stop = follower.onState((state, reorganised) => {
      if (reorganised) over.clear();
      act(state);
    });
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    else act(follower.state);
  });
}

/** Whether a later try may succeed: whatever an RPC answers may be otherwise, and an account can be given money. */
const isPassing = (error: unknown): boolean =>
  error instanceof RevertError ||
  error instanceof TryAgainError ||
  error instanceof TooPoorError ||
  error instanceof UnavailableError ||
  error instanceof UntoldModelError ||
  error instanceof UntoldSeasonError ||
  error instanceof BaseError;
