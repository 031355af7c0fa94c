// A node whose chain of a season grows: blocks of the season's first part at once, then one after the other, so many a
// second, once it is told so by a message. Other than anvil it takes hardly any time of the machine that is measured.

import { chainOf, startNode } from "../../test/indexer/node.ts";
import { scriptSeason } from "../sync/season.ts";

/** How the chain grows. */
interface Growth {
  blocksPerSecond: number;
}

const events = Number(process.argv[2]);
const EVENTS_PER_ACCOUNT = 20;
/** Logs in each block of the first part, which is two thirds of the season, and in each after it. */
const PER_BLOCK = { atOnce: 100, later: 20 };
const STARTS_AT = 1_000;
const WEEK = 604_800;

const season = { events, accounts: events / EVENTS_PER_ACCOUNT, lead: PER_BLOCK.atOnce };
const { logs } = scriptSeason({ ...season, startsAt: STARTS_AT, endsAt: STARTS_AT + WEEK });
const begun = (events * 2) / 3;
const parts = [logs.slice(0, begun), logs.slice(begun)] as const;
const chapters = parts.flatMap((part, i) => {
  const perBlock = i === 0 ? PER_BLOCK.atOnce : PER_BLOCK.later;
  return Array.from({ length: part.length / perBlock }, (_, n) => part.slice(n * perBlock, (n + 1) * perBlock)).map(
    (block) => ({ logs: block.map(({ log }) => log), ledgers: new Map([[1n, block.at(-1)?.ledger]]) }),
  );
});
const blocks = chainOf(chapters as never);
/** Two empty blocks come before. */
const first = 2 + begun / PER_BLOCK.atOnce;
const node = await startNode(blocks.slice(0, first));
node.finalized = first - 1;

process.once("message", ({ blocksPerSecond }: Growth) => {
  setInterval(() => {
    const next = blocks[node.blocks.length];
    if (next) node.blocks.push(next);
    process.send?.(node.blocks.length - 1);
    // Only the latest are of interest.
    node.requests.length = 0;
  }, 1_000 / blocksPerSecond);
});
process.once("disconnect", () => process.exit());
console.log(`Listening at ${node.url}`);
