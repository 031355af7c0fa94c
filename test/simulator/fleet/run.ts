import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { startIndexer } from "../../../indexer/main.ts";
import { openClient } from "../../../indexer/store/postgres/client.ts";
import { placeOf } from "../../../indexer/store/postgres/place.ts";
import { until, untilReady } from "../../indexer/running.ts";
import { dumpLike, dumpPostgres } from "../../indexer/store/postgres/opened.ts";
import { startServer, type TestServer } from "../../indexer/store/postgres/server.ts";
import { type IndexerProcess, startProcess, tail } from "../child.ts";
import { without } from "../compare.ts";
import { allFaults } from "../faults.ts";
import { startProxy } from "../proxy.ts";
import { createRandom } from "../random.ts";
import type { Result } from "../run.ts";
import { FINALITY, type World } from "../world.ts";
import { startAsking } from "./asking.ts";
import { startRelay } from "./relay.ts";

/** What goes wrong in a fleet. */
type Misfortune =
  | ("reorg" | "writer killed" | "writer ended" | "server killed" | "database crashed" | "connections cut")
  | ("writer paused beyond its lease" | "replica lagged" | "failover" | "disk full");

/** Options of {@link runFleetSeed}. */
export interface FleetOptions {
  /** How many misfortunes there are; defaults to 5 to 9. */
  steps?: number;
  /** SQL that is done with the stopped fleet's rows before they are compared. */
  beforeComparing?: string;
}

const LEASE = 3_000;
const PATIENCE = 120_000;

/**
 * Two writers and two API servers, one of them on a streaming replica, follow a chain on which everything goes wrong that the
 * seed decides. All the while they are asked, and their answers compared. At the end the rows must be those of a file that a
 * clean sync wrote: nothing lost, nothing twice.
 */
