import { readFileSync } from "node:fs";
import type { Db } from "../store/database.ts";
import type { EntryChange, EntryListener } from "../store/listener.ts";
import { storageError } from "../store/storage.ts";
import { createBoards } from "./boards.ts";
import { createBuilt } from "./built.ts";
import { createClosing } from "./closing.ts";
import { createOrder, keyAt, type Order } from "./order.ts";
import { query } from "./queries.ts";
import { createStandingOrder } from "./standing-order.ts";
import type { Standings } from "./standings.ts";
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
  /** Keeps the ranking and its history with the entries. */
  listener: EntryListener;
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
  const unbuilt = createStandingOrder(db);
  const closing = createClosing(db, built, unbuilt);
  const stored = createStored(db, order);
  const boards = createBoards(db, stored, held);

  return {
    of(season) {
      built.require();
      return boards.of(season) ?? stored.of(season);
    },
    held: boards.size,
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
    listener: {
      nextEpochEnd: closing.next,
      reach: closing.reach,
      retreat: closing.retreat,
      seasonsChanged: closing.seasonsChanged,
      changed(changes) {
        if (!built.is()) return unbuilt.changed(changes);
        for (const change of changes) {
          follow(order, change);
          boards.changed(Number(change.seasonId), change.account);
        }
      },
      tallied(seasonId, account) {
        boards.changed(Number(seasonId), account);
      },
      abandoned() {
        boards.forget();
        built.forget();
        unbuilt.forget();
        closing.forget();
      },
    },
  };
}

function follow(order: Order, { seasonId, number, before, after }: EntryChange): void {
  const season = Number(seasonId);
  if (before && after) order.move(season, keyAt(before), keyAt(after));
  else if (before) order.leave(season, keyAt(before));
  else if (after) order.enter(season, keyAt(after), number);
}
