import type { Hex } from "viem";
import { RpcError } from "./errors.ts";

/** By the codes of characters. */
const isDigit = new Uint8Array(256);
for (const digit of "0123456789abcdef") isDigit[digit.charCodeAt(0)] = 1;
const QUANTITY = /^0x[0-9a-f]{1,14}$/;
const BIG_QUANTITY = /^0x[0-9a-f]{1,64}$/;

/** A JSON object from a node; `what` names it in errors. */
export function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null)
    throw new RpcError(`The node answered with ${quote(value)} for ${what}.`);
  return value as Record<string, unknown>;
}

/** Whether a text is 0x and bytes in lower case. Takes half as long as a regular expression. */
function isHex(text: string): boolean {
  if (text.length % 2 !== 0 || !text.startsWith("0x")) return false;
  for (let i = 2; i < text.length; i++) if (isDigit[text.charCodeAt(i)] !== 1) return false;
  return true;
}

/** Bytes as lower-case hex; exactly `size` of them if given. */
export function hexOf(value: unknown, field: string, size?: number): Hex {
  const fits = typeof value === "string" && (size === undefined || value.length === 2 + 2 * size);
  if (fits && isHex(value)) return value as Hex;
  const lower = fits ? value.toLowerCase() : "";
  if (!isHex(lower)) throw wrong(value, field);
  return lower as Hex;
}

const NO_BYTES = Buffer.alloc(0);

/** Bytes; exactly `size` of them if given. */
export function bytesOf(value: unknown, field: string, size?: number): Buffer {
  const digits = typeof value === "string" && value.startsWith("0x") ? value.slice(2) : undefined;
  // Only one byte of a character outside ASCII would be read.
  if (digits === undefined || Buffer.byteLength(digits) !== digits.length) throw wrong(value, field);
  if (digits === "" && !size) return NO_BYTES;
  const bytes = Buffer.from(digits, "hex");
  if (2 * bytes.length !== digits.length || bytes.length !== (size ?? bytes.length)) throw wrong(value, field);
  return bytes;
}

export const hashOf = (value: unknown, field: string): Hex => hexOf(value, field, 32);

/** A number up to 2^53 − 1. */
export function quantityOf(value: unknown, field: string): number {
  const lower = typeof value === "string" ? value.toLowerCase() : "";
  const number = QUANTITY.test(lower) ? Number(lower) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw wrong(value, field);
  return number;
}

/** A number of up to 256 bits. */
export function bigQuantityOf(value: unknown, field: string): bigint {
  const lower = typeof value === "string" ? value.toLowerCase() : "";
  if (!BIG_QUANTITY.test(lower)) throw wrong(value, field);
  return BigInt(lower);
}

/** A number as JSON-RPC writes it. */
export const toQuantity = (value: number): Hex => `0x${value.toString(16)}`;

const wrong = (value: unknown, field: string): RpcError =>
  new RpcError(`The node answered with ${field} ${quote(value)}.`);

/** Far more than is said in the end, which is cut once secrets are hidden: `RpcError.attribute`. */
const LONGEST_QUOTE = 10_000;

/** A value from a node in an error. */
export const quote = (value: unknown): string => (JSON.stringify(value) ?? "missing").slice(0, LONGEST_QUOTE);
