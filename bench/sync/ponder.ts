import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { profiling, startChild } from "./child.ts";
import type { Contender, Outcome, Running, Task } from "./contender.ts";
import { freePort, postgresObstacle, startPostgres } from "./postgres.ts";

const project = fileURLToPath(new URL("../peers/ponder", import.meta.url));
const program = join(project, "node_modules/ponder/dist/esm/bin/ponder.js");

/** Ponder on PostgreSQL, as its manual advises for production; the server's CPU time and memory count as its own. */
export const ponderPostgres: Contender = {
  name: "ponder-postgres",
  rounds: 1,
  async obstacle() {
    return (await postgresObstacle()) ?? (await install());
  },
  async prepare(task) {
    const [postgres, port] = [await startPostgres(), await freePort()];
    return {
      helpers: [postgres.pid],
      start: () => start(task, port, { DATABASE_URL: postgres.url }),
      release: () => postgres.stop(),
    };
  },
};

/** Ponder on the PostgreSQL in WebAssembly that it brings along. */
export const ponderPglite: Contender = {
  name: "ponder-pglite",
  rounds: 1,
  obstacle: install,
  async prepare(task) {
    const port = await freePort();
    return {
      helpers: [],
      start: () => start(task, port, { BENCH_PGLITE: join(task.directory, "pglite") }),
      release: async () => {},
    };
  },
};

/** Installs Ponder as its lock file says, where it is missing. */
async function install(): Promise<undefined> {
  if (existsSync(program)) return;
  await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: project });
}

/** Starts Ponder on a PostgreSQL server; answers where its API is. */
export async function startPonder(task: StartTask, database: string): Promise<{ running: Running; url: string }> {
  const port = await freePort();
  return { running: start(task, port, { DATABASE_URL: database }), url: urlOf(port) };
}

type StartTask = Pick<Task, "chain" | "deployment" | "profile">;

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

function start(task: StartTask, port: number, database: Record<string, string>): Running {
  const url = urlOf(port);
  const options = ["--root", project, "--schema", "bench", "--hostname", "127.0.0.1", "--port", `${port}`];
  const child = startChild(process.execPath, [...profiling(task.profile), program, "start", ...options], {
    cwd: project,
    env: {
      ...process.env,
      ...{
        BENCH_RPC: task.chain.url,
        BENCH_DEPLOYMENT: task.deployment,
        PONDER_TELEMETRY_DISABLED: "1",
        NO_COLOR: "1",
      },
      ...database,
    },
  });
  return {
    pid: child.pid,
    // By its log, since asking its API would cost it queries. What isn't final by its own count it indexes after it
    // has called itself ready, a block at a time.
    ready: async () => child.find(new RegExp(`Indexed block .*number=${task.chain.head}\\b`)) !== undefined,
    outcome: async () => (await (await fetch(`${url}/outcome`)).json()) as Outcome,
    stop: () => child.stop(),
  };
}
