import { closeSync, fsyncSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRanking } from "../indexer/rank/ranking.ts";
import type { Around, Standings } from "../indexer/rank/standings.ts";
import type { Db } from "../indexer/store/sqlite/database.ts";
import type { Standing } from "../sdk/wire.ts";
import { accountOf, openPopulation, SEASON } from "./rank/population.ts";
import { measurePostgres, type PostgresTiming } from "./rank/postgres.ts";
import { measureUpdates } from "./rank/updates.ts";
import type { Row } from "./report.ts";
import { postgresObstacle } from "./sync/postgres.ts";
import { WrongUse } from "./wrong-use.ts";

/**
 * What is measured, in microseconds: a `lookup`, which is one read of an account's row by its primary key, to compare the
 * others with; the `rank` of an account; the standing `at` a place; an account's standing with 5
 * `around` it on each side; an `update`, which moves an account's entry, with its share of writing the transaction, or
 * undoes that; and to `build` the ranking for an account, timed as a whole, so that its three numbers are one. Files are
 * read through SQLite's cache of 64 MiB and the system's.
 */
interface Timing extends Row {
  name: "lookup" | "rank" | "at" | "around" | "update" | "build";
  accounts: number;
  p50Us: number;
  p99Us: number;
  meanUs: number;
}

const NEIGHBOURS = 5;
const SAMPLES = 20_000;
/** Each is a round trip. */
const POSTGRES_SAMPLES = 5_000;
const DIRECTORY = fileURLToPath(new URL("../cache/bench", import.meta.url));

/**
 * Ranks among 20,000, a million and ten million accounts, or so many. Data are made once and kept. With `--store postgres`
 * in a server of its own, whose data are made each time; says on stderr where there can be none.
 */
export async function rank(args: string[] = []): Promise<(Timing | PostgresTiming)[]> {
  const { values } = parseArgs({ args, options: { store: { type: "string" }, accounts: { type: "string" } } });
  const { store = "sqlite", accounts } = values;
  if (accounts !== undefined && !/^[1-9]\d{0,7}$/.test(accounts))
    throw new WrongUse(`--accounts is "${accounts}"; a whole number from 1 on is asked.`);
  const populations = accounts === undefined ? undefined : [Number(accounts)];
  if (store === "sqlite")
    return (populations ?? [20_000, 1_000_000, 10_000_000]).flatMap((many) => measureRanks(DIRECTORY, many, SAMPLES));
  if (store !== "postgres") throw new WrongUse(`--store is "${store}"; there are sqlite and postgres.`);
  const obstacle = await postgresObstacle();
  if (obstacle !== undefined) console.error(`PostgreSQL is not measured. ${obstacle}`);
  const rows: PostgresTiming[] = [];
  for (const many of populations ?? [1_000_000, 10_000_000])
    if (obstacle === undefined) rows.push(...(await measurePostgres(many, POSTGRES_SAMPLES)));
  return rows;
}

/**
 * Ranks among so many accounts, read and updated `samples` times each, every time for another account drawn at random.
 * Throws when the answers contradict each other.
 */
export function measureRanks(directory: string, accounts: number, samples: number): Timing[] {
  const db = openPopulation(directory, accounts);
  try {
    db.exec("DELETE FROM places; DELETE FROM marks; DELETE FROM ranking_built");
    const ranking = createRanking(db);
    const build = timed(ranking.build) / accounts;
    db.pragma("wal_checkpoint(TRUNCATE)");
    settle(db.name);

    const drawn = Array.from({ length: samples }, () => 1 + Math.floor(Math.random() * accounts));
    const lookup = measureLookups(db, drawn);
    const reads = measureReads(ranking.of(SEASON), drawn);
    const update = measureUpdates(db, ranking, drawn);
    return [
      ...Object.entries({ lookup, ...reads, update }).map(([name, times]) =>
        timing(name as Timing["name"], accounts, times),
      ),
      timing("build", accounts, [build]),
    ];
  } finally {
    db.close();
  }
}

/** Waits until the disk holds what was written: the reads that follow don't share it with the system's writing then. */
function settle(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The rows are as large as the store reads them, and its cache is as it is for the reads that follow. */
function measureLookups(db: Db, drawn: readonly number[]): number[] {
  const row = db.prepare<[number, string]>("SELECT * FROM entries WHERE season_id = ? AND account = ?").raw();
  return drawn.map((n) => {
    const account = accountOf(n);
    let found: unknown;
    const time = timed(() => {
      found = row.get(SEASON, account);
    });
    if (found === undefined) throw new Error(`${account} has no entry.`);
    return time;
  });
}

function measureReads(standings: Standings, drawn: readonly number[]): Record<"rank" | "at" | "around", number[]> {
  const ranks: number[] = [];
  const rank = drawn.map((n) => {
    const account = accountOf(n);
    return timed(() => ranks.push(standings.rankOf(account) as number));
  });
  const at = drawn.map((place) => {
    let found: Standing | undefined;
    const time = timed(() => {
      [found] = standings.pageFrom(place, 1);
    });
    if (found?.place !== place || found.rank !== standings.rankOf(found.account))
      throw new Error(`At place ${place} stands ${found?.account}, at place ${found?.place} and rank ${found?.rank}.`);
    return time;
  });
  const around = drawn.map((n, i) => {
    const account = accountOf(n);
    let found: Around | undefined;
    const time = timed(() => {
      found = standings.around(account, NEIGHBOURS);
    });
    const { rank }: Standing = JSON.parse(found?.item ?? "{}");
    if (rank !== ranks[i]) throw new Error(`${account} has rank ${ranks[i]} and ${rank}.`);
    return time;
  });
  return { rank, at, around };
}

/** Microseconds that the work takes. */
function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return (performance.now() - from) * 1_000;
}

function timing(name: Timing["name"], accounts: number, times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (part: number) => tenths(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  return { name, accounts, p50Us: quantile(0.5), p99Us: quantile(0.99), meanUs: tenths(mean) };
}

const tenths = (time = 0): number => Math.round(time * 10) / 10;
