import type { Clock } from "../../../indexer/ingest/pacer.ts";

/** Time that passes only while all wait for it. */
export interface VirtualTime extends Clock {
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Lets time pass until a promise settles. */
  run(until: Promise<unknown>): Promise<void>;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Virtual time from 0 on, in milliseconds. */
export function createVirtualTime(): VirtualTime {
  const sleepers: Sleeper[] = [];
  let now = 0;
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((wake, stop) => {
        signal?.addEventListener("abort", () => stop(signal.reason));
        sleepers.push({ at: now + milliseconds, wake });
      }),
    async run(until) {
      let over = false;
      const end = () => {
        over = true;
      };
      until.then(end, end);
      for (;;) {
        // All that doesn't wait for time has its turn first.
        await new Promise((resolve) => setImmediate(resolve));
        if (over) return;
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (!next) throw new Error("Nothing waits for time.");
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}
