import pg from "pg";
import { profiling, startChild } from "./child.ts";
import type { Contender, Outcome } from "./contender.ts";
import { indexer, isReady } from "./embedded.ts";
import { postgresObstacle, startPostgres } from "./postgres.ts";

/** Proofboard on PostgreSQL; the server's CPU time and memory count as its own. */
export const proofboardPostgres: Contender = {
  name: "proofboard-postgres",
  rounds: 3,
  obstacle: postgresObstacle,
  async prepare(task) {
    const postgres = await startPostgres();
    const receipts = task.receipts ? [] : ["--no-receipts"];
    const args = ["--rpc", task.chain.url, "--deployment", task.deployment, "--store", postgres.url, "--port", "0"];
    return {
      helpers: [postgres.pid],
      start() {
        const child = startChild(process.execPath, [...profiling(task.profile), ...indexer, ...args, ...receipts]);
        return {
          pid: child.pid,
          ready: () => isReady(child, task),
          outcome: () => readOutcome(postgres.url),
          stop: () => child.stop(),
        };
      },
      release: () => postgres.stop(),
    };
  },
};

async function readOutcome(url: string): Promise<Outcome> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const value = async (sql: string) => (await client.query<[unknown]>({ text: sql, rowMode: "array" })).rows;
    const count = async (table: string) =>
      Number((await value(`SELECT count(*) FROM proofboard_rows.${table}`))[0]?.[0]);
    const ranking = await value(
      `SELECT lower(account) || ' ' || points || ' ' || last_seq FROM proofboard_rows.entries WHERE last_seq > 0
       ORDER BY points DESC, last_seq`,
    );
    return {
      events: await count("events"),
      attestations: await count("attestations"),
      ranking: ranking.map(([line]) => line as string),
    };
  } finally {
    await client.end();
  }
}
