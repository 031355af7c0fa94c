import { type Address, getAddress, type Hex, isAddress } from "viem";
import { withoutUser } from "../sdk/api.ts";

/** The command was used wrongly: a sentence that quotes what was wrong and says what would be right. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Reads 32 bytes of hex; `what` names them in the sentence. */
export function parseHash(what: string, text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new UsageError(`${what} is "${text}"; it must be 0x and 64 hex digits.`);
  return text.toLowerCase() as Hex;
}

/** Reads an address; mixed case must have the right checksum. */
export function parseAddress(what: string, text: string): Address {
  if (!isAddress(text))
    throw new UsageError(`${what} is "${text}"; it must be 0x and 40 hex digits, all lower case or with its checksum.`);
  return getAddress(text);
}

/** Reads a decimal integer from `least` up. */
export function parseCount(what: string, text: string, least = 0n): bigint {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(text) || BigInt(text) < least)
    throw new UsageError(`${what} is "${text}"; it must be a whole number from ${least} up.`);
  return BigInt(text);
}

/** Reads SEASON/TASK/UNIT. */
export function parseUnit(text: string): { seasonId: bigint; taskId: bigint; unit: bigint } {
  const parts = text.split("/");
  if (parts.length !== 3) throw new UsageError(`--unit is "${text}"; it must be SEASON/TASK/UNIT, as in 1/1/0.`);
  const [season, task, unit] = parts as [string, string, string];
  return {
    seasonId: parseCount("The season in --unit", season, 1n),
    taskId: parseCount("The task in --unit", task, 1n),
    unit: parseCount("The unit in --unit", unit),
  };
}

/** Reads SEASON/TASK. */
export function parseTask(text: string): { seasonId: bigint; taskId: bigint } {
  const parts = text.split("/");
  if (parts.length !== 2) throw new UsageError(`--batch is "${text}"; it must be SEASON/TASK, as in 1/3.`);
  const [season, task] = parts as [string, string];
  return {
    seasonId: parseCount("The season in --batch", season, 1n),
    taskId: parseCount("The task in --batch", task, 1n),
  };
}

/** Reads FIRST..LAST, both included. */
export function parseRange(text: string): { first: bigint; count: number } {
  const parts = text.split("..");
  if (parts.length !== 2) throw new UsageError(`--units is "${text}"; it must be FIRST..LAST, as in 0..199.`);
  const [from, to] = parts as [string, string];
  const first = parseCount("The first unit in --units", from);
  const last = parseCount("The last unit in --units", to, first);
  return { first, count: Number(last - first) + 1 };
}

/** Reads an http URL. */
export function parseUrl(what: string, text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `${what} is "${withoutUser(text)}"; it must be an http or https URL, as in http://127.0.0.1:8545.`,
    );
  return text;
}

/** Reads an http URL without user and password, which fetch refuses; the sentence doesn't quote them. */
export function parsePlainUrl(what: string, text: string): string {
  const { username, password } = new URL(parseUrl(what, text));
  if (username || password) throw new UsageError(`${what} has a user or a password in its URL; it takes neither.`);
  return text;
}

/** Reads [HOST:]PORT; an IPv6 address stands in brackets. */
export function parseListener(what: string, text: string): { host: string; port: number } {
  const [, ipv6, name, port] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?([0-9]{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(`${what} is "${text}"; it must be a port or HOST:PORT, as in 4001 or 0.0.0.0:4001.`);
  return { host: ipv6 ?? name ?? "127.0.0.1", port: Number(port) };
}
