import type { Hex } from "viem";
import { addressIn } from "./checksum.ts";
import { refuse } from "./refusal.ts";

/**
 * Reads the 32-byte word whose 64 lower-case hex digits start at `at`, and refuses one that no contract would write for
 * its type. The text is long enough and known to hold such digits only.
 */
export type WordReader = (text: string, at: number) => unknown;

/** The reader of a type that fills one word; undefined for other types. */
export function wordReader(type: string): WordReader | undefined {
  if (type === "address") return (text, at) => addressIn(readWord(text, at));
  if (type === "bytes32") return readWord;
  const [, sign, size] = /^(u?)int(\d+)$/.exec(type) ?? [];
  const bits = Number(size);
  if (sign === "" && bits <= 32) return signed(bits);
  if (sign === "u" && bits <= 48) return unsigned(bits);
  return sign === "u" && bits >= 64 ? bigUnsigned(bits) : undefined;
}

const zeros = (count: number): string => "0".repeat(count);

const ZERO = "0".charCodeAt(0);

// The value of a lower-case hex digit, by its character code.
const values = Uint8Array.from({ length: 103 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

// A text of one word is the word: most are topics.
const readWord = (text: string, at: number): Hex =>
  text.length === 66 ? (text as Hex) : `0x${text.slice(at, at + 64)}`;

// At most 8 digits.
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = (value << 4) | (values[text.charCodeAt(i)] as number);
  return value >>> 0;
}

/** A reader of unsigned numbers of at most 48 bits. */
export function unsigned(bits: number): (text: string, at: number) => number {
  const padding = zeros(64 - bits / 4);
  return (text, at) => {
    if (!text.startsWith(padding, at)) refuse();
    const start = at + padding.length;
    const end = at + 64;
    return bits > 32 ? digits(text, start, end - 8) * 2 ** 32 + digits(text, end - 8, end) : digits(text, start, end);
  };
}

function signed(bits: number): WordReader {
  const positive = zeros(64 - bits / 4);
  const negative = "f".repeat(64 - bits / 4);
  return (text, at) => {
    const value = (digits(text, at + positive.length, at + 64) << (32 - bits)) >> (32 - bits);
    return text.startsWith(value < 0 ? negative : positive, at) ? value : refuse();
  };
}

function bigUnsigned(bits: number): WordReader {
  return (text, at) => {
    const end = at + 64;
    let start = at;
    while (start < end && text.charCodeAt(start) === ZERO) start++;
    const length = end - start;
    if (length <= 8) return BigInt(digits(text, start, end));
    if (length <= 13) return BigInt(digits(text, start, end - 8) * 2 ** 32 + digits(text, end - 8, end));
    return length <= bits / 4 ? BigInt(`0x${text.slice(start, end)}`) : refuse();
  };
}
