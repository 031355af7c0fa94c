import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { type Child, profiling, startChild } from "./child.ts";
import type { Contender, Outcome, Task } from "./contender.ts";

// The indexers of one process and one SQLite file.

/** Proofboard as anyone runs it: every check on. */
export const proofboard = embedded(
  "proofboard",
  "../../indexer/start.js",
  () => ["--port", "0"],
  async (child, task) => {
    const listening = child.find(/Indexer at (http:\S+)/);
    if (!listening) return false;
    const answer = await fetch(`${listening[1]}/readyz`);
    return answer.ok && ((await answer.json()) as { blockNumber: number }).blockNumber === task.chain.head;
  },
);

/** The least that any indexer must do: see floor/main.ts. */
export const floor = embedded(
  "floor",
  "floor/main.ts",
  ({ span }) => ["--span", `${span}`],
  async (child) => child.find(/^done$/) !== undefined,
);

function embedded(
  name: string,
  program: string,
  argsOf: (task: Task) => string[],
  ready: (child: Child, task: Task) => Promise<boolean>,
): Contender {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return {
    name,
    rounds: 5,
    obstacle: async () => undefined,
    async prepare(task) {
      const db = join(task.directory, "index.sqlite");
      const args = ["--rpc", task.chain.url, "--deployment", task.deployment, "--db", db, ...argsOf(task)];
      return {
        helpers: [],
        start() {
          const child = startChild(process.execPath, [...profiling(task.profile), path, ...args]);
          return {
            pid: child.pid,
            ready: () => ready(child, task),
            outcome: async () => readOutcome(db),
            stop: () => child.stop(),
          };
        },
        release: async () => {},
      };
    },
  };
}

function readOutcome(file: string): Outcome {
  const db = new Database(file, { readonly: true });
  try {
    const count = (table: string) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
    const ranking = db.prepare(
      `SELECT lower(account) || ' ' || points || ' ' || last_seq FROM entries WHERE last_seq > 0
       ORDER BY points DESC, last_seq`,
    );
    return { events: count("events"), attestations: count("attestations"), ranking: ranking.pluck().all() as string[] };
  } finally {
    db.close();
  }
}
