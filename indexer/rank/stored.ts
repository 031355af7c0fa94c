import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { Db } from "../store/sqlite/database.ts";
import { type Key, keyAt, type Order } from "./order.ts";
import { query } from "./queries.ts";
import type { Standings, Unranked } from "./standings.ts";

interface Row extends Unranked {
  behind: bigint;
  last_seq: bigint;
}

type InSeason = Key & { season: number };

/** Standings of any season as the database holds them, read by a few rows each. */
export interface Stored {
  of(season: number): Standings;
  /** An account's standing but for its rank, for which most is read; undefined without a ledger entry. */
  unranked(season: number, account: Address): Unranked | undefined;
}

export function createStored(db: Db, order: Order): Stored {
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

  function pageFrom(season: number, rank: number, limit: number): Standing[] {
    const first = order.at(season, rank);
    return first ? from.all({ season, ...first, limit }).map((row, i) => standing(row, rank + i)) : [];
  }

  const standings = (season: number): Standings => ({
    page(position, limit) {
      if (!position) return pageFrom(season, 1, limit);
      const rows = after.all({ season, ...keyAt(position), limit });
      const first = rows[0] ? order.rank(season, { behind: rows[0].behind, lastSeq: rows[0].last_seq }) : 1;
      return rows.map((row, i) => standing(row, first + i));
    },
    pageFrom: (rank, limit) => pageFrom(season, rank, limit),
    rankOf(account) {
      const key = keyOf(season, account);
      return key && order.rank(season, key);
    },
    standingOf(account) {
      const key = keyOf(season, account);
      return key && standing(rowAt(season, key), order.rank(season, key));
    },
    around(account, most) {
      const key = keyOf(season, account);
      if (!key) return undefined;
      const item = standing(rowAt(season, key), order.rank(season, key));
      if (item.account !== account) return undefined;
      const near = { season, ...key, limit: most };
      const ahead = before.all(near).map((row, i) => standing(row, item.rank - 1 - i));
      const behind = after.all(near).map((row, i) => standing(row, item.rank + 1 + i));
      return {
        item: JSON.stringify(item),
        neighbours: JSON.stringify([...ahead.reverse(), ...behind]),
      };
    },
  });

  return {
    of: standings,
    unranked(season, account) {
      const key = keyOf(season, account);
      return key && standing(rowAt(season, key), 0);
    },
  };
}

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
