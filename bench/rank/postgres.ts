import pg from "pg";
import type { Address } from "viem";
import { prepareSchema } from "../../indexer/open-postgres.ts";
import { createStandings } from "../../indexer/rank/postgres/standings.ts";
import { openClient } from "../../indexer/store/postgres/client.ts";
import { type Connection, configOf, connectionOf } from "../../indexer/store/postgres/connection.ts";
import { placeOf, rowsOf } from "../../indexer/store/postgres/place.ts";
import type { Row } from "../report.ts";
import { deployment } from "../sync/deployment.ts";
import { startPostgres } from "../sync/postgres.ts";
import { accountOf, SEASON } from "./population.ts";

/**
 * What is measured of PostgreSQL, over its socket, prepared, in microseconds: as in `rank`, with `times` of a `lookup` on
 * the same server; and how long PostgreSQL takes for a rank by other means: counting those with more points
 * (`count`), and a window function over all (`window`).
 */
export interface PostgresTiming extends Row {
  name: "lookup" | "rank" | "at" | "around" | "update" | "build" | "count" | "window";
  accounts: number;
  p50Us: number;
  p99Us: number;
  meanUs: number;
  p50Times: number;
  p99Times: number;
  meanTimes: number;
}

const NEIGHBOURS = 5;
const IN_TRANSACTION = 1_000;
/** How often what takes long is measured. */
const FEW = 5;

