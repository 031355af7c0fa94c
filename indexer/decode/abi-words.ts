import type { Address, Hex } from "viem";
import { memoize } from "../ingest/interning.ts";
import { keccak } from "../ingest/keccak.ts";
import { bytesOfTopics } from "../ingest/topics.ts";

/** Thrown by {@link refuse}. The caller knows which log it was, and adds that. */
export class Refusal extends Error {}

/** Stops decoding: no contract can have emitted these bytes. */
export function refuse(): never {
  throw new Refusal();
}

/**
 * Reads the 32-byte word of `bytes` that starts at `at`, and refuses one that no contract would write for its type. The
 * bytes are long enough. `hex` is the same bytes as lower-case digits, given where the type {@link isHex}.
 */
export type WordReader = (bytes: Buffer, at: number, hex: string) => unknown;

/** Whether a type's value, or that of its elements, is read as hex. */
export const isHex = (type: string): boolean => type.startsWith("address") || type.startsWith("bytes32");

/** The reader of a type that fills one word; undefined for other types. */
export function wordReader(type: string): WordReader | undefined {
  if (type === "address") return (_, at, hex) => addressIn(wordAt(hex, at));
  if (type === "bytes32") return (_, at, hex) => wordAt(hex, at);
  if (type === "bool") return bool;
  const [, sign, size] = /^(u?)int(\d+)$/.exec(type) ?? [];
  const bits = Number(size);
  if (sign === "" && bits <= 32) return signed(bits);
  if (sign === "u" && bits <= 48) return unsigned(bits);
  return sign === "u" && bits >= 64 ? bigUnsigned(bits) : undefined;
}

/** Likewise, of a topic: one word of lower-case hex. */
export function topicReader(type: string): ((topic: Hex) => unknown) | undefined {
  if (type === "address") return addressIn;
  if (type === "bytes32") return (topic) => topic;
  const read = wordReader(type);
  return read && ((topic) => read(bytesOfTopics([topic]), 0, ""));
}

const wordAt = (hex: string, at: number): Hex => `0x${hex.slice(2 * at, 2 * at + 64)}`;

/** Refuses bytes that are not all of one value. */
export function requireAll(value: number, bytes: Buffer, from: number, to: number): void {
  for (let i = from; i < to; i++) if (bytes[i] !== value) refuse();
}

/** A reader of unsigned numbers of at most 48 bits. */
export function unsigned(bits: number): (bytes: Buffer, at: number) => number {
  const size = bits / 8;
  return (bytes, at) => {
    const start = at + 32 - size;
    requireAll(0, bytes, at, start);
    return bytes.readUIntBE(start, size);
  };
}

const byte = unsigned(8);

const bool: WordReader = (bytes, at) => {
  const value = byte(bytes, at);
  return value > 1 ? refuse() : value === 1;
};

function signed(bits: number): WordReader {
  const size = bits / 8;
  return (bytes, at) => {
    const start = at + 32 - size;
    const value = bytes.readIntBE(start, size);
    requireAll(value < 0 ? 0xff : 0, bytes, at, start);
    return value;
  };
}

function bigUnsigned(bits: number): WordReader {
  return (bytes, at) => {
    const [start, low, end] = [at + 32 - bits / 8, at + 24, at + 32];
    requireAll(0, bytes, at, start);
    for (let i = start; i < low; i++) if (bytes[i] !== 0) return BigInt(`0x${bytes.toString("hex", i, end)}`);
    return bytes.readBigUInt64BE(low);
  };
}

/** The checksummed address in a 32-byte word of lower-case hex; the accounts last seen are remembered. */
export const addressIn: (word: Hex) => Address = memoize(checksum);

/** The checksum of an address in lower case. */
export const checksumOf = (address: Address): Address => addressIn(`0x${"0".repeat(24)}${address.slice(2)}`);

// ERC-55: a letter is upper case where the digit of the lower-case text's hash is 8 or more.
function checksum(word: string): Address {
  if (!word.startsWith("0x000000000000000000000000")) return refuse();
  const digits = Buffer.from(word.slice(26), "latin1");
  const hash = keccak(digits);
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as number;
    if (digit >= 0x61 && ((hash[i >> 1] as number) >> (i & 1 ? 3 : 7)) & 1) digits[i] = digit - 32;
  }
  return `0x${digits.toString("latin1")}`;
}
