import { bytesToHex } from "viem";
import { printable } from "../format.ts";

const MOST_TEXT = 1_000;
const MOST_ENTRIES = 200;
/** Numbers and bytes of tensors. */
const MOST_ELEMENTS = 32_768;

/** A text from outside: what isn't printable ASCII becomes its number, and what is too long is cut. */
export function boundedText(text: string, most = MOST_TEXT): string {
  // Cut first: a text grows where its characters are written as numbers.
  const shown = printable(text.slice(0, most));
  return text.length > most || shown.length > most ? `${shown.slice(0, most)} … (${text.length} characters)` : shown;
}

/**
 * What a tool returns: bigints as decimal strings, bytes as hex, and every text and list within bounds, whoever wrote it.
 */
export function dataOf(value: unknown): unknown {
  if (typeof value === "string") return boundedText(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return bytesToHex(value.subarray(0, MOST_ELEMENTS));
  if (Array.isArray(value)) return boundedList(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [boundedText(key, 100), dataOf(each)]));
}

function boundedList(list: readonly unknown[]): unknown[] {
  if (list.every((each) => typeof each === "number")) return list.slice(0, MOST_ELEMENTS);
  const kept = list.slice(0, MOST_ENTRIES).map(dataOf);
  return list.length > MOST_ENTRIES ? [...kept, `… (${list.length} entries)`] : kept;
}
