import { BaseError, RpcRequestError } from "viem";

const LARGEST_RANGE = 2_000n;

/** Blocks read so far, of how many. */
export type RangeProgress = (done: number, total: number) => void;

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
  let size = LARGEST_RANGE;
  for (let start = from; start <= to; ) {
    const end = start + size - 1n < to ? start + size - 1n : to;
    try {
      for (const item of await read(start, end)) found.push(item);
      start = end + 1n;
      onProgress?.(Number(start - from), Number(to - from + 1n));
    } catch (error) {
      if (size === 1n || !isRefusal(error)) throw error;
      size /= 2n;
    }
  }
  return found;
}

// A node that answers with an error found the range too large; one that doesn't answer won't answer a smaller one.
const isRefusal = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((cause) => cause instanceof RpcRequestError) !== null;
