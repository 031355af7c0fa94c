import { type SpawnOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A child process, watched by what it writes. */
export interface Child {
  pid: number;
  /** The first line so far that matches; throws with its last lines when the process has ended. */
  find(pattern: RegExp): RegExpExecArray | undefined;
  /** Ends it, by default with SIGTERM, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a process and keeps what it writes. */
export function startChild(command: string, args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr])
    createInterface({ input: output as NodeJS.ReadableStream }).on("line", (line) => lines.push(line));
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once("error", (error) => lines.push(error.message));
    child.once("close", () => {
      ended = true;
      resolve();
    });
  });

  return {
    pid: child.pid ?? 0,
    find(pattern) {
      if (ended) throw new Error(`${[command, ...args].join(" ")} ended too early:\n${lines.slice(-20).join("\n")}`);
      for (const line of lines) {
        const found = pattern.exec(line);
        if (found) return found;
      }
      return undefined;
    },
    async stop(signal = "SIGTERM") {
      if (!ended) child.kill(signal);
      await end;
    },
  };
}

/** Node's options to write a CPU profile when it ends; none without a directory. */
export const profiling = (directory: string | undefined): string[] =>
  directory === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${directory}`];
