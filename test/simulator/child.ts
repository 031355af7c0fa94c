import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "../indexer/running.ts";

const MAIN = fileURLToPath(new URL("../../indexer/start.js", import.meta.url));

/** The indexer as a process of its own. */
export interface IndexerProcess {
  /** Ends with the exit code, or null after a signal. */
  ended: Promise<number | null>;
  hasEnded(): boolean;
  /** What it wrote so far. */
  output(): string;
  /** Where it listens; waits until it does. Throws with what it wrote when it has ended. */
  url(): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Stops it for so many milliseconds, and has it go on. */
  suspend(duration: number): Promise<void>;
  /** Lets it write no file beyond so many bytes, or any again. */
  limitFiles(bytes: number | "unlimited"): Promise<void>;
}

const running = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Options of {@link startProcess}. */
export interface ProcessOptions {
  /** The database: a file, or a PostgreSQL server's URL. */
  db?: string;
  store?: string;
  /** Whether it only serves. */
  serves?: boolean;
  /** Seconds; the indexer's own default where there are none. */
  watchdog?: number;
}

/** Starts the indexer on a free port, with short pauses. */
export function startProcess(
  urls: readonly string[],
  deployment: string,
  { db, store, serves = false, watchdog }: ProcessOptions,
): IndexerProcess {
  const child = spawn(
    process.execPath,
    [
      ...[MAIN, ...(serves ? ["serve"] : []), ...urls.flatMap((url) => ["--rpc", url])],
      ...["--deployment", deployment, ...(store === undefined ? ["--db", db ?? ""] : ["--store", store])],
      ...[
        "--port",
        "0",
        "--timeout",
        store === undefined ? "400" : "2000",
        "--rate-limit",
        "0",
        ...(serves ? [] : ["--poll", "20"]),
      ],
      ...(store === undefined || serves ? [] : ["--lease", "3"]),
      ...(watchdog === undefined ? [] : ["--watchdog", `${watchdog}`]),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  let over = false;
  const ended = once(child, "close").then(([code]) => {
    over = true;
    running.delete(child);
    return code as number | null;
  });
  return {
    ended,
    hasEnded: () => over,
    output: () => output,
    async url() {
      const found = await until("the indexer listens", () => over || /Indexer at (\S+)\n/.exec(output), 20_000);
      if (found === true) throw new Error(`The indexer has ended: ${tail(output)}`);
      return found?.[1] as string;
    },
    async kill(signal) {
      child.kill(signal);
      return ended;
    },
    async suspend(duration) {
      child.kill("SIGSTOP");
      await sleep(duration);
      child.kill("SIGCONT");
    },
    async limitFiles(bytes) {
      await promisify(execFile)("prlimit", ["--pid", `${child.pid}`, `--fsize=${bytes}:`]);
    },
  };
}

/** The last lines. */
export const tail = (output: string): string => output.split("\n").slice(-8).join("\n");
