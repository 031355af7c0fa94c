import type { Hex } from "viem";
import { hexOf } from "./fields.ts";
import { createInterner, SLOTS } from "./interning.ts";
import { keccak } from "./keccak.ts";

/** Characters of an address. */
const ADDRESS = 42;
const WORDS = 8;
const BITS = 4;

// In arrays of numbers: the garbage collector would look through as many objects each time.
const texts: Hex[] = new Array(SLOTS).fill("0x");
const words = new Int32Array(WORDS * SLOTS);
const bytes = Buffer.from(words.buffer);
const bits = new Uint16Array(BITS * SLOTS);
/** How many bytes an item has, and whether its bits are known. */
const sizes = new Uint8Array(SLOTS);
const isHashed = new Uint8Array(SLOTS);

/**
 * The number of a topic or address, valid until the next one is asked for. Many topics repeat, and what follows from one
 * is computed once. Throws `RpcError` for text that isn't hex.
 */
export const itemOf: (text: string) => number = createInterner((text, item) => {
  const hex = hexOf(text, text.length === ADDRESS ? "address" : "topics");
  const start = 4 * WORDS * item;
  sizes[item] = bytes.write(hex.slice(2), start, 4 * WORDS, "hex");
  isHashed[item] = 0;
  texts[item] = hex;
});

/**
 * The number of a node's topic or address, of `size` bytes; `field` names it in errors. Throws `RpcError` where it is none:
 * a text that equals one already checked is well-formed.
 */
export const itemIn = (value: unknown, field: string, size: number): number =>
  itemOf(typeof value === "string" && value.length === 2 + 2 * size ? value : hexOf(value, field, size));

/** Its text, in lower case; equal topics mostly share one string. */
export const textOf = (item: number): Hex => texts[item] as Hex;

/** The first, second or third (0 to 2) of the bits of a bloom filter, 0 to 2047, that it sets. */
export function bitOf(item: number, i: number): number {
  if (isHashed[item] === 0) hash(item);
  return bits[BITS * item + i] as number;
}

// Only where blooms are asked for: hashing takes longer than all else that is read of a topic.
function hash(item: number): void {
  const start = 4 * WORDS * item;
  const found = keccak(bytes.subarray(start, start + (sizes[item] as number)));
  for (let i = 0; i < 3; i++)
    bits[BITS * item + i] = (((found[2 * i] as number) << 8) | (found[2 * i + 1] as number)) & 2047;
  isHashed[item] = 1;
}

// For each possible number of topics.
const joined = Array.from({ length: 5 }, (_, count) => new Int32Array(WORDS * count));
const joinedBytes = joined.map(({ buffer }) => Buffer.from(buffer));

/** The bytes of at most four topics, one after another; valid until the next call with as many topics. */
export function bytesOfTopics(topics: readonly Hex[]): Buffer {
  const target = joined[topics.length] as Int32Array;
  for (let i = 0; i < topics.length; i++) {
    const start = WORDS * itemOf(topics[i] as Hex);
    for (let j = 0; j < WORDS; j++) target[WORDS * i + j] = words[start + j] as number;
  }
  return joinedBytes[topics.length] as Buffer;
}
