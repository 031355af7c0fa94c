import { parseArgs } from "node:util";
import type { Row } from "./report.ts";
import { buildChain } from "./sync/chain.ts";
import type { Contender } from "./sync/contender.ts";
import { floor, proofboard } from "./sync/embedded.ts";
import { type Cost, measure } from "./sync/measure.ts";
import { ponderPglite, ponderPostgres } from "./sync/ponder.ts";
import { tellSeason } from "./sync/season.ts";
import { canMeasure } from "./sync/usage.ts";

const contenders: readonly Contender[] = [proofboard, floor, ponderPostgres, ponderPglite];

/** Blocks and events in each, of 200,000 in all. */
const layouts: Record<string, number> = { "2000x100": 100, "200x1000": 1000 };
const EVENTS = 200_000;
const EVENTS_PER_ACCOUNT = 10;
const EVENTS_PER_RANGE = 10_000;

const STARTS_AT = 1_750_000_000;
const SEASON = 7 * 86_400;

/** A contender's cost on a layout. */
interface Result {
  name: string;
  layout: string;
  cost: Cost;
}

/** What indexing 200,000 events from nothing takes: Proofboard, the least that must be done, and Ponder. */
export async function sync(args: string[]): Promise<Row[]> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string", default: contenders.map(({ name }) => name).join() },
      layout: { type: "string", default: Object.keys(layouts).join() },
      events: { type: "string", default: `${EVENTS}` },
      profile: { type: "string" },
    },
  });
  if (!canMeasure()) throw new Error(`What a process uses is read from /proc, which ${process.platform} hasn't.`);
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);

  const results: Result[] = [];
  const chosen = await available(contenders.filter(({ name }) => values.only.split(",").includes(name)));
  const events = Number(values.events);
  for (const layout of values.layout.split(",")) {
    const perBlock = layouts[layout] as number;
    const { told, outcome } = tellSeason({
      ...{ events, accounts: events / EVENTS_PER_ACCOUNT, lead: perBlock },
      ...{ startsAt: STARTS_AT, endsAt: STARTS_AT + SEASON },
    });
    const chain = await buildChain(told, perBlock, STARTS_AT, Math.floor((SEASON * perBlock) / events));
    try {
      const course = { chain, outcome, span: EVENTS_PER_RANGE / perBlock, profile: values.profile };
      for (const contender of chosen) {
        const costs: Cost[] = [];
        for (let round = 0; round < contender.rounds; round++) {
          costs.push(await measure(contender, course, stop.signal));
          console.error(contender.name, layout, JSON.stringify(costs.at(-1)));
        }
        costs.sort((a, b) => a.cpuSeconds - b.cpuSeconds);
        results.push({ name: contender.name, layout, cost: costs[costs.length >> 1] as Cost });
      }
    } finally {
      await chain.stop();
    }
  }
  return results.map(({ name, layout, cost }) => ({
    name,
    layout,
    ...cost,
    eventsPerSecond: Math.round(events / cost.wallSeconds),
  }));
}

async function available(chosen: readonly Contender[]): Promise<Contender[]> {
  const found: Contender[] = [];
  for (const contender of chosen) {
    const obstacle = await contender.obstacle();
    if (obstacle === undefined) found.push(contender);
    else console.error(`${contender.name} is not measured: ${obstacle}`);
  }
  return found;
}
