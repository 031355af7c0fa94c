import { setTimeout as sleep } from "node:timers/promises";
import { type IndexerProcess, tail } from "./child.ts";

/** Seconds; the limit of an indexer that is to be suspended. */
export const LIMIT = 3;

/** Suspends an indexer with this limit for longer than it, and has it live on for as long. */
export async function outliveSuspension(child: IndexerProcess): Promise<void> {
  await child.url();
  await child.suspend(1_500 * LIMIT);
  await sleep(1_500 * LIMIT);
  if (child.hasEnded()) throw new Error(`It ended after it was suspended: ${tail(child.output())}`);
}

/** Ends an indexer that has just been started after a moment, in milliseconds. */
export async function endEarly(child: IndexerProcess, moment: number): Promise<void> {
  await sleep(moment);
  const code = await child.kill("SIGTERM");
  // Before Node runs the program, the signal ends the process.
  const wasBegun = code !== null || child.output() !== "";
  if (wasBegun && code !== 0) throw new Error(`It ended with ${code} after ${moment} ms: ${tail(child.output())}`);
}
