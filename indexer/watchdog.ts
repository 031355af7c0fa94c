import { Worker } from "node:worker_threads";
import { createSilence, lookEvery } from "./silence.ts";
import type { SyncStatus } from "./sync/status.ts";

/** Nothing has succeeded for too long: a supervisor should restart the process. */
export class Stalled extends Error {
  override name = "Stalled";
}

/**
 * Rejects with {@link Stalled} when nothing has succeeded for `patience` milliseconds, 0 for never; otherwise stays
 * pending. Time in which the process was suspended doesn't count. Stops when the signal aborts.
 */
export function watchProgress(
  status: Pick<SyncStatus, "progressAt" | "failure">,
  patience: number,
  signal: AbortSignal,
): Promise<never> {
  return new Promise((_, reject) => {
    if (patience === 0) return;
    const silence = createSilence(lookEvery(patience));
    const look = () => {
      if (silence(status.progressAt) < patience) return;
      const seconds = Math.round(patience / 1000);
      reject(new Stalled(`Stalled: nothing has succeeded for ${seconds} s. ${status.failure ?? ""}`.trim()));
      clearInterval(timer);
    };
    const timer = setInterval(look, lookEvery(patience));
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  });
}

/** Kills the process when its event loop has hung for `patience` milliseconds in which the process was not suspended. */
export function watchEventLoop(patience: number): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(beats, 0, 1), lookEvery(patience)).unref();
  new Worker(new URL("watchdog.worker.ts", import.meta.url), { execArgv: [], workerData: { beats, patience } }).unref();
}
