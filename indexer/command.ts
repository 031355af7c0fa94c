import { setTimeout as sleep } from "node:timers/promises";
import type { Checked } from "./check.ts";
import { type Indexer, startIndexer } from "./main.ts";
import { type Command, type IndexerOptions, parseCommand, type ServeOptions, USAGE, UsageError } from "./options.ts";
import { Stalled, watchEventLoop } from "./watchdog.ts";

const LONGEST_END = 5_000;

/** What the process makes of SIGINT and SIGTERM. */
interface Signals {
  /** Aborts with the first one. */
  stopped: AbortSignal;
  /** Leaves them to the system, which ends the process. */
  release(): void;
}

/** The indexer as a command; its exit codes are in {@link USAGE}. */
export async function runCommand(args: readonly string[], { stopped, release }: Signals): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  try {
    const command = parseCommand(args);
    if (command.name === "run") return await run(startIndexer, command.options, stopped);
    if (command.name === "serve") return await run(startServer, command.options, stopped);
    // Each does one thing, whole or not at all.
    release();
    if (stopped.aborted) process.kill(process.pid, "SIGTERM");
    await maintain(command);
  } catch (error) {
    console.error((error as Error).message);
    if (error instanceof UsageError) console.error(USAGE);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

// What isn't asked for isn't loaded: docs/performance.md, Imports.
async function startServer(options: ServeOptions): Promise<Indexer> {
  const fleet = await import("./fleet.ts");
  return fleet.startServer(options);
}

async function maintain(command: Exclude<Command, { name: "run" | "serve" }>): Promise<void> {
  const { backup, rebuild, rewind } = await import("./maintain.ts");
  const { check } = await import("./check.ts");
  if (command.name === "rewind") console.log(`The last block is now ${(await rewind(command.options)).number}.`);
  if (command.name === "rebuild") console.log(`${await rebuild(command.options)} events are folded anew.`);
  if (command.name === "check") report(check(command.options));
  if (command.name === "backup") {
    const cursor = backup(command.options);
    console.log(`${command.options.to} holds the database as of block ${cursor ?? "none"}.`);
  }
}

function report({ cursor, logs, wrong }: Checked): void {
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
  else console.log(`All rows follow from the ${logs} logs up to block ${cursor ?? "none"}.`);
}

async function run<Options extends Omit<IndexerOptions, "db" | "store">>(
  start: (options: Options) => Promise<Indexer>,
  options: Options,
  stopped: AbortSignal,
): Promise<void> {
  if (options.stallAfter) watchEventLoop(options.stallAfter);
  const indexer = await start({ ...options, terminal: process.stderr, signal: stopped }).catch((error) => {
    if (!stopped.aborted) throw error;
  });
  if (indexer && !stopped.aborted) console.log(`Indexer at ${indexer.url}`);
  const failure = await indexer?.ended;
  if (failure) {
    process.exitCode = failure instanceof Stalled ? 3 : 1;
    await Promise.race([indexer?.close(), sleep(LONGEST_END)]);
    // The reason for the stall may also keep the process from ending.
    process.exit();
  }
  await indexer?.close();
  console.log("Stopped.");
}
