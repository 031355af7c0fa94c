import { type Address, getAddress, padHex, toHex } from "viem";
import type { RowChange } from "../../../indexer/fold/changes.ts";
import type { Entry, EntryKey } from "../../../indexer/fold/entries.ts";
import type { Header } from "../../../indexer/ingest/blocks.ts";
import { createRanking, type Ranking } from "../../../indexer/rank/ranking.ts";
import { type Db, openDatabase } from "../../../indexer/store/sqlite/database.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { deployment } from "../story.ts";

/** A change of one account's entry in season 1. */
export interface Change {
  account: number;
  before: EntryKey | undefined;
  after: EntryKey | undefined;
}

/** A database with season 1 and a ranking that is given entries without a chain. */
export interface Entries {
  db: Db;
  ranking: Ranking;
  /** Writes entries and has the ranking follow, one change an account; at a time in unix seconds. */
  flush(changes: readonly Change[], timestamp?: number): void;
  /** Rows of the skip list. */
  order(): { places: unknown[]; marks: unknown[] };
}

export const addressOf = (n: number): Address => getAddress(padHex(toHex(0xe000 + n), { size: 20 }));

export function openEntries(): Entries {
  const db = openDatabase(":memory:", deployment);
  const ranking = createRanking(db);
  db.exec("INSERT INTO seasons VALUES (1, '0x', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, '0x')");
  const remove = db.prepare("DELETE FROM entries WHERE season_id = 1 AND account = ?");
  const add = db.prepare("INSERT INTO entries VALUES (1, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)");
  return {
    db,
    ranking,
    flush: db.transaction((changes: readonly Change[], timestamp = 0) => {
      for (const { account, after } of changes) {
        remove.run(addressOf(account));
        if (after) add.run(addressOf(account), after.points, after.lastSeq, account + 1);
      }
      const rows = changes.map(({ account, before, after }): RowChange => {
        return { table: "entries", before: entryOf(account, before), after: entryOf(account, after) };
      });
      ranking.follow({ cursor: cursorAt(timestamp), rows }, () => timestamp);
    }),
    order: () => ({
      places: db.prepare("SELECT * FROM places").safeIntegers().raw().all(),
      marks: db.prepare("SELECT * FROM marks").safeIntegers().raw().all(),
    }),
  };
}

const entryOf = (account: number, key: EntryKey | undefined): Entry | undefined =>
  key && {
    ...{ seasonId: 1, account: addressOf(account), ...key, number: account + 1, pending: 0, verified: 0, refuted: 0 },
    ...{ caught: 0, byProver: 0n, byVerifier: 0n, byPenalty: 0n },
  };

/** A block at a time in unix seconds. */
export const cursorAt = (timestamp: number): Header => ({
  number: 1,
  timestamp,
  hash: ZERO_HASH,
  parentHash: ZERO_HASH,
});

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
