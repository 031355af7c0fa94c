import type { Range } from "./ranges.ts";

const RANGES_TOGETHER = 5;
/** In milliseconds. With a slow node, progress must still be visible. */
const LONGEST_WAIT = 1_000;

/**
 * Up to five ranges as one: a short transaction writes the same rows and pages again in the next. Readers wait for a
 * longer one, of about 20,000 events, up to a quarter of a second. No range waits for others longer than a second, and
 * what was read before an error is yielded before it is thrown.
 */
export async function* gather(ranges: AsyncIterable<Range>, now = () => performance.now()): AsyncGenerator<Range> {
  const waiting: Range[] = [];
  let since = now();
  const join = (): Range => joined(waiting.splice(0));
  try {
    for await (const range of ranges) {
      if (waiting.push(range) < RANGES_TOGETHER && now() - since < LONGEST_WAIT) continue;
      yield join();
      since = now();
    }
  } catch (error) {
    if (waiting.length > 0) yield join();
    throw error;
  }
  if (waiting.length > 0) yield join();
}

const joined = (ranges: readonly Range[]): Range => ({
  from: (ranges[0] as Range).from,
  to: (ranges.at(-1) as Range).to,
  headers: ranges.flatMap(({ headers }) => headers),
  logs: ranges.flatMap(({ logs }) => logs),
});
