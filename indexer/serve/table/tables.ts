import { once } from "node:events";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import type { Hex } from "viem";
import type { AsOf } from "../../../sdk/wire.ts";
import { ProblemError } from "../problems.ts";
import { readFrom } from "../reading.ts";
import { asOf, type State } from "../state.ts";
import type { TableState, TableTask } from "./writer.ts";

/** A table from its beginning, and the state that it shows. */
interface Table {
  asOf: AsOf;
  /** Must be read to its end or destroyed. */
  stream: Readable;
}

const MOST_WRITTEN = 2;
/** Less than a connection may be silent: `DEFAULT_LIMITS`. */
const LONGEST_WRITING = 50_000;
/** How long a thread that wrote a table waits for the next one, in milliseconds: to begin one takes longer than most tables. */
const LEISURE = 60_000;

/** Tables as temporary files, deleted after the last reader. */
export function createTables(state: Pick<State, "deployment" | "files">) {
  const written = new Map<string, Promise<() => Table>>();
  const workers = new Set<Worker>();
  const atLeisure: Worker[] = [];
  let leaving: NodeJS.Timeout | undefined;
  let writing = 0;

  function begin(season: number, forget: () => void): Promise<() => Table> {
    if (writing === MOST_WRITTEN)
      throw new ProblemError(503, `${MOST_WRITTEN} tables are being written already: try again later.`);
    writing++;
    return write(season, forget).finally(() => writing--);
  }

  async function write(season: number, forget: () => void): Promise<() => Table> {
    const directory = await mkdtemp(join(tmpdir(), "proofboard-table-"));
    try {
      const file = join(directory, "table.csv");
      const of = await run({ database: state.files.name, season, file });
      if (!of.season) throw new ProblemError(404, `There is no season ${season} any more.`);
      return readersOf(await open(file), asOf({ deployment: state.deployment, progress: of }, of.season), forget);
    } finally {
      // The open file stays until it is closed.
      await rm(directory, { recursive: true });
    }
  }

  function readersOf(handle: FileHandle, of: AsOf, forget: () => void): () => Table {
    let readers = 0;
    return () => {
      readers++;
      const stream = readFrom(handle, () => {
        readers--;
        if (readers > 0) return;
        forget();
        void handle.close();
      });
      return { asOf: of, stream };
    };
  }

  /** Has a thread write a table: one that is at leisure, or a new one. */
  async function run(task: TableTask): Promise<TableState> {
    clearTimeout(leaving);
    const worker = atLeisure.pop() ?? begun();
    worker.ref();
    const deadline = setTimeout(() => dismiss(worker), LONGEST_WRITING);
    const over = new AbortController();
    const { signal } = over;
    try {
      const ended = once(worker, "exit", { signal }).then(() => {
        throw new ProblemError(503, "The table was not written in time.");
      });
      worker.postMessage(task);
      const [state] = await Promise.race([once(worker, "message", { signal }), ended]);
      // Its time may have been over meanwhile.
      if (workers.has(worker)) atLeisure.push(worker);
      return state;
    } finally {
      over.abort();
      clearTimeout(deadline);
      worker.unref();
      clearTimeout(leaving);
      leaving = setTimeout(() => [...atLeisure].forEach(dismiss), LEISURE).unref();
    }
  }

  function begun(): Worker {
    const worker = new Worker(new URL("writer.ts", import.meta.url));
    workers.add(worker);
    // Who waits for it is told; without a listener it would end the process.
    worker.on("error", () => leave(worker));
    return worker.once("exit", () => leave(worker));
  }

  /** Nothing more is asked of a thread that ends. */
  function leave(worker: Worker): void {
    workers.delete(worker);
    const at = atLeisure.indexOf(worker);
    if (at >= 0) atLeisure.splice(at, 1);
  }

  function dismiss(worker: Worker): void {
    leave(worker);
    void worker.terminate();
  }

  return {
    /**
     * Writes the table as of now, or joins those who read that of this block already. Throws a problem of status 404 or
     * 503.
     */
    async open(season: number, blockHash: Hex): Promise<Table> {
      const name = `${season} ${blockHash}`;
      const forget = () => void written.delete(name);
      const table = written.get(name) ?? begin(season, forget);
      written.set(name, table);
      try {
        return (await table)();
      } catch (error) {
        forget();
        throw error;
      }
    },
    close(): void {
      clearTimeout(leaving);
      for (const worker of workers) dismiss(worker);
    },
  };
}
