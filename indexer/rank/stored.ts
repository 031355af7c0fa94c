import type { Address } from "viem";
import { rankAfter } from "../../sdk/ledger.ts";
import type { Standing } from "../../sdk/wire.ts";
import type { Db } from "../store/sqlite/database.ts";
import { firstOf, type Key, keyAt, type Order } from "./order.ts";
import { query } from "./queries.ts";
import { asciiJson, type Standings, type Unranked } from "./standings.ts";

interface Row extends Unranked {
  behind: bigint;
  last_seq: bigint;
}

type InSeason = Key & { season: number };

export function createStored(db: Db, order: Order) {
  const keyOfAccount = db.prepare<[number, Address], [bigint, bigint]>(query("key of account")).raw().safeIntegers();
  const standingAt = db.prepare<[InSeason], Row>(query("standing")).safeIntegers();
  const from = db.prepare<[InSeason & { limit: number }], Row>(query("from")).safeIntegers();
  const after = db.prepare<[InSeason & { limit: number }], Row>(query("after")).safeIntegers();
  const before = db.prepare<[InSeason & { limit: number }], Row>(query("before")).safeIntegers();

  function keyOf(season: number, account: Address): Key | undefined {
    const found = keyOfAccount.get(season, account);
    return found && { behind: found[0], lastSeq: found[1] };
  }

  const rowAt = (season: number, key: Key): Row => standingAt.get({ season, ...key }) as Row;

  const rankOf = (season: number, key: Key): number => 1 + order.ahead(season, firstOf(key));

  /** Standings of consecutive rows, in order; `place` is the first one's, looked up if it isn't known. */
  function ranked(season: number, rows: readonly Row[], place?: number): Standing[] {
    const [first] = rows;
    if (!first) return [];
    const key = { behind: first.behind, lastSeq: first.last_seq };
    const found = place ? { rank: rankOf(season, key), place } : order.rankAndPlace(season, key);
    let last = { points: first.points, rank: found.rank };
    return rows.map((row, i) => {
      const { points } = row;
      last = { points, rank: rankAfter(last, points, found.place + i) };
      return { rank: last.rank, place: found.place + i, ...unranked(row) };
    });
  }

  function pageFrom(season: number, place: number, limit: number): Standing[] {
    const first = order.at(season, place);
    return first ? ranked(season, from.all({ season, ...first, limit }), place) : [];
  }

  const standings = (season: number): Standings => ({
    page(position, limit) {
      if (!position) return pageFrom(season, 1, limit);
      return ranked(season, after.all({ season, ...keyAt(position), limit }));
    },
    pageFrom: (place, limit) => pageFrom(season, place, limit),
    rankOf(account) {
      const key = keyOf(season, account);
      return key && rankOf(season, key);
    },
    standingOf(account) {
      const key = keyOf(season, account);
      return key && ranked(season, [rowAt(season, key)])[0];
    },
    around(account, most) {
      const key = keyOf(season, account);
      if (!key) return undefined;
      const row = rowAt(season, key);
      if (row.account !== account) return undefined;
      const near = { season, ...key, limit: most };
      const ahead = before.all(near).reverse();
      const neighbours = ranked(season, [...ahead, row, ...after.all(near)]);
      const [item] = neighbours.splice(ahead.length, 1);
      return { item: asciiJson(item), neighbours: [asciiJson(neighbours)] };
    },
  });

  return {
    of: standings,
    /** An account's standing without rank and place, which cost the most to read; undefined without a ledger entry. */
    unranked(season: number, account: Address): Unranked | undefined {
      const key = keyOf(season, account);
      return key && unranked(rowAt(season, key));
    },
  };
}

/** Standings of any season as the database holds them, read by a few rows each. */
export type Stored = ReturnType<typeof createStored>;

function unranked(row: Row): Unranked {
  const { account, points, lastSeq } = row;
  return {
    account,
    points,
    verified: Number(row.verified),
    pending: Number(row.pending),
    refuted: Number(row.refuted),
    caught: Number(row.caught),
    lastSeq,
    lastChangeAt: Number(row.lastChangeAt),
    name: row.name,
  };
}
