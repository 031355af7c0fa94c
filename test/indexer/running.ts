import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import fc from "fast-check";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import type { IndexerOptions } from "../../indexer/options.ts";
import { deployment } from "./story.ts";

/** A directory that `remove` deletes. */
export function scratch(): { path: (name: string) => string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), "proofboard-indexer-"));
  return { path: (name) => join(directory, name), remove: () => rmSync(directory, { recursive: true }) };
}

/** Options of an indexer of the simulated deployment that looks often. The names in its story are made up, so the node is trusted. */
export const usual = (options: Pick<IndexerOptions, "rpcs"> & Partial<IndexerOptions>): IndexerOptions => ({
  ...{ deployment, port: 0, pollInterval: 10, rpcTimeout: 2_000, finality: 8, logLevel: "silent", trustNode: true },
  ...options,
  // Tests ask all the time.
  limits: { metricsEvery: 0, ...options.limits },
});

/** Starts one, with a file. */
export const start = (options: Pick<IndexerOptions, "rpcs" | "db"> & Partial<IndexerOptions>): Promise<Indexer> =>
  startIndexer(usual(options));

/** Waits until `look` gives something truthy, for `patience` milliseconds at most. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  patience = 60_000,
): Promise<T> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; ) {
    const found = await look();
    if (found) return found;
    await sleep(10);
  }
  throw new Error(`It did not happen within ${patience} ms that ${what}.`);
}

/** Waits until the indexer is ready and has compared its ledgers with the chain's at this block. */
export const untilReady = (indexer: Pick<Indexer, "url">, blockNumber: number): Promise<true> =>
  until(`the indexer is ready at block ${blockNumber}`, async () => {
    const metrics = await (await fetch(`${indexer.url}/metrics`)).text();
    if (!metrics.includes(`proofboard_verified_block ${blockNumber}\n`)) return false;
    return (await fetch(`${indexer.url}/readyz`)).ok;
  });

/** Every row of every table, but the one that says who writes. */
export function dump(db: Database.Database): Record<string, unknown[]> {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'writer' ORDER BY name")
    .pluck()
    .all() as string[];
  return Object.fromEntries(
    tables.map((table) => [
      table,
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );
}

/** {@link dump} of a file. */
export function dumpFile(path: string): Record<string, unknown[]> {
  const db = new Database(path, { readonly: true });
  try {
    return dump(db);
  } finally {
    db.close();
  }
}

/** Choices that make a chain of about `blocks` blocks; the same seed gives the same ones. */
export function choices(blocks: number, seed: number): number[][] {
  const block = fc.array(fc.nat({ max: 2 ** 24 }), { minLength: 0, maxLength: 12 });
  const [sample] = fc.sample(fc.array(block, { minLength: blocks, maxLength: blocks }), { seed, numRuns: 1 });
  return sample as number[][];
}
