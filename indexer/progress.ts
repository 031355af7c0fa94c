import type { WriteStream } from "node:tty";
import type { Backfill } from "./sync/status.ts";

const WIDTH = 30;
const CLEAR_LINE = "\r\u001b[K";
const LINE_EVERY = 10_000;

/**
 * Shows how far a backfill is: a bar if a person watches `stream`, otherwise a sentence to `say` now and then. `now` is in
 * milliseconds, by a clock that nobody sets.
 */
export function createProgress(
  stream: Pick<WriteStream, "isTTY" | "write"> | undefined,
  say: (sentence: string) => void,
  now = () => performance.now(),
): (backfill: Backfill | undefined) => void {
  const bar = stream?.isTTY ? stream : undefined;
  let startedAt: number | undefined;
  let saidAt = 0;
  return (backfill) => {
    if (!backfill) {
      if (startedAt !== undefined) bar?.write(CLEAR_LINE);
      startedAt = undefined;
      return;
    }
    if (startedAt === undefined) startedAt = saidAt = now();
    const { after, cursor, to } = backfill;
    const seconds = (now() - startedAt) / 1000;
    if (bar) {
      const filled = Math.round((WIDTH * (cursor - after)) / (to - after));
      bar.write(`${CLEAR_LINE}${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${describe(backfill, seconds)}`);
    } else if (now() - saidAt >= LINE_EVERY) {
      saidAt = now();
      say(describe(backfill, seconds));
    }
  };
}

function describe({ after, cursor, to, events }: Backfill, seconds: number): string {
  const perSecond = (count: number) => Math.round(count / Math.max(seconds, 0.001)).toLocaleString("en");
  const left = ((to - cursor) / Math.max(cursor - after, 1)) * seconds;
  return `Block ${cursor} of ${to}, ${perSecond(cursor - after)} blocks and ${perSecond(events)} events a second, ${duration(left)} left`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3_600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
