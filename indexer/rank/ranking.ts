import { readFileSync } from "node:fs";
import type { Changes } from "../fold/changes.ts";
import type { Entry } from "../fold/entries.ts";
import type { Named } from "../fold/profiles.ts";
import type { Db } from "../store/sqlite/database.ts";
import { storageError } from "../store/sqlite/storage.ts";
import { createBuilt } from "./built.ts";
import { createClosing } from "./epochs.ts";
import { type Move, movesOf, opensSeason, partsOf } from "./moves.ts";
import { createOrder, keyAt } from "./order.ts";
import { query } from "./queries.ts";
import { createStandingOrder, readEntries } from "./standing-order.ts";
import type { Standings } from "./standings.ts";
import { createStandingsCache } from "./standings-cache.ts";
import { createStored } from "./stored.ts";

/** Reads and keeps the ranking of every season. */
export interface Ranking {
  /** The standings of a season as they are now, to be used at once; throws `RankingNotBuilt` until the ranking is built. */
  of(seasonId: number): Standings;
  /** Accounts whose standings are in memory. */
  held(): number;
  /** Whether it can be read. */
  built(): boolean;
  /**
   * Builds the ranking from the entries, in one transaction, unless that is done; from then on it follows them. Throws
   * `StorageError` when the file can't be written at the moment.
   */
  build(): void;
  /**
   * Follows what blocks changed, which the store holds already; `timeOf` gives a block's time. Epochs that have ended by
   * the cursor are closed with the standings as they were at their ends.
   */
  follow(changes: Changes, timeOf: (blockNumber: number) => number): void;
  /** Follows what undoes blocks. */
  retreat(changes: Changes): void;
  /** To be called when what was followed was not stored, or the database was emptied: nothing may be remembered of it. */
  forget(): void;
}

const history = readFileSync(new URL("history.sql", import.meta.url), "utf8");

/**
 * Adds what ranks to a database that lacks it, reads standings from it, and follows its entries. Standings of up to
 * `held` accounts are kept in memory, those of later seasons first.
 */
export function createRanking(db: Db, { held = 0 } = {}): Ranking {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'places'").get())
    db.transaction(() => db.exec(query("install") + history))();

  const order = createOrder(db);
  const built = createBuilt(db);
  const unbuilt = createStandingOrder(readEntries(db));
  const closing = createClosing(db, built, unbuilt);
  const stored = createStored(db, order);
  const caches = createStandingsCache(db, stored, held);

  return {
    of(season) {
      built.require();
      return caches.of(season) ?? stored.of(season);
    },
    held: caches.size,
    built: built.is,
    build() {
      if (built.is()) return;
      try {
        db.transaction(order.build).immediate();
        unbuilt.forget();
      } catch (error) {
        throw storageError(db, error);
      }
    },
    follow({ cursor, rows }, timeOf) {
      const moves = movesOf(rows);
      if (rows.some(opensSeason)) closing.seasonsChanged();
      if (!built.is()) unbuilt.begin(moves);
      for (const { moved, until, heads } of partsOf({ cursor, rows }, moves, closing.next, timeOf)) {
        move(moved);
        closing.reach(until, heads);
      }
      updateCaches(rows);
    },
    retreat({ cursor, rows }) {
      move(movesOf(rows));
      if (rows.some(opensSeason)) closing.seasonsChanged();
      closing.retreat(cursor.timestamp);
      updateCaches(rows);
    },
    forget() {
      caches.forget();
      built.forget();
      unbuilt.forget();
      closing.forget();
    },
  };

  function move(moves: readonly Move[]): void {
    if (!built.is()) unbuilt.changed(moves);
    else
      for (const { seasonId, number, before, after } of moves) {
        if (before && after) order.move(seasonId, keyAt(before), keyAt(after));
        else if (before) order.leave(seasonId, keyAt(before));
        else if (after) order.enter(seasonId, keyAt(after), number);
      }
  }

  function updateCaches(rows: Changes["rows"]): void {
    if (!built.is()) return;
    for (const change of rows) {
      if (change.table === "profiles") caches.renamed(((change.after ?? change.before) as Named).account);
      if (change.table !== "entries") continue;
      const { seasonId, account } = (change.after ?? change.before) as Entry;
      caches.changed(seasonId, account);
    }
  }
}
