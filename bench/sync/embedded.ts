import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import manifest from "../../package.json" with { type: "json" };
import { type Child, profiling, startChild } from "./child.ts";
import type { Contender, Outcome, Task } from "./contender.ts";

// The indexers of one process and one SQLite file.

/** Node's options of `npm run indexer`, and the indexer. */
export const indexer = [...manifest.scripts.indexer.split(" ").slice(1, -1), inside("../../indexer/start.js")];

/** Whether an indexer has come to the chain's head. */
export async function isReady(child: Child, task: Task): Promise<boolean> {
  const listening = child.find(/Indexer at (http:\S+)/);
  if (!listening) return false;
  const answer = await fetch(`${listening[1]}/readyz`);
  return answer.ok && ((await answer.json()) as { blockNumber: number }).blockNumber === task.chain.head;
}

/** Proofboard with every check on that a node without receipts allows, and with those of receipts where they are asked for. */
export const proofboard = embedded(
  "proofboard",
  indexer,
  ({ receipts }) => ["--port", "0", ...(receipts ? [] : ["--no-receipts"])],
  isReady,
);

/** Proofboard that believes its node: it recomputes no hash of what it is told, nor those of blooms. */
export const trusting = embedded("trusting", indexer, () => ["--port", "0", "--trust-node", "--no-blooms"], isReady);

/** The least that any indexer must do: see floor/main.ts. */
export const floor = embedded(
  "floor",
  [inside("floor/main.ts")],
  ({ span }) => ["--span", `${span}`],
  async (child) => child.find(/^done$/) !== undefined,
);

function embedded(
  name: string,
  program: readonly string[],
  argsOf: (task: Task) => string[],
  ready: (child: Child, task: Task) => Promise<boolean>,
): Contender {
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
          const child = startChild(process.execPath, [...profiling(task.profile), ...program, ...args]);
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

function inside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
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
