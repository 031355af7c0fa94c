import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startIndexer } from "../../indexer/main.ts";
import { createBudget } from "../indexer/ingest/budget.ts";
import { until, untilReady } from "../indexer/running.ts";
import { type IndexerProcess, type ProcessOptions, startProcess, tail } from "./child.ts";
import { damage, differences, differencesFromChain, differencesFromEnds, differencesFromOrder } from "./compare.ts";
import { allFaults, type Fault } from "./faults.ts";
import { type FaultProxy, startProxy } from "./proxy.ts";
import { createRandom, type Random } from "./random.ts";
import { createTrouble } from "./trouble.ts";
import { FINALITY, type World } from "./world.ts";

/** What a seed came to. */
export interface Result {
  seed: number;
  faults: ReadonlyMap<Fault, number>;
  disasters: ReadonlyMap<string, number>;
  seconds: number;
  /** What is not as it should be, a sentence each. */
  wrong: string[];
  /** How to run it again, beside its number. */
  again?: string;
}

/** Options of {@link runSeed}. */
export interface RunOptions {
  /** Faults that may be done; defaults to all. */
  kinds?: readonly Fault[];
  /** How many disasters and other changes there are; defaults to 6 to 14. */
  steps?: number;
  /** Called with the stopped indexer's database before it is compared. */
  beforeComparing?: (db: string) => void;
  /** Called with the proxies once they run. */
  prepare?: (proxies: readonly FaultProxy[]) => void;
  /** Longest wait for the indexer to be ready once all faults are over, in milliseconds. */
  patience?: number;
  /** How many requests a second the node allows the clean sync; defaults to any number for most seeds. */
  budget?: number | undefined;
}

const PATIENCE = 40_000;
/** A sync may take so many times as long as a node's budget needs. */
const MOST_OF_BUDGET = 1.5;

/** Lets the indexer go through the seed's troubles, and compares what it made of them with a clean sync and the chain. */
export async function runSeed(world: World, seed: number, options: RunOptions = {}): Promise<Result> {
  const { kinds = allFaults, steps, beforeComparing, prepare, patience = PATIENCE } = options;
  const began = performance.now();
  const random = createRandom(seed);
  await world.reset(seed);
  const directory = await mkdtemp(join(tmpdir(), "proofboard-simulator-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  const path = (name: string) => join(directory, name);
  await writeFile(path("deployment.json"), JSON.stringify(world.deployment));
  const proxies: FaultProxy[] = [];
  for (let count = random.pick([1, 1, 2]); count > 0; count--) proxies.push(await startProxy(world.url, random.fork()));
  prepare?.(proxies);
  const db = path("db");
  const launch = (options?: Partial<ProcessOptions>) =>
    startProcess(
      proxies.map(({ url }) => url),
      path("deployment.json"),
      { db, ...options },
    );
  const trouble = createTrouble({ world, proxies, kinds, steps, random, launch, db });
  const wrong: string[] = [];
  let child: IndexerProcess | undefined;
  try {
    child = await trouble.run();
    for (const proxy of proxies) {
      proxy.plan = { rate: 0, kinds: [] };
      proxy.lag = 0;
    }
    // As high as ever: what was final stays so.
    await world.grow(Math.max(FINALITY - world.deepest(), 0) + 1);
    const url = await caughtUp(child, world.head(), patience);
    wrong.push(...(await differencesFromOrder(url, world.seasons(), db)));
    wrong.push(...(await differencesFromEnds(url, world)));
    const code = await child.kill("SIGTERM");
    if (code !== 0) wrong.push(`The indexer ended with ${code} when told to end: ${tail(child.output())}`);
    beforeComparing?.(db);
    const { budget = random.chance(0.1) ? 40 : undefined } = options;
    if (budget === undefined) await syncCleanly(world, path("clean"));
    else wrong.push(...(await syncThriftily(world, path("clean"), budget, random)));
    wrong.push(...differences(db, path("clean")), ...damage(db, path("clean")));
    wrong.push(...(await differencesFromChain(world, db)));
  } catch (error) {
    wrong.push(`${(error as Error).message}${child ? ` The indexer wrote: ${tail(child.output())}` : ""}`);
  } finally {
    await trouble.end();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    process.removeListener("exit", remove);
    remove();
  }
  const faults = new Map<Fault, number>();
  for (const { done } of proxies) for (const [kind, count] of done) faults.set(kind, (faults.get(kind) ?? 0) + count);
  return { seed, faults, disasters: trouble.done, seconds: (performance.now() - began) / 1000, wrong };
}

/** Waits until the indexer is ready and has verified this block; answers where it listens. */
async function caughtUp(child: IndexerProcess, head: number, patience: number): Promise<string> {
  const url = await child.url();
  await until(
    `the indexer is ready at block ${head}`,
    async () => {
      if (child.hasEnded()) throw new Error("The indexer has ended by itself.");
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return metrics.includes(`proofboard_verified_block ${head}\n`) && (await fetch(`${url}/readyz`)).ok;
    },
    patience,
  );
  return url;
}

async function syncCleanly({ url, deployment, head }: World, db: string): Promise<void> {
  const clean = await startIndexer({
    ...{ rpcs: [url], deployment, db, port: 0 },
    ...{ pollInterval: 20, finality: FINALITY, logLevel: "silent", stallAfter: 0 },
  });
  try {
    await untilReady(clean, head());
  } finally {
    await clean.close();
  }
}

/** Syncs from a node with a budget of so many requests a second; says if it takes longer than what it asked for needs. */
async function syncThriftily(world: World, db: string, rate: number, random: Random): Promise<string[]> {
  const proxy = await startProxy(world.url, random.fork());
  const budget = createBudget({ rate });
  proxy.plan = { rate: 0, kinds: [], budget };
  try {
    const began = performance.now();
    await syncCleanly({ ...world, url: proxy.url }, db);
    const seconds = (performance.now() - began) / 1000;
    const needed = budget.spent() / rate;
    return seconds <= MOST_OF_BUDGET * needed
      ? []
      : [
          `A sync of ${budget.spent()} requests, ${rate} a second, took ${seconds.toFixed(1)} s, and not ${needed.toFixed(1)} s.`,
        ];
  } finally {
    await proxy.close();
  }
}
