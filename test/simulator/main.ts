import { parseArgs } from "node:util";
import { line, summary } from "./report.ts";
import { type Result, runSeed } from "./run.ts";
import { createWorld } from "./world.ts";

const USAGE = `usage: npm run simulate -- --seeds N [--from S]

Runs the indexer against a real chain through a proxy that spoils answers, with reorganisations, kills, full disks and
locks, and compares its database with a clean sync's and the chain. A seed decides what goes wrong; --from is the first
seed and defaults to 1. Timing also depends on the machine: a seed may have to be repeated a few times.
Exit codes: 0 no difference, 1 a difference, 2 wrong use.`;

class UsageError extends Error {}

function options(args: readonly string[]): { seeds: number; from: number } {
  try {
    const { seeds, from } = parseArgs({
      args: [...args],
      options: { seeds: { type: "string" }, from: { type: "string" } },
    }).values;
    if (seeds === undefined) throw new UsageError("--seeds is missing: how many shall be run?");
    return { seeds: wholeNumber("seeds", seeds), from: wholeNumber("from", from ?? "1") };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} is "${text}"; a whole number from 1 is asked.`);
  return Number(text);
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  const { seeds, from } = options(args);
  // Whatever was started goes along with this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const world = await createWorld();
  const results: Result[] = [];
  try {
    for (let seed = from; seed < from + seeds; seed++) {
      const result = await runSeed(world, seed);
      results.push(result);
      console.log(line(result));
    }
  } finally {
    await world.stop();
  }
  console.log(summary(results));
  if (results.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error.stack);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
