import { readFileSync } from "node:fs";
import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { Db } from "../store/database.ts";

/** Where a standing is in the order of its season: points and last ledger entry. */
export interface Position {
  points: bigint;
  lastSeq: bigint;
}

/** Reads standings. Ranks are 1..n over the accounts with at least one ledger entry. */
export interface Ranking {
  /** Up to `limit` standings after a position, or from the first on. */
  page(seasonId: number, after: Position | undefined, limit: number): Standing[];
  /** The standing of an account; undefined without a ledger entry. */
  standingOf(seasonId: number, account: Address): Standing | undefined;
  /** Up to `around` standings before and `around` after, in order. */
  neighbours(seasonId: number, standing: Standing, around: number): Standing[];
}

interface Row extends Omit<Standing, "rank"> {
  season_id: bigint;
  behind: bigint;
  last_seq: bigint;
}

interface Key {
  season: number;
  behind: bigint;
  lastSeq: bigint;
}

const queries = new Map(
  readFileSync(new URL("ranking.sql", import.meta.url), "utf8")
    .split("-- name: ")
    .slice(1)
    .map((part): [string, string] => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n"))]),
);
const query = (name: string): string => queries.get(name) as string;

// Before every position: no account has more points than fit in 63 bits.
const FIRST = { behind: -(2n ** 63n), lastSeq: 0n };

/** Adds the ranking index to a database that lacks it, and reads standings from it. */
export function createRanking(db: Db): Ranking {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ranking'").get())
    db.transaction(() => db.exec(query("install")))();

  const rank = db.prepare<[Key], number>(query("rank")).pluck();
  const ofAccount = db.prepare<[{ season: number; account: Address }], Row>(query("account")).safeIntegers();
  const after = db.prepare<[Key & { limit: number }], Row>(query("after")).safeIntegers();
  const before = db.prepare<[Key & { limit: number }], Row>(query("before")).safeIntegers();

  const rankOf = (season: number, { behind, last_seq }: Row) =>
    rank.get({ season, behind, lastSeq: last_seq }) as number;

  return {
    page(season, position, limit) {
      const rows = after.all({ season, ...(position ? keyOf(position) : FIRST), limit });
      const first = rows[0] ? rankOf(season, rows[0]) : 1;
      return rows.map((row, i) => standing(row, first + i));
    },
    standingOf(season, account) {
      const row = ofAccount.get({ season, account });
      return row && standing(row, rankOf(season, row));
    },
    neighbours(season, { rank, points, lastSeq }, around) {
      const key = { season, ...keyOf({ points: BigInt(points), lastSeq: BigInt(lastSeq) }), limit: around };
      return [
        ...before
          .all(key)
          .map((row, i) => standing(row, rank - 1 - i))
          .reverse(),
        ...after.all(key).map((row, i) => standing(row, rank + 1 + i)),
      ];
    },
  };
}

const keyOf = ({ points, lastSeq }: Position) => ({ behind: -points, lastSeq });

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
