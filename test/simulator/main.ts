import { parseArgs } from "node:util";
import { postgresObstacle } from "../../bench/sync/postgres.ts";
import { runFleetSeed } from "./fleet/run.ts";
import { line, summary } from "./report.ts";
import { type Result, runSeed } from "./run.ts";
import { UsageError, wholeNumber } from "./usage.ts";
import { createWorld } from "./world.ts";

const USAGE = `usage: npm run simulate -- --seeds N [--from S] [--store postgres]
       npm run simulate -- economy [--attestations N] [--seed S] [--strategy NAME]... [--list N]... [--full]
                                       [--no-appeals] [--json]
       npm run simulate -- requests --histories N [--seed S]
       npm run simulate -- graphs --operators N --graphs N [--seed S]
       npm run simulate -- dispute --graphs N [--seed S]

Runs the indexer against a real chain through a proxy that spoils answers, with reorganisations, kills, full disks and
locks, and compares its database with a clean sync's and the chain. A seed decides what goes wrong; --from is the first
seed and defaults to 1. Timing also depends on the machine: a seed may have to be repeated a few times.
With --store postgres a fleet is played instead: two writers and two API servers on a PostgreSQL server and its replica,
which are killed, paused, cut off, crashed, filled up and failed over, while their answers are held against each other.

economy plays seasons on the real contracts, in which some verifiers and provers are hostile, and prints what each
strategy brings and does (docs/economy.md). The provers attest N units in each season, 60 by default; --seed defaults to
1; --strategy plays only the named ones, --list only lists of these lengths; --full plays every share of hostile verifiers
on every list; with --no-appeals nobody honest appeals.

requests plays N random histories of requests, answers and cover on the real contracts, with hostile provers, consumers,
tokens and orders, and compares them with the rules (docs/requests.md). --seed defaults to 1.

graphs runs N random operators and N random graphs of the graph profile in TypeScript, on onnxruntime-web and in the EVM,
and compares every byte (docs/graph-profile.md). --seed defaults to 1.

dispute plays the dispute game on N random graphs: a wrong attestation of each, and a right one that is challenged
(docs/methods/dispute-game.md). --seed defaults to 1.
Exit codes: 0 no difference, 1 a difference or failure, 2 wrong use.`;

function options(args: readonly string[]): { seeds: number; from: number; store: string } {
  try {
    const { seeds, from, store } = parseArgs({
      args: [...args],
      options: { seeds: { type: "string" }, from: { type: "string" }, store: { type: "string", default: "sqlite" } },
    }).values;
    if (store !== "sqlite" && store !== "postgres")
      throw new UsageError(`--store is "${store}"; there are sqlite and postgres.`);
    if (seeds === undefined) throw new UsageError("--seeds is missing: how many shall be run?");
    return { seeds: wholeNumber("seeds", seeds), from: wholeNumber("from", from ?? "1"), store };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  if (args[0] === "economy") return (await import("./economy/command.ts")).economy(args.slice(1));
  if (args[0] === "requests") return (await import("./requests/command.ts")).requests(args.slice(1));
  if (args[0] === "graphs") return (await import("./graphs/command.ts")).graphs(args.slice(1));
  if (args[0] === "dispute") return (await import("./dispute/command.ts")).dispute(args.slice(1));
  const { seeds, from, store } = options(args);
  const obstacle = store === "postgres" ? await postgresObstacle() : undefined;
  if (obstacle !== undefined) throw new Error(obstacle);
  // Whatever was started goes along with this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const world = await createWorld();
  const results: Result[] = [];
  try {
    for (let seed = from; seed < from + seeds; seed++) {
      const result = await (store === "postgres" ? runFleetSeed(world, seed) : runSeed(world, seed));
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
