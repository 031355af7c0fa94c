import { readFileSync } from "node:fs";
import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { Db } from "../store/database.ts";
import type { EntryChange, EntryKey, EntryListener } from "../store/listener.ts";
import { storageError } from "../store/storage.ts";
import { type Built, createBuilt } from "./built.ts";
import { type Closing, createClosing } from "./closing.ts";
import { createOrder, type Key, type Order } from "./order.ts";
import { query } from "./queries.ts";

/** Where a standing is in the order of its season: points and last ledger entry. */
export type Position = EntryKey;

/**
 * Reads standings. Ranks are 1..n over the accounts with at least one ledger entry. Every reader throws
 * `RankingNotBuilt` until the ranking is built.
 */
export interface Ranking {
  /** Up to `limit` standings after a position, or from the first on. */
  page(seasonId: number, after: Position | undefined, limit: number): Standing[];
  /** Up to `limit` standings from a rank on; none beyond the last. */
  pageFrom(seasonId: number, rank: number, limit: number): Standing[];
  /** The standing at a rank; undefined beyond the last. */
  at(seasonId: number, rank: number): Standing | undefined;
  /** The rank of an account; undefined without a ledger entry. */
  rankOf(seasonId: number, account: Address): number | undefined;
  /** The standing of an account; undefined without a ledger entry. */
  standingOf(seasonId: number, account: Address): Standing | undefined;
  /** Up to `around` standings before and `around` after, in order. */
  neighbours(seasonId: number, standing: Standing, around: number): Standing[];
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

interface Row extends Omit<Standing, "rank"> {
  behind: bigint;
  last_seq: bigint;
}

type InSeason = Key & { season: number };

const history = readFileSync(new URL("history.sql", import.meta.url), "utf8");

/** Adds what ranks to a database that lacks it, reads standings from it, and follows its entries. */
export function createRanking(db: Db): Ranking {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'places'").get())
    db.transaction(() => db.exec(query("install") + history))();

  const order = createOrder(db);
  const built = createBuilt(db);
  const keyOfAccount = db.prepare<[number, Address], [bigint, bigint]>(query("key of account")).raw().safeIntegers();
  const standingAt = db.prepare<[InSeason], Row>(query("standing")).safeIntegers();
  const from = db.prepare<[InSeason & { limit: number }], Row>(query("from")).safeIntegers();
  const after = db.prepare<[InSeason & { limit: number }], Row>(query("after")).safeIntegers();
  const before = db.prepare<[InSeason & { limit: number }], Row>(query("before")).safeIntegers();

  function keyOf(season: number, account: Address): Key | undefined {
    built.require();
    const found = keyOfAccount.get(season, account);
    return found && { behind: found[0], lastSeq: found[1] };
  }

  function pageFrom(season: number, rank: number, limit: number): Standing[] {
    built.require();
    const first = order.at(season, rank);
    return first ? from.all({ season, ...first, limit }).map((row, i) => standing(row, rank + i)) : [];
  }

  return {
    page(season, position, limit) {
      if (!position) return pageFrom(season, 1, limit);
      built.require();
      const rows = after.all({ season, ...keyAt(position), limit });
      const first = rows[0] ? order.rank(season, { behind: rows[0].behind, lastSeq: rows[0].last_seq }) : 1;
      return rows.map((row, i) => standing(row, first + i));
    },
    pageFrom,
    at: (season, rank) => pageFrom(season, rank, 1)[0],
    rankOf(season, account) {
      const key = keyOf(season, account);
      return key && order.rank(season, key);
    },
    standingOf(season, account) {
      const key = keyOf(season, account);
      return key && standing(standingAt.get({ season, ...key }) as Row, order.rank(season, key));
    },
    neighbours(season, { rank, points, lastSeq }, around) {
      built.require();
      const key = { season, ...keyAt({ points: BigInt(points), lastSeq: BigInt(lastSeq) }), limit: around };
      return [
        ...before
          .all(key)
          .map((row, i) => standing(row, rank - 1 - i))
          .reverse(),
        ...after.all(key).map((row, i) => standing(row, rank + 1 + i)),
      ];
    },
    built: built.is,
    build() {
      if (built.is()) return;
      try {
        db.transaction(order.build).immediate();
      } catch (error) {
        throw storageError(db, error);
      }
    },
    listener: listenerOf(order, createClosing(db, built), built),
  };
}

function listenerOf(order: Order, closing: Closing, built: Built): EntryListener {
  return {
    nextEpochEnd: closing.next,
    reach: closing.reach,
    retreat: closing.retreat,
    seasonsChanged: closing.seasonsChanged,
    changed(changes) {
      if (built.is()) for (const change of changes) follow(order, change);
    },
    abandoned() {
      built.forget();
      closing.forget();
    },
  };
}

function follow(order: Order, { seasonId, account, before, after }: EntryChange): void {
  const season = Number(seasonId);
  if (before && after) order.move(season, keyAt(before), keyAt(after));
  else if (before) order.leave(season, keyAt(before));
  else if (after) order.enter(season, account, keyAt(after));
}

const keyAt = ({ points, lastSeq }: Position): Key => ({ behind: -points, lastSeq });

function standing(row: Row, rank: number): Standing {
  const { account, points, lastSeq } = row;
  return {
    rank,
    account,
    points,
    verified: Number(row.verified),
    pending: Number(row.pending),
    refuted: Number(row.refuted),
    caught: Number(row.caught),
    lastSeq,
    lastChangeAt: Number(row.lastChangeAt),
  };
}
