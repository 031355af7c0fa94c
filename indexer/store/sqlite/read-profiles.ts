import type { Address } from "viem";
import { nameSkeleton } from "../../../sdk/profiles.ts";
import type { Named } from "../../fold/profiles.ts";
import { type Located, locatedRows } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** Reads what accounts call themselves. */
export interface ProfileReader {
  profile(account: Address): Located<Named> | undefined;
  nameOf(account: Address): string | undefined;
  /** Other accounts whose names look like this one's, sorted. */
  alike(profile: Pick<Named, "account" | "skeleton">, limit: number): Address[];
  /**
   * Accounts with a ledger entry whose names begin with what looks like `start`, sorted by name. Looks at 10,000 names at
   * most.
   */
  startingWith(seasonId: number, start: string, limit: number): Address[];
}

const MOST_READ = 10_000;

export function createProfileReader(db: Db): ProfileReader {
  const { select, rowOf } = locatedRows("profiles");
  const profile = db.prepare<[Address], unknown[]>(`${select} WHERE account = ?`).raw().safeIntegers();
  const name = db.prepare<[Address], string>("SELECT name FROM profiles WHERE account = ?").pluck();
  const alike = db
    .prepare<[string, Address, number], Address>(
      "SELECT account FROM profiles WHERE skeleton = ? AND account <> ? ORDER BY account LIMIT ?",
    )
    .pluck();
  const startingWith = db
    .prepare<[string, string, number, number, number], Address>(
      `SELECT named.account FROM (
         SELECT skeleton, account FROM profiles WHERE skeleton >= ? AND skeleton < ? ORDER BY skeleton, account LIMIT ?
       ) AS named
       JOIN entries ON entries.season_id = ? AND entries.account = named.account AND last_seq > 0
       ORDER BY named.skeleton, named.account LIMIT ?`,
    )
    .pluck();
  return {
    profile(account) {
      const found = profile.get(account);
      return found && rowOf(found);
    },
    nameOf: (account) => name.get(account),
    alike: ({ account, skeleton }, limit) => alike.all(skeleton, account, limit),
    startingWith(seasonId, start, limit) {
      const skeleton = nameSkeleton(start);
      if (skeleton === "") return [];
      return startingWith.all(skeleton, `${skeleton}\u{10ffff}`, MOST_READ, seasonId, limit);
    },
  };
}
