import { readFileSync, statSync } from "node:fs";
import type { AddedMethod } from "../../decode/events.ts";
import { FatalError } from "../../ingest/errors.ts";
import { LOGS_AT_ONCE, type PresentStore, type StoredBlock } from "../store.ts";
import { createBlocks } from "./blocks.ts";
import type { Db } from "./database.ts";
import type { Fence } from "./fence.ts";
import { createLogs } from "./logs.ts";
import { createStoredRows } from "./rows.ts";
import { empty } from "./schema.ts";
import { storageError } from "./storage.ts";
import { createUndo } from "./undo.ts";
import { createUses, hasUses } from "./uses.ts";
import { createWalKeeper, walBytes } from "./wal.ts";

/** Where the database is. */
export interface Files {
  /** Path of the database file, for readers with their own connection. */
  name: string;
  /** Bytes of the database and of its write-ahead log. */
  sizes(): { database: number; log: number };
}

/** A store that is a file. */
export interface FileStore extends PresentStore {
  files: Files;
}

const indexes = readFileSync(new URL("../indexes.sql", import.meta.url), "utf8");

/** The writing side of an open database, as long as `fence` allows. */
export function createStore(db: Db, fence: Fence = () => undefined): FileStore {
  const logs = createLogs(db);
  const rows = createStoredRows(db);
  const keepWalShort = createWalKeeper(db, fence);
  const transaction = db.transaction((work: () => unknown) => {
    const reason = fence();
    if (reason !== undefined) throw new FatalError(reason);
    return work();
  });
  const inSchema = db.prepare<[string]>("SELECT 1 FROM sqlite_schema WHERE name = ?");
  const hasIndexes = () => inSchema.get("ledger_of_account") !== undefined;
  const methods = createMethods(db);

  function atomically<Result>(work: () => Result, undone: () => void): Result {
    try {
      const result = transaction.immediate(work) as Result;
      keepWalShort();
      return result;
    } catch (error) {
      logs.forget();
      undone();
      throw storageError(db, error);
    }
  }

  return {
    files: { name: db.name, sizes: () => ({ database: sizeOf(db.name), log: walBytes(db) }) },
    atomically,
    replay({ begin, each, end }, undone) {
      atomically(() => {
        begin();
        for (const blocks of inParts(logs.byBlock())) each(blocks);
        end();
      }, undone);
    },
    reading: (work) => work(),
    blocks: createBlocks(db),
    logs,
    undo: createUndo(db, rows.load),
    methods,
    load: rows.load,
    write(changes) {
      logs.flush();
      rows.write(changes.rows);
    },
    empty: (what) => empty(db, what === "rows" ? "logs" : "origin"),
    complete() {
      if (!hasUses(db)) createUses(db);
      if (!hasIndexes()) db.exec(indexes);
    },
    isComplete: () => hasIndexes() && hasUses(db),
  };
}

/** Reads the registry's list of verification methods, in order. */
export function createMethods(db: Db): () => AddedMethod[] {
  const all = db.prepare<[], AddedMethod>("SELECT id, address, block_number AS blockNumber FROM methods ORDER BY id");
  return () => all.all();
}

function* inParts(all: Iterable<StoredBlock>): Generator<StoredBlock[]> {
  let part: StoredBlock[] = [];
  let logs = 0;
  for (const block of all) {
    part.push(block);
    logs += block.logs.length;
    if (logs < LOGS_AT_ONCE) continue;
    yield part;
    [part, logs] = [[], 0];
  }
  yield part;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