/** Fills a new server with so many accounts, as `population.ts` does, and measures so many accounts drawn at random. */
export async function measurePostgres(accounts: number, samples: number): Promise<PostgresTiming[]> {
  const server = await startPostgres();
  try {
    const place = placeOf(server.url);
    const setup = openClient(place, 3_600_000);
    await prepareSchema(setup, place, deployment);
    await setup.close();
    const client = new pg.Client({ ...configOf(place, 0), host: server.directory });
    await client.connect();
    try {
      const db = connectionOf(client, place);
      await db.run(`SET search_path = ${rowsOf(place)}`);
      await fill(db, accounts);
      return await measure(db, accounts, samples);
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
  }
}

/** SQL of the accounts and points of so many participants `n`, as `population.ts` makes them. */
export const pointsSql = (accounts: number): string => `
  SELECT n, '0x' || lpad((n * 2654435761 & 4294967295)::text, 10, '0') || lpad(n::text, 30, '0') AS account,
    10 * floor(power((n * 2246822519 % 4294967296 + 1) / 4294967296.0::float8, -0.8))::bigint AS points
  FROM generate_series(1::bigint, ${accounts}) AS n`;

/** One ledger entry an account: a few have many points, most of them few and tie. */
export async function fill(db: Connection, accounts: number): Promise<void> {
  await db.run(`
    INSERT INTO seasons VALUES (${SEASON}, '0x', '0', NULL, 0, 0, 0, NULL, NULL, NULL, ${accounts}, ${accounts}, 0, '0x');
    INSERT INTO blocks SELECT n, '0x' || lpad(to_hex(n), 64, '0'), '0x' || lpad(to_hex(n - 1), 64, '0'), n, NULL
    FROM generate_series(1::bigint, ${Math.ceil(accounts / 100)}) AS n;
    INSERT INTO ledger SELECT ${SEASON}, n, account, '0x' || lpad(to_hex(n), 64, '0'), 1, points, points,
      '0x' || lpad(to_hex(n), 64, '0'), (n + 99) / 100, n % 100
    FROM (${pointsSql(accounts)}) AS made;
    INSERT INTO entries SELECT ${SEASON}, account, points, seq, seq, 1, 2, 0, 0, points, 0, 0 FROM ledger ORDER BY account`);
}

async function measure(db: Connection, accounts: number, samples: number): Promise<PostgresTiming[]> {
  const build = [(await timed(() => db.run("SELECT build_ranking()"))) / accounts];
  for (const table of ["entries", "ledger", "places", "marks", "blocks"]) await db.run(`VACUUM (ANALYZE) ${table}`);
  const drawn = Array.from({ length: samples }, () => accountOf(1 + Math.floor(Math.random() * accounts)));
  const standings = createStandings(db)(SEASON);
  const each = async (times: readonly Address[], work: (account: Address) => unknown): Promise<number[]> => {
    const taken: number[] = [];
    for (const account of times) taken.push(await timed(() => work(account)));
    return taken;
  };
  const lookup = await each(drawn, (account) =>
    db.rows("SELECT * FROM entries WHERE season_id = $1 AND account = $2", SEASON, account),
  );
  const ranks = new Map<Address, number | undefined>();
  const rank = await each(drawn, async (account) => ranks.set(account, await standings.rankOf(account)));
  const at = await each(drawn, () => standings.pageFrom(1 + Math.floor(Math.random() * accounts), 1));
  const around = await each(drawn, (account) => standings.around(account, NEIGHBOURS));
  const few = drawn.slice(0, FEW);
  const others = { count: new Map<Address, number>(), window: new Map<Address, number>() };
  const count = await each(few, async (account) => {
    const [row] = await db.rows(
      "SELECT 1 + count(*) FROM entries WHERE season_id = $1 AND points > (SELECT points FROM entries WHERE season_id = $1 AND account = $2)",
      ...[SEASON, account],
    );
    others.count.set(account, Number(row?.[0]));
  });
  const window = await each(few, async (account) => {
    const [row] = await db.rows(
      `SELECT rank FROM (SELECT account, rank() OVER (ORDER BY points DESC) FROM entries WHERE season_id = $1) AS ranked
       WHERE account = $2`,
      ...[SEASON, account],
    );
    others.window.set(account, Number(row?.[0]));
  });
  for (const account of few)
    for (const found of [others.count.get(account), others.window.get(account)])
      if (found !== ranks.get(account)) throw new Error(`${account} has rank ${ranks.get(account)} and ${found}.`);
  const update = await measureUpdates(db, drawn);
  const measured = { lookup, rank, at, around, update, build, count, window };
  const base = summary(lookup);
  return Object.entries(measured).map(([name, times]) => {
    const own = summary(times);
    const timesOf = (key: keyof typeof own) => Math.round((10 * own[key]) / base[key]) / 10;
    return {
      ...{ name: name as PostgresTiming["name"], accounts, ...own },
      ...{ p50Times: timesOf("p50Us"), p99Times: timesOf("p99Us"), meanTimes: timesOf("meanUs") },
    };
  });
}

/** Gives points to accounts as the store does, in transactions of a thousand; of each update its share. */
async function measureUpdates(db: Connection, drawn: readonly Address[]): Promise<number[]> {
  const times: number[] = [];
  let seq = Number((await db.rows("SELECT max(last_seq) FROM entries"))[0]?.[0]);
  for (let from = 0; from < drawn.length; from += IN_TRANSACTION) {
    const some = [...new Set(drawn.slice(from, from + IN_TRANSACTION))];
    const rows = await db.rows(
      "SELECT account, points, last_seq, number FROM entries WHERE season_id = $1 AND account = ANY ($2::text[])",
      ...[SEASON, some],
    );
    const moves = rows.map(([account, points, lastSeq, number], i) => ({
      ...{ account, number, before: points as bigint, lastSeq: lastSeq as bigint },
      ...{ after: (points as bigint) + 10n * BigInt(1 + (i % 10)), seq: BigInt(++seq) },
    }));
    const took = await timed(async () => {
      await db.run("BEGIN");
      await db.rows(
        `UPDATE entries SET points = given.points, last_seq = given.seq
         FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS given (account, points, seq)
         WHERE season_id = $1 AND entries.account = given.account`,
        ...[SEASON, moves.map(({ account }) => account), moves.map(({ after }) => after), moves.map(({ seq }) => seq)],
      );
      await db.rows(
        "SELECT move_entries($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])",
        ...[moves.map(() => SEASON), moves.map(({ number }) => number), moves.map(({ before }) => -before)],
        ...[moves.map(({ lastSeq }) => lastSeq), moves.map(({ after }) => -after), moves.map(({ seq }) => seq)],
      );
      await db.run("COMMIT");
    });
    times.push(...moves.map(() => took / moves.length));
  }
  return times;
}

/** Microseconds that the work takes. */
async function timed(work: () => unknown): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) * 1_000;
}

function summary(times: readonly number[]): { p50Us: number; p99Us: number; meanUs: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const tenths = (time = 0) => Math.round(time * 10) / 10;
  const quantile = (part: number) => tenths(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  return { p50Us: quantile(0.5), p99Us: quantile(0.99), meanUs: tenths(mean) };
}
