import type { Address } from "viem";
import type { Entry } from "../../fold/entries.ts";
import { nameColumn } from "../event-columns.ts";
import { layoutOf, rowOf } from "../tables.ts";
import type { Db } from "./database.ts";

/** Who took part in how many refutations, and what it calls itself. */
type Catcher = Pick<Entry, "account" | "caught"> & { name: string | null };

/** Reads what seasons know of accounts beside their standings. */
export interface AccountReader {
  /** Accounts with a ledger entry whose addresses start with the prefix, in upper or lower case, sorted. */
  startingWith(seasonId: number, prefix: string, limit: number): Address[];
  /** Undefined where the account did nothing. */
  entry(seasonId: number, account: Address): Entry | undefined;
  /** What the account has of each season, the newest first. */
  entries(account: Address, limit: number): Entry[];
  /** Who took part in the most refutations of a season, the most first. */
  catchers(seasonId: number, limit: number): Catcher[];
}

export function createAccountReader(db: Db): AccountReader {
  const layout = layoutOf("entries");
  const select = `SELECT ${layout.fields.map(({ column }) => column)} FROM entries`;
  const startingWith = db
    .prepare<[number, string, string, number], Address>(
      `SELECT account FROM entries WHERE season_id = ? AND account >= ? AND account < ? AND last_seq > 0
       ORDER BY account LIMIT ?`,
    )
    .pluck();
  const entry = db
    .prepare<[number, Address], unknown[]>(`${select} WHERE season_id = ? AND account = ?`)
    .raw()
    .safeIntegers();
  const entries = db
    .prepare<[Address, number], unknown[]>(`${select} WHERE account = ? ORDER BY season_id DESC LIMIT ?`)
    .raw()
    .safeIntegers();
  const catchers = db.prepare<[number, number], Catcher>(
    `SELECT account, ${nameColumn("entries.account")} AS name, caught FROM entries WHERE season_id = ? AND caught > 0 ORDER BY caught DESC, account DESC LIMIT ?`,
  );
  return {
    // "g" follows every hex digit.
    startingWith: (seasonId, prefix, limit) => startingWith.all(seasonId, prefix, `${prefix}g`, limit),
    entry(seasonId, account) {
      const found = entry.get(seasonId, account);
      return found && rowOf<"entries">(layout, found);
    },
    catchers: (seasonId, limit) => catchers.all(seasonId, limit),
    entries: (account, limit) => entries.all(account, limit).map((values) => rowOf<"entries">(layout, values)),
  };
}
