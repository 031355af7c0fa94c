import type { Hex } from "viem";
import type { Log } from "./blocks.ts";
import { bitOf, itemOf } from "./topics.ts";

/** The size of a header's `logsBloom`. */
export const BLOOM_BYTES = 256;

/** The filter of some logs, as a header's `logsBloom` holds it: of their addresses and topics. */
export function bloomOf(logs: readonly Pick<Log, "address" | "topics">[]): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const { address, topics } of logs) {
    add(bloom, address);
    for (const topic of topics) add(bloom, topic);
  }
  return bloom;
}

function add(bloom: Uint8Array, text: Hex): void {
  const item = itemOf(text);
  for (let i = 0; i < 3; i++) {
    const bit = bitOf(item, i);
    const at = byteOf(bit);
    bloom[at] = (bloom[at] as number) | (1 << (bit & 7));
  }
}

/** Whether this address or topic may be in the filter: false is certain. */
export function mayContain(bloom: Uint8Array, text: Hex): boolean {
  const item = itemOf(text);
  return [0, 1, 2].every((i) => has(bloom, bitOf(item, i)));
}

/** Whether everything in `part` may be in the filter. */
export const covers = (bloom: Uint8Array, part: Uint8Array): boolean =>
  part.every((byte, i) => (byte & ~(bloom[i] as number)) === 0);

/** Whether two filters are the same. */
export const sameBloom = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

// Bit 0 is the lowest of the last byte.
const byteOf = (bit: number): number => BLOOM_BYTES - 1 - (bit >> 3);

const has = (bloom: Uint8Array, bit: number): boolean => (((bloom[byteOf(bit)] as number) >> (bit & 7)) & 1) === 1;
