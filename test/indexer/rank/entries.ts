import { type Address, getAddress, padHex, toHex } from "viem";
import { createRanking, type Ranking } from "../../../indexer/rank/ranking.ts";
import { type Db, openDatabase } from "../../../indexer/store/database.ts";
import type { EntryKey } from "../../../indexer/store/listener.ts";
import { deployment } from "../story.ts";

/** A change of one account's entry in season 1. */
export interface Change {
  account: number;
  before: EntryKey | undefined;
  after: EntryKey | undefined;
}

/** A database with season 1 and a ranking that is told of entries without a chain. */
export interface Entries {
  db: Db;
  ranking: Ranking;
  /** Writes entries and tells the ranking, as the store does: one change an account. */
  flush(changes: readonly Change[]): void;
  /** Rows of the skip list. */
  order(): { places: unknown[]; marks: unknown[] };
}

export const addressOf = (n: number): Address => getAddress(padHex(toHex(0xe000 + n), { size: 20 }));

export function openEntries(): Entries {
  const db = openDatabase(":memory:", deployment);
  const ranking = createRanking(db);
  db.exec("INSERT INTO seasons VALUES (1, '0x', 0, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, '0x')");
  const remove = db.prepare("DELETE FROM entries WHERE season_id = 1 AND account = ?");
  const add = db.prepare("INSERT INTO entries VALUES (1, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)");
  return {
    db,
    ranking,
    flush: db.transaction((changes: readonly Change[]) => {
      for (const { account, after } of changes) {
        remove.run(addressOf(account));
        if (after) add.run(addressOf(account), after.points, after.lastSeq, account + 1);
      }
      const told = changes.map((change) => {
        const { account, before, after } = change;
        return { seasonId: 1n, account: addressOf(account), number: account + 1, before, after };
      });
      ranking.listener.changed(told);
    }),
    order: () => ({
      places: db.prepare("SELECT * FROM places").safeIntegers().raw().all(),
      marks: db.prepare("SELECT * FROM marks").safeIntegers().raw().all(),
    }),
  };
}

/** One change an account, from its first `before` to its last `after`. */
export function coalesced(changes: readonly Change[]): Change[] {
  const accounts = new Map<number, Change>();
  for (const change of changes) {
    const { account, after } = change;
    accounts.set(account, { account, before: (accounts.get(account) ?? change).before, after });
  }
  return [...accounts.values()];
}

/** What undoes the changes. */
export const undone = (changes: readonly Change[]): Change[] =>
  changes.map(({ account, before, after }) => ({ account, before: after, after: before })).reverse();
