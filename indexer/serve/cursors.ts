import type { Hex } from "viem";
import type { LogLocation } from "../decode/events.ts";
import { ProblemError } from "./problems.ts";
import type { Snapshot } from "./state.ts";

/**
 * A cursor, opaque to clients: the name of its list and the block that it was made of, then its fields. Every server can go
 * on with it that has come to that block.
 */
export const encodeCursor = (
  list: string,
  { progress }: Pick<Snapshot, "progress">,
  fields: readonly (string | number | bigint)[],
): string => Buffer.from([`${list}.${progress.cursor.number}`, ...fields].join(" ")).toString("base64url");

/** The block that a cursor was made of; undefined where it is none. */
export function blockOfCursor(cursor: string): number | undefined {
  const [, block] = /^[a-z]+\.(\d{1,15})(?: |$)/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  return block === undefined ? undefined : Number(block);
}

/** The fields of a cursor of this list, as the patterns ask; throws a 400 problem otherwise. */
export function decodeCursor(list: string, patterns: readonly RegExp[], cursor: string): string[] {
  const [name, ...fields] = Buffer.from(cursor, "base64url").toString().split(" ");
  if (
    name?.split(".")[0] !== list ||
    fields.length !== patterns.length ||
    !fields.every((field, i) => patterns[i]?.test(field))
  )
    throw new ProblemError(400, `The parameter cursor is "${cursor}": not one that this list gave out.`, "cursor");
  return fields;
}

/** The problem of a cursor whose place a reorganisation of the chain undid. */
export const staleCursor = (): ProblemError =>
  new ProblemError(410, "The chain was reorganised since this cursor was given out: begin again without it.", "cursor");

export const DECIMAL = /^\d{1,19}$/;
export const SMALL = /^\d{1,15}$/;
export const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
/** The first bytes of a hash: enough to see whether it is still the same. */
export const HASH_START = /^0x[0-9a-f]{16}$/;

/** What {@link HASH_START} matches. */
export const hashStart = (hash: string): string => hash.slice(0, 18);

/** A cursor of a list whose items are located by their events: where one is, and how its name begins. */
export const locatedCursor = (
  list: string,
  snapshot: Pick<Snapshot, "progress">,
  { blockNumber, logIndex }: LogLocation,
  name: Hex,
): string => encodeCursor(list, snapshot, [blockNumber, logIndex, hashStart(name)]);

/**
 * The location that such a cursor names; throws a problem of status 410 where `nameAt` finds another item there, or none,
 * and of status 400 for a cursor of another list. Undefined without a cursor.
 */
export async function locationOfCursor(
  list: string,
  cursor: string | undefined,
  nameAt: (location: LogLocation) => Hex | undefined | Promise<Hex | undefined>,
): Promise<LogLocation | undefined> {
  if (cursor === undefined) return undefined;
  const [block, log, start] = decodeCursor(list, [SMALL, SMALL, HASH_START], cursor) as [string, string, string];
  const location = { blockNumber: Number(block), logIndex: Number(log) };
  const name = await nameAt(location);
  if (!name?.startsWith(start)) throw staleCursor();
  return location;
}
