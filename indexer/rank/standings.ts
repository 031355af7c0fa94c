import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { EntryKey } from "../fold/entries.ts";

/** Where a standing is in the order of its season: points and last ledger entry. */
export type Position = EntryKey;

/** A standing without its rank and place, which others decide. */
export type Unranked = Omit<Standing, "rank" | "place">;

/** The standings of one season: of the accounts with at least one ledger entry. */
export interface Standings {
  /** Up to `limit` standings after a position, or from the first on. */
  page(after: Position | undefined, limit: number): Standing[];
  /** Up to `limit` standings from a place on; none beyond the last. */
  pageFrom(place: number, limit: number): Standing[];
  /** The rank of an account; undefined without a ledger entry. */
  rankOf(account: Address): number | undefined;
  /** The standing of an account; undefined without a ledger entry. */
  standingOf(account: Address): Standing | undefined;
  /**
   * The standing of an account, with up to `most` before and `most` after; undefined without a ledger entry, or if the
   * letters of the address are not its checksum.
   */
  around(account: Address, most: number): Around | undefined;
}

/** Standings as JSON in ASCII, as they are sent. */
export interface Around {
  item: string;
  /** Those before and after the account, in order: parts of one text, which are joined once, when it is sent. */
  neighbours: readonly string[];
}

/** A value as JSON in ASCII, which names are not: such a text takes a byte a character, and is sent as it is. */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/[\x7f-\uffff]/.test(json)) return json;
  const escaped = json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  // V8 keeps two bytes a character of what was made of such a text, and of all that it becomes a part of.
  return Buffer.from(escaped, "latin1").toString("latin1");
}

export const positionOf = ({ points, lastSeq }: Pick<Standing, "points" | "lastSeq">): Position => ({
  points: BigInt(points),
  lastSeq: BigInt(lastSeq),
});
