import { setMaxListeners } from "node:events";
import type { Row } from "./report.ts";
import { buildChain } from "./sync/chain.ts";
import type { Contender } from "./sync/contender.ts";
import { type Cost, measure } from "./sync/measure.ts";
import { type Choice, choose, EVENTS_PER_ACCOUNT, EVENTS_PER_RANGE } from "./sync/options.ts";
import { scriptSeason } from "./sync/season.ts";
import { usageObstacle } from "./sync/usage.ts";

/** What a contender took for a layout; the run of median CPU time of several. */
interface Result {
  name: string;
  layout: string;
  cost: Cost;
}

/** The season starts with the first block and is a week long: so long the blocks take. Unix seconds, and seconds. */
const STARTS_AT = 1_750_000_000;
const SEASON = 7 * 86_400;

/**
 * What indexing 200,000 events from nothing takes Proofboard, Ponder, and the least that must be done. Every contender
 * reads the same chain and must come to the same counts, points and ranks. Its time runs from the start of its process
 * until everything is indexed to the head; of several rounds the one of median CPU time counts. Throws when one fails;
 * says on stderr which can't be measured on this machine, and why.
 */
export async function sync(args: string[]): Promise<Row[]> {
  const choice = choose(args);
  const interruption = new AbortController();
  setMaxListeners(0, interruption.signal);
  const interrupt = () => interruption.abort(new Error("The benchmark was interrupted."));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
  try {
    const contenders = await available(choice.contenders);
    const results: Result[] = [];
    if (contenders.length > 0)
      for (const [layout, perBlock] of choice.layouts)
        results.push(...(await compare(contenders, layout, perBlock, choice, interruption.signal)));
    return [...results.map((result) => rowOf(result, choice.events)), ...ratiosOf(results)];
  } catch (error) {
    // Whichever failure an interruption causes first.
    interruption.signal.throwIfAborted();
    throw error;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  }
}

async function available(contenders: readonly Contender[]): Promise<Contender[]> {
  const found: Contender[] = [];
  for (const contender of contenders) {
    const obstacle = usageObstacle() ?? (await contender.obstacle());
    if (obstacle === undefined) found.push(contender);
    else console.error(`${contender.name} is not measured. ${obstacle}`);
  }
  return found;
}

/** Builds a chain of blocks of `perBlock` events each, and has the contenders index it one after the other. */
async function compare(
  contenders: readonly Contender[],
  layout: string,
  perBlock: number,
  { events, rounds, receipts, profile }: Choice,
  signal: AbortSignal,
): Promise<Result[]> {
  const { logs, outcome } = scriptSeason({
    ...{ events, accounts: events / EVENTS_PER_ACCOUNT, lead: perBlock },
    ...{ startsAt: STARTS_AT, endsAt: STARTS_AT + SEASON },
  });
  const pause = Math.floor((SEASON * perBlock) / events);
  const chain = await buildChain(logs, { perBlock, startsAt: STARTS_AT, pause, signal });
  try {
    const course = { chain, outcome, span: EVENTS_PER_RANGE / perBlock, receipts, profile };
    const costs = new Map(contenders.map((contender) => [contender, [] as Cost[]]));
    // In turns, so that a machine that is slow for a while is slow for all of them.
    for (let round = 0; round < Math.max(...contenders.map((contender) => rounds ?? contender.rounds)); round++)
      for (const [contender, taken] of costs)
        if (round < (rounds ?? contender.rounds)) taken.push(await measure(contender, course, signal));
    return [...costs].map(([{ name }, taken]) => ({ name, layout, cost: median(taken) }));
  } finally {
    await chain.stop();
  }
}

const median = (costs: readonly Cost[]): Cost =>
  costs.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)[costs.length >> 1] as Cost;

const rowOf = ({ name, layout, cost }: Result, events: number): Row => ({
  ...{ name, layout, wallSeconds: rounded(cost.wallSeconds), cpuSeconds: rounded(cost.cpuSeconds) },
  ...{ peakRssMiB: Math.round(cost.peakRssMiB), eventsPerSecond: Math.round(events / cost.wallSeconds) },
});

/** How many times as much Proofboard takes as the floor, and others as Proofboard. */
function ratiosOf(results: readonly Result[]): Row[] {
  const ratio = (part: Result, whole: Result): Row => {
    const times = (of: keyof Cost) => rounded(part.cost[of] / whole.cost[of]);
    const name = `${part.name}/${whole.name}`;
    return { name, layout: part.layout, wallTimes: times("wallSeconds"), cpuTimes: times("cpuSeconds") };
  };
  return results.flatMap((result) => {
    const of = (name: string) => results.find((other) => other.name === name && other.layout === result.layout);
    // The same on PostgreSQL as everybody else: beside ours on SQLite, and beside theirs.
    const theirs = result.name === "ponder-postgres" ? of("proofboard-postgres") : undefined;
    const whole = ON_SQLITE.includes(result.name)
      ? of("floor")
      : result.name === "floor"
        ? undefined
        : of("proofboard");
    return [whole, theirs].flatMap((other) => (other ? [ratio(result, other)] : []));
  });
}

const ON_SQLITE = ["proofboard", "trusting"];

const rounded = (value: number): number => Math.round(value * 100) / 100;
