import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { SEASON } from "../rank/population.ts";
import { pointsSql } from "../rank/postgres.ts";
import { buildChain } from "../sync/chain.ts";
import { deployment } from "../sync/deployment.ts";
import { ponderPostgres, startPonder } from "../sync/ponder.ts";
import { startPostgres } from "../sync/postgres.ts";
import { scriptSeason } from "../sync/season.ts";

/** A server that answers `/rank/<season>/<account>`. */
export interface RankServer {
  url: string;
  stop(): Promise<void>;
}

/** Events and accounts of the chain that it has indexed before its table is filled. */
const [EVENTS, ACCOUNTS] = [2_000, 200];
const PER_BLOCK = 100;
const STARTS_AT = 1_750_000_000;

export const ponderObstacle = ponderPostgres.obstacle;

/**
 * Ponder on PostgreSQL with the same accounts in its table as {@link fill} makes: it has indexed a short chain, and the rest of
 * the rows is written beside it.
 */
export async function startPonderSeason(accounts: number): Promise<RankServer> {
  const ended: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ended.reverse()) await end();
  };
  try {
    const directory = await mkdtemp(join(tmpdir(), "proofboard-bench-"));
    ended.push(() => rm(directory, { recursive: true }));
    const file = join(directory, "deployment.json");
    await writeFile(file, JSON.stringify(deployment));
    const { logs } = scriptSeason({
      ...{ events: EVENTS, accounts: ACCOUNTS, lead: PER_BLOCK, startsAt: STARTS_AT, endsAt: STARTS_AT + 7 * 86_400 },
    });
    const layout = { perBlock: PER_BLOCK, startsAt: STARTS_AT, pause: 60, signal: new AbortController().signal };
    const chain = await buildChain(logs, layout);
    ended.push(chain.stop);
    const postgres = await startPostgres();
    ended.push(postgres.stop);
    const { running, url } = await startPonder({ chain, deployment: file, profile: undefined }, postgres.url);
    ended.push(running.stop);
    while (!(await running.ready())) {
      await sleep(100);
    }
    await fillEntries(postgres.url, accounts);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function fillEntries(url: string, accounts: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Ponder's triggers keep what a reorganisation would need: no block is undone here.
    await client.query("SET session_replication_role = replica");
    await client.query("DELETE FROM bench.entry");
    await client.query(`INSERT INTO bench.entry (season_id, account, points, last_seq, pending, verified, refuted)
      SELECT ${SEASON}, account, points, n, 0, points, 0 FROM (${pointsSql(accounts)}) AS made`);
    await client.query("VACUUM (ANALYZE) bench.entry");
  } finally {
    await client.end();
  }
}