export async function runFleetSeed(
  world: World,
  seed: number,
  { steps, beforeComparing }: FleetOptions = {},
): Promise<Result> {
  const began = performance.now();
  const random = createRandom(seed);
  const misfortunes = new Map<string, number>();
  const count = (misfortune: Misfortune) => misfortunes.set(misfortune, (misfortunes.get(misfortune) ?? 0) + 1);
  await world.reset(seed);
  const directory = await mkdtemp(join(tmpdir(), "proofboard-fleet-"));
  const deployment = join(directory, "deployment.json");
  await writeFile(deployment, JSON.stringify(world.deployment));
  const node = await startProxy(world.url, random.fork());
  const servers: TestServer[] = [await startServer({ hasDisk: true })];
  let primary = servers[0] as TestServer;
  let replica: TestServer | undefined;
  const relay = await startRelay(primary.port);
  const asking = startAsking(random.fork(), world.url);
  const store = `postgres://test@127.0.0.1:${relay.port}/postgres`;
  const started: IndexerProcess[] = [];
  const launch = (options: { store: string; serves?: boolean }): IndexerProcess => {
    const child = startProcess([node.url], deployment, options);
    started.push(child);
    return child;
  };
  const writers = [launch({ store }), launch({ store })];
  let server = launch({ store, serves: true });
  let follower: IndexerProcess | undefined;
  const wrong: string[] = [];

  const pause = (low: number, high: number) => sleep(random.between(low, high));
  const writer = () => random.between(0, writers.length - 1);

  /** Whom to ask: all that listen. */
  async function askAll(): Promise<void> {
    const alive = [...writers, server, ...(follower ? [follower] : [])].filter((child) => !child.hasEnded());
    asking.urls = (await Promise.all(alive.map((child) => child.url().catch(() => undefined)))).filter(
      (url) => url !== undefined,
    );
  }

  async function addReplica(): Promise<void> {
    replica = await primary.replica();
    servers.push(replica);
    follower = launch({ store: replica.url(), serves: true });
  }

  async function onReplica(sql: string): Promise<void> {
    if (!replica) return;
    const client = openClient(placeOf(replica.url()), 10_000);
    try {
      await client.use((db) => db.run(sql));
    } finally {
      await client.close();
    }
  }

  const step: Record<Misfortune, () => Promise<void>> = {
    async reorg() {
      const deepest = world.deepest();
      if (deepest < 1) return;
      const depth = random.between(1, Math.min(deepest, random.pick([3, 30])));
      const fork = world.head() - depth;
      asking.reorganised(fork);
      await world.reorganise(depth, Math.max(depth + random.pick([-1, 0, 1, 3]), 0));
      // Until now the blocks above it were the chain's.
      asking.reorganised(fork);
    },
    async "writer killed"() {
      const which = writer();
      await writers[which]?.kill("SIGKILL");
      writers[which] = launch({ store });
    },
    async "writer ended"() {
      const which = writer();
      await writers[which]?.url();
      await writers[which]?.kill("SIGTERM");
      writers[which] = launch({ store });
    },
    async "server killed"() {
      await server.kill("SIGKILL");
      server = launch({ store, serves: true });
    },
    async "database crashed"() {
      await primary.crash();
      await pause(0, 500);
      await primary.start();
    },
    async "connections cut"() {
      for (let times = random.between(1, 4); times > 0; times--) {
        relay.cut();
        await world.grow(1);
        await pause(20, 200);
      }
    },
    async "writer paused beyond its lease"() {
      const paused = writers[writer()];
      await paused?.url();
      const resumed = paused?.suspend(LEASE + random.between(200, 1_500));
      await world.grow(random.between(1, 4));
      await resumed;
    },
    async "replica lagged"() {
      if (!replica) return addReplica();
      await onReplica("SELECT pg_wal_replay_pause()");
      await world.grow(random.between(1, 4));
      await pause(100, 1_000);
      await onReplica("SELECT pg_wal_replay_resume()");
    },
    async "disk full"() {
      await primary.disk?.fill();
      await world.grow(random.between(2, 8));
      await pause(200, 2_000);
      await primary.disk?.free();
      if (random.chance(0.5)) await primary.crash();
      // It gives up by itself where it can't write what it must.
      await primary.start();
    },
    async failover() {
      if (!replica) return addReplica();
      await primary.crash();
      await replica.promote();
      relay.switchTo(replica.port);
      primary = replica;
      replica = undefined;
      await follower?.kill("SIGTERM");
      follower = undefined;
    },
  };

  try {
    await Promise.all([...writers, server].map((child) => child.url()));
    await addReplica();
    if (random.chance(0.7))
      await until("the fleet has read the chain", async () => areAt([await server.url()], world.head()), PATIENCE);
    for (let left = steps ?? random.between(5, 9); left > 0; left--) {
      await askAll();
      const all = Object.keys(step) as Misfortune[];
      const misfortune = random.pick(primary.disk ? all : all.filter((one) => one !== "disk full"));
      node.plan = { rate: random.pick([0, 0.02, 0.1]), kinds: allFaults };
      await world.grow(random.between(1, 4));
      await step[misfortune]();
      count(misfortune);
      await pause(20, 400);
    }
    node.plan = { rate: 0, kinds: [] };
    await world.grow(Math.max(FINALITY - world.deepest(), 0) + 1);
    const urls = await Promise.all([...writers, server].map((child) => child.url()));
    await until(`all members are at block ${world.head()}`, () => areAt(urls, world.head()), PATIENCE);
    await askAll();
    await sleep(200);
    await asking.stop();
    for (const child of started) if (!child.hasEnded()) await child.kill("SIGTERM");
    wrong.push(
      ...asking.wrong,
      ...(await differencesFromClean(world, join(directory, "clean"), primary.url(), beforeComparing)),
    );
  } catch (error) {
    wrong.push(...asking.wrong, `${(error as Error).message} A writer wrote: ${tail(writers[0]?.output() ?? "")}`);
  } finally {
    await asking.stop();
    await Promise.all(started.map((child) => (child.hasEnded() ? undefined : child.kill("SIGKILL"))));
    await relay.close();
    await node.close();
    for (const each of servers.reverse()) await each.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  const { answers, refusals } = asking.counts;
  const felt = started.filter((child) => /No space left on device/.test(child.output())).length;
  if (felt > 0) misfortunes.set("disk full, felt by writers", felt);
  misfortunes.set("answers compared", answers).set("answers refused", refusals);
  const seconds = (performance.now() - began) / 1000;
  return { seed, disasters: misfortunes, faults: new Map(node.done), seconds, wrong, again: " --store postgres" };
}

/** Whether every member answers of this block, and one of them has compared its ledgers with the chain's. */
async function areAt(urls: readonly string[], head: number): Promise<boolean> {
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return texts.every((text) => text.includes(`proofboard_verified_block ${head}\n`));
}

/** Where the rows differ from those of a file that is synced from nothing. */
async function differencesFromClean(
  { url, deployment, head }: World,
  file: string,
  store: string,
  beforeComparing = "",
): Promise<string[]> {
  const clean = await startIndexer({
    ...{ rpcs: [url], deployment, db: file, port: 0 },
    ...{ pollInterval: 20, finality: FINALITY, logLevel: "silent", stallAfter: 0 },
  });
  await untilReady(clean, head());
  await clean.close();
  const place = placeOf(store);
  const client = openClient(place, 30_000);
  const db = new Database(file, { readonly: true });
  try {
    await client.use((connection) => connection.run(`SELECT 1; ${beforeComparing}`));
    const ours = await client.use((connection) => dumpPostgres(connection, place));
    const theirs = dumpLike(db, ours);
    return Object.entries(ours).flatMap(([table, rows]) => [
      ...without(rows, theirs[table] ?? []).map((row) => `${table} has a row too many: ${row}`),
      ...without(theirs[table] ?? [], rows).map((row) => `${table} lacks a row: ${row}`),
    ]);
  } finally {
    db.close();
    await client.close();
  }
}
