import { BaseError, HttpRequestError, ResponseBodyTooLargeError, RpcRequestError } from "viem";

const LARGEST_RANGE = 2_000n;

/** Blocks read so far, of how many. */
export type RangeProgress = (done: number, total: number) => void;

/**
 * How much is asked of a node at once: half as much after it refused, twice as much while its answers are small. Each
 * refusal doubles the number of answers before more is tried again.
 */
export interface Portion {
  readonly size: number;
  /** Takes note of an answer; a small one has room for twice as much. */
  answered(isSmall: boolean): void;
  /** Takes note of an error: false if nothing smaller can be asked, or if asking for less won't help. */
  refused(error: unknown): boolean;
}

export function createPortion(first: number, most: number): Portion {
  let size = first;
  let patience = 1;
  let answers = 0;
  return {
    get size() {
      return size;
    },
    answered(isSmall) {
      answers = isSmall ? answers + 1 : 0;
      if (answers < patience) return;
      size = Math.min(2 * size, most);
      answers = 0;
    },
    refused(error) {
      if (size === 1 || !isRefusal(error)) return false;
      size = Math.ceil(size / 2);
      patience = Math.min(2 * patience, 64);
      answers = 0;
      return true;
    },
  };
}

/** What a node tells of consecutive blocks. */
export interface Range<T> {
  from: bigint;
  to: bigint;
  found: T;
}

/**
 * Blocks `from` to `to`, read in ranges that a node will answer: halved when it refuses one, and doubled while it has little
 * to tell. Throws what a single block still throws.
 */
export async function* growingRanges<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
  isSmall: (found: T) => boolean,
): AsyncGenerator<Range<T>> {
  yield* rangesOf(from, to, read, createPortion(Number(LARGEST_RANGE), MOST_BLOCKS), isSmall);
}

const MOST_BLOCKS = 1_000_000;

/**
 * Reads blocks `from` to `to` in ranges that a node will answer: of 2,000 blocks, halved when the node refuses one.
 * Returns what `read` found, in order; throws what a single block still throws.
 */
export async function readRanges<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<readonly T[]>,
  onProgress?: RangeProgress,
): Promise<T[]> {
  const found: T[] = [];
  const portion = createPortion(Number(LARGEST_RANGE), Number(LARGEST_RANGE));
  for await (const range of rangesOf(from, to, read, portion, () => false)) {
    for (const item of range.found) found.push(item);
    onProgress?.(Number(range.to - from) + 1, Number(to - from) + 1);
  }
  return found;
}

async function* rangesOf<T>(
  from: bigint,
  to: bigint,
  read: (from: bigint, to: bigint) => Promise<T>,
  portion: Portion,
  isSmall: (found: T) => boolean,
): AsyncGenerator<Range<T>> {
  for (let start = from; start <= to; ) {
    const last = start + BigInt(portion.size) - 1n;
    const end = last < to ? last : to;
    let found: T;
    try {
      found = await read(start, end);
    } catch (error) {
      if (portion.refused(error)) continue;
      throw error;
    }
    yield { from: start, to: end, found };
    portion.answered(isSmall(found));
    start = end + 1n;
  }
}

/** HTTP's "Bad Request" and "Content Too Large", by which some nodes refuse. */
const REFUSING = [400, 413];

// A node that answers with an error found the question too large; one that doesn't answer won't answer a smaller one.
const isRefusal = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk(
    (cause) =>
      cause instanceof RpcRequestError ||
      cause instanceof ResponseBodyTooLargeError ||
      (cause instanceof HttpRequestError && REFUSING.includes(cause.status ?? 0)),
  ) !== null;
