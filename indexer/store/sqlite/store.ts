import { readFileSync, statSync } from "node:fs";
import type { Changes } from "../../fold/changes.ts";
import type { Load } from "../../fold/identity-map.ts";
import { FatalError } from "../../ingest/errors.ts";
import { type Blocks, createBlocks } from "./blocks.ts";
import type { Db } from "./database.ts";
import type { Fence } from "./fence.ts";
import { createLogs, type Logs } from "./logs.ts";
import { createStoredRows } from "./rows.ts";
import { empty } from "./schema.ts";
import { storageError } from "./storage.ts";
import { createUndo, type Undo } from "./undo.ts";
import { createUses, hasUses } from "./uses.ts";
import { createWalKeeper, walBytes } from "./wal.ts";

/** Where the database is. */
export interface Files {
  /** Path of the database file, for readers with their own connection. */
  name: string;
  /** Bytes of the database and of its write-ahead log. */
  sizes(): { database: number; log: number };
}

/** The writing side of the database. Call everything within {@link Store.atomically}. */
export interface Store {
  files: Files;
  /**
   * Does work in one transaction. Throws `StorageError` if the file can't be written at the moment, and `FatalError` where
   * the fence stops it or the file is damaged.
   */
  atomically<Result>(work: () => Result): Result;
  blocks: Blocks;
  logs: Logs;
  undo: Undo;
  /** Reads a row for the fold. */
  load: Load;
  /** Writes what the fold made, and the logs that were added. */
  write(changes: Pick<Changes, "rows">): void;
  /** Deletes what follows from the logs, or also these: all of the chain. */
  empty(what: "rows" | "chain"): void;
  /** Builds the indexes, and what models were used for, which a new file lacks until its first sync is complete. */
  complete(): void;
  /** Whether they are built: reads are slow without them. */
  isComplete(): boolean;
}

const indexes = readFileSync(new URL("indexes.sql", import.meta.url), "utf8");

/** The writing side of an open database, as long as `fence` allows. */
export function createStore(db: Db, fence: Fence = () => undefined): Store {
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
  return {
    files: { name: db.name, sizes: () => ({ database: sizeOf(db.name), log: walBytes(db) }) },
    atomically<Result>(work: () => Result) {
      try {
        const result = transaction.immediate(work) as Result;
        keepWalShort();
        return result;
      } catch (error) {
        logs.forget();
        throw storageError(db, error);
      }
    },
    blocks: createBlocks(db),
    logs,
    undo: createUndo(db, rows.load),
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

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
