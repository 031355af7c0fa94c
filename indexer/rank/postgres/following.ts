import { readFileSync } from "node:fs";
import type { Changes } from "../../fold/changes.ts";
import type { Season } from "../../fold/seasons.ts";
import type { Connection } from "../../store/postgres/connection.ts";
import type { RankingSql } from "../../store/postgres/schema.ts";
import type { PostgresStore } from "../../store/postgres/store.ts";
import { endOf, epochsOf, RANK_BYTES, RANKS_PER_ROW } from "../epochs.ts";
import { type Head, type Move, movesOf, opensSeason, partsOf } from "../moves.ts";
import type { Ranking } from "../ranking.ts";
import { createStandingOrder } from "../standing-order.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** What ranks in PostgreSQL. */
export const rankingSql: RankingSql = { tables: read("tables.sql"), functions: read("functions.sql") };

/** A season whose time has epochs, and how many of them are closed. */
interface Timed {
  startsAt: number;
  closesAt: number;
  closed: number;
  /** The season's last ledger entry before the last end. */
  lastSeq: bigint | undefined;
}

const MOVE = `SELECT move_entries($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])`;

/** Has the ranking follow what a store writes, in the same transactions. */
export function createFollowing(
  store: PostgresStore,
): Pick<Ranking, "built" | "build" | "follow" | "retreat" | "forget"> {
  const unbuilt = createStandingOrder((seasonId) =>
    store.known(
      `entries of ${seasonId}`,
      async (db) => (await db.rows(ENTRIES, seasonId)) as [bigint, bigint, bigint][],
    ),
  );
  /** By their ids; undefined until they are read. */
  let seasons: Map<number, Timed> | undefined;

  function timed(): Map<number, Timed> {
    // A try that is undone may change what it made, but not what was read.
    seasons ??= new Map(store.known("epochs", readTimed).map(([id, season]) => [id, { ...season }]));
    return seasons;
  }

  function nextOf({ startsAt, closesAt, closed }: Timed): number {
    const epochs = epochsOf(startsAt, closesAt);
    return closed < epochs.count ? endOf(epochs, closed + 1) : Number.POSITIVE_INFINITY;
  }

  const next = (): number => Math.min(...[...timed().values()].map(nextOf));

  function move(moves: readonly Move[]): void {
    if (!store.isRanked()) unbuilt.changed(moves);
    else if (moves.length > 0) moveEntries(moves);
  }

  function moveEntries(moves: readonly Move[]): void {
    const behind = (key: Move["before"]) => (key ? -key.points : null);
    const seq = (key: Move["before"]) => key?.lastSeq ?? null;
    const columns = [
      moves.map(({ seasonId }) => seasonId),
      moves.map(({ number }) => number),
      moves.map(({ before }) => behind(before)),
      moves.map(({ before }) => seq(before)),
      moves.map(({ after }) => behind(after)),
      moves.map(({ after }) => seq(after)),
    ];
    store.later((db) => db.rows(MOVE, ...columns));
  }

  function reach(timestamp: number, heads: ReadonlyMap<number, Head>): void {
    if (timestamp < next()) return;
    for (const [seasonId, season] of timed())
      for (let end = nextOf(season); end <= timestamp; end = nextOf(season)) {
        const head = heads.get(seasonId) ?? (store.load("seasons", { seasonId }) as Season);
        close(seasonId, season, end, head);
        timed().set(seasonId, season);
      }
  }

  function close(seasonId: number, season: Timed, end: number, { seq, participants }: Head): void {
    const epoch = ++season.closed;
    const isNoted = season.lastSeq === seq;
    season.lastSeq = seq;
    const isRanked = store.isRanked();
    if (!isRanked && !isNoted) note(seasonId, seq, unbuilt.ranks(seasonId, participants));
    const noteEpoch = isRanked ? "SELECT close_epoch($1, $2, $3, $4)" : "INSERT INTO epochs VALUES ($1, $2, $3, $4)";
    store.later((db) => db.rows(noteEpoch, seasonId, epoch, end, seq));
  }

  function note(seasonId: number, seq: bigint, ranks: Buffer): void {
    const bytes = RANK_BYTES * RANKS_PER_ROW;
    for (let at = 0; at < ranks.length; at += bytes) {
      const chunk = ranks.subarray(at, at + bytes);
      store.later((db) => db.rows("INSERT INTO epoch_ranks VALUES ($1, $2, $3, $4)", seasonId, seq, at / bytes, chunk));
    }
  }

  /** Follows seasons that opened. */
  function followSeasons(rows: Changes["rows"]): void {
    for (const change of rows) {
      if (change.table !== "seasons" || !opensSeason(change)) continue;
      const { seasonId, startsAt, closesAt } = change.after ?? {};
      if (seasonId !== undefined && typeof startsAt === "number" && typeof closesAt === "number")
        timed().set(seasonId, { startsAt, closesAt, closed: 0, lastSeq: undefined });
    }
  }

  return {
    built: store.isRanked,
    build() {
      if (store.isRanked()) return;
      store.buildRanking("SELECT build_ranking()");
      unbuilt.forget();
    },
    follow({ cursor, rows }, timeOf) {
      const moves = movesOf(rows);
      followSeasons(rows);
      if (!store.isRanked()) unbuilt.begin(moves);
      for (const { moved, until, heads } of partsOf({ cursor, rows }, moves, next, timeOf)) {
        move(moved);
        reach(until, heads);
      }
    },
    retreat({ cursor, rows }) {
      move(movesOf(rows));
      store.later((db) => db.rows("SELECT reopen_epochs($1)", cursor.timestamp));
      seasons = undefined;
    },
    forget() {
      seasons = undefined;
      unbuilt.forget();
    },
  };
}

const ENTRIES =
  "SELECT number, points, last_seq FROM entries WHERE season_id = $1 AND last_seq > 0 ORDER BY -points, last_seq";

async function readTimed(db: Connection): Promise<[number, Timed][]> {
  const found = await db.rows(
    `SELECT season_id, starts_at, closes_at, count(epoch), max(epochs.seq) FROM seasons LEFT JOIN epochs USING (season_id)
     WHERE starts_at IS NOT NULL GROUP BY season_id`,
  );
  return found.map(([id, startsAt, closesAt, closed, lastSeq]) => [
    Number(id),
    {
      ...{ startsAt: Number(startsAt), closesAt: Number(closesAt), closed: Number(closed) },
      lastSeq: (lastSeq as bigint | null) ?? undefined,
    },
  ]);
}
