import type { Address, Hex } from "viem";
import { keccak } from "./keccak.ts";
import { remember } from "./recent.ts";

/** The size of a header's `logsBloom`. */
export const BLOOM_BYTES = 256;

/** The three bits, 0 to 2047, that an address or topic sets. */
interface Bits {
  first: number;
  second: number;
  third: number;
}

/** The filter of these logs, as a header's `logsBloom` holds it. */
export function bloomOf(logs: Iterable<{ address: Address; topics: readonly Hex[] }>): Uint8Array {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const { address, topics } of logs) {
    add(bloom, address);
    for (const topic of topics) add(bloom, topic);
  }
  return bloom;
}

/** Whether this address or topic may be in the filter: false is certain. */
export function mayContain(bloom: Uint8Array, item: Hex): boolean {
  const { first, second, third } = bitsOf(item);
  return has(bloom, first) && has(bloom, second) && has(bloom, third);
}

/** Whether all that is in `part` may be in the filter. */
export const covers = (bloom: Uint8Array, part: Uint8Array): boolean =>
  part.every((byte, i) => (byte & ~(bloom[i] as number)) === 0);

/** Whether two filters are the same. */
export const sameBloom = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const bytes = Buffer.alloc(32);

const bitsOf = remember((item: string): Bits => {
  const size = bytes.write(item.slice(2), "hex");
  const hash = keccak(bytes.subarray(0, size));
  return { first: bitAt(hash, 0), second: bitAt(hash, 2), third: bitAt(hash, 4) };
});

const bitAt = (hash: Uint8Array, i: number): number => (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047;

function add(bloom: Uint8Array, item: Hex): void {
  const { first, second, third } = bitsOf(item);
  set(bloom, first);
  set(bloom, second);
  set(bloom, third);
}

// Bit 0 is the lowest of the last byte.
const byteOf = (bit: number): number => BLOOM_BYTES - 1 - (bit >> 3);

function set(bloom: Uint8Array, bit: number): void {
  const at = byteOf(bit);
  bloom[at] = (bloom[at] as number) | (1 << (bit & 7));
}

const has = (bloom: Uint8Array, bit: number): boolean => (((bloom[byteOf(bit)] as number) >> (bit & 7)) & 1) === 1;
