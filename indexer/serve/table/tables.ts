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

/** Tables as temporary files, deleted after the last reader. */
export function createTables(state: Pick<State, "deployment" | "files">) {
  const written = new Map<string, Promise<() => Table>>();
  const workers = new Set<Worker>();
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

  function run(task: TableTask): Promise<TableState> {
    const worker = new Worker(new URL("writer.ts", import.meta.url), { workerData: task });
    workers.add(worker);
    const deadline = setTimeout(() => worker.terminate(), LONGEST_WRITING);
    return new Promise<TableState>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new ProblemError(503, "The table was not written in time.")));
    }).finally(() => {
      clearTimeout(deadline);
      workers.delete(worker);
    });
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
      for (const worker of workers) void worker.terminate();
    },
  };
}
