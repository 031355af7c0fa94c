import { setTimeout as sleep } from "node:timers/promises";
import { rebuild, rewind } from "../../indexer/maintain.ts";
import { createBudget } from "../indexer/ingest/budget.ts";
import { type IndexerProcess, type ProcessOptions, tail } from "./child.ts";
import type { Fault } from "./faults.ts";
import { cursorOf, locked, overwrite, secondWriter, withFullDisk } from "./files.ts";
import type { FaultProxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import { endEarly, LIMIT, outliveSuspension } from "./signals.ts";
import type { World } from "./world.ts";

/** What goes wrong besides answers. */
type Disaster =
  | "reorg"
  | "deep reorg"
  | "kill"
  | "full disk"
  | "full disk, felt"
  | "locked"
  | "locked, felt"
  | "second writer"
  | "second writer by hard link"
  | "bytes overwritten"
  | "bytes overwritten, found"
  | "suspend"
  | "SIGTERM in the first second"
  | "rewind"
  | "rebuild"
  | "lag";

/** What {@link createTrouble} works on. */
export interface TroubleParts {
  world: World;
  proxies: readonly FaultProxy[];
  kinds: readonly Fault[];
  steps: number | undefined;
  random: Random;
  /** Starts the indexer, on the database unless options say otherwise. */
  launch: (options?: Partial<ProcessOptions>) => IndexerProcess;
  db: string;
}

/** Times of trouble. */
export interface Trouble {
  /** Has everything go wrong for a while; answers the indexer's process that runs then. */
  run(): Promise<IndexerProcess>;
  done: ReadonlyMap<Disaster, number>;
  /** Ends what it started. */
  end(): Promise<void>;
}

const RATES = [0.02, 0.05, 0.1, 0.25, 0.5];
/** Requests a second that a node may allow. */
const BUDGETS = [20, 50, 100];
const DEEP = 32;
/** By this block there are events, so that a block is kept. */
const FIRST_EVENTS = 20;

export function createTrouble({ world, proxies, kinds, steps, random, launch, db }: TroubleParts): Trouble {
  const done = new Map<Disaster, number>();
  const count = (disaster: Disaster) => done.set(disaster, (done.get(disaster) ?? 0) + 1);
  const children: IndexerProcess[] = [];
  let child: IndexerProcess | undefined;

  function begin(options?: Partial<ProcessOptions>): IndexerProcess {
    const begun = launch(options);
    children.push(begun);
    return begun;
  }

  function start(): IndexerProcess {
    child = begin();
    return child;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    await child?.url();
    await child?.kill(signal);
  }

  const pause = (low: number, high: number) => sleep(random.between(low, high));

  /** Some kinds at a time, so that each has its turn to be all that happens; one of several nodes may be good. */
  function plan(): void {
    const count = random.pick([1, 3, kinds.length]);
    const chosen = Array.from({ length: Math.min(count, kinds.length) }, () => random.pick(kinds));
    const good = proxies.length > 1 && random.chance(0.4) ? random.pick(proxies) : undefined;
    const planned = count === kinds.length ? kinds : chosen;
    for (const proxy of proxies) {
      const isLimited = proxy !== good && planned.includes("http:budget");
      proxy.plan = {
        rate: proxy === good ? 0 : random.pick(RATES),
        kinds: planned,
        budget: isLimited ? createBudget({ rate: random.pick(BUDGETS) }) : undefined,
      };
    }
  }

  async function reorganise(): Promise<void> {
    const times = random.pick([1, 1, 2, 4]);
    for (let i = 0; i < times; i++) {
      const deepest = world.deepest();
      if (deepest < 1) return;
      const depth = random.chance(0.3)
        ? deepest
        : random.between(1, random.chance(0.5) ? Math.min(4, deepest) : deepest);
      const blocks = Math.max(depth + random.pick([-depth, -3, -1, 0, 0, 1, 1, 2, 5]), 0);
      const releases = random.chance(0.7) ? proxies.map((proxy) => proxy.hold()) : [];
      await world.reorganise(depth, blocks);
      for (const release of releases) release();
      count(depth >= DEEP ? "deep reorg" : "reorg");
      if (random.chance(0.6)) await pause(5, 120);
    }
  }

  async function kill(): Promise<void> {
    count("kill");
    await (child as IndexerProcess).kill("SIGKILL");
    start();
    if (random.chance(0.7)) await child?.url();
    await pause(0, 400);
  }

  /** Undoes some blocks, final ones too, or folds all events anew, and has the indexer go on from there. */
  async function maintain(): Promise<void> {
    await end(random.pick(["SIGKILL", "SIGTERM"]));
    const { deployment } = world;
    const cursor = cursorOf(db);
    if (random.chance(0.5)) {
      rebuild({ deployment, db });
      count("rebuild");
    } else if (cursor > FIRST_EVENTS) {
      rewind({ deployment, db, to: random.between(FIRST_EVENTS, cursor - 1) });
      count("rewind");
    }
    start();
  }

  async function lock(): Promise<void> {
    await child?.url();
    const isFelt = await locked(child as IndexerProcess, db, random, async () => {
      await world.grow(random.between(1, 3));
      await pause(50, 1_700);
    });
    count("locked");
    if (isFelt) count("locked, felt");
  }

  async function fillDisk(): Promise<void> {
    // The limit of another process's files can be set there only.
    if (process.platform !== "linux") return;
    const filled = child as IndexerProcess;
    await filled.url();
    count("full disk");
    const isFelt = await withFullDisk(filled, db, random, async () => {
      await world.grow(random.between(1, 5));
      await pause(100, 500);
    });
    if (isFelt) count("full disk, felt");
    if (random.chance(0.4)) return kill();
    await filled.limitFiles("unlimited");
  }

  async function refuseSecond(): Promise<void> {
    await child?.url();
    const way = random.pick(["name", "hard link"] as const);
    await secondWriter(begin, db, way);
    count(way === "name" ? "second writer" : "second writer by hard link");
  }

  async function overwriteBytes(): Promise<void> {
    await end(random.pick(["SIGKILL", "SIGTERM"]));
    count("bytes overwritten");
    if (overwrite(db, world.deployment, random)) count("bytes overwritten, found");
    start();
  }

  /** With nodes that answer: nothing else may take as long as the limit. */
  async function suspend(): Promise<void> {
    await end("SIGTERM");
    for (const proxy of proxies) {
      proxy.plan = { rate: 0, kinds: [] };
      proxy.lag = 0;
    }
    child = begin({ watchdog: LIMIT });
    await outliveSuspension(child);
    count("suspend");
    await end("SIGTERM");
    plan();
    start();
  }

  async function stopEarly(): Promise<void> {
    await end("SIGTERM");
    await endEarly(begin(), random.between(0, 1_000));
    count("SIGTERM in the first second");
    start();
  }

  async function step(): Promise<void> {
    const draw = random.next();
    if (draw < 0.28) await world.grow(random.between(1, 6));
    else if (draw < 0.51) await reorganise();
    else if (draw < 0.58) await kill();
    else if (draw < 0.62) await maintain();
    else if (draw < 0.67) await lock();
    else if (draw < 0.72) await fillDisk();
    else if (draw < 0.76) await refuseSecond();
    else if (draw < 0.81) await overwriteBytes();
    else if (draw < 0.83) await suspend();
    else if (draw < 0.87) await stopEarly();
    else if (draw < 0.92) lag();
    else plan();
    await pause(5, 150);
    if (child?.hasEnded()) throw new Error(`The indexer has ended by itself: ${tail(child.output())}`);
  }

  function lag(): void {
    count("lag");
    random.pick(proxies).lag = random.pick([0, 1, 5, 70]);
  }

  return {
    done,
    async run() {
      plan();
      await start().url();
      // At first it reads what is final: what happens now happens at the seam.
      await pause(0, 300);
      for (let left = steps ?? random.between(6, 14); left > 0; left--) await step();
      return child as IndexerProcess;
    },
    async end() {
      await Promise.all(children.map((each) => (each.hasEnded() ? undefined : each.kill("SIGKILL"))));
    },
  };
}
