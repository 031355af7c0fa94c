import { statSync } from "node:fs";
import type { Db } from "./database.ts";
import { StorageError, storageError } from "./storage.ts";

/** Pages of 4 KiB after which SQLite moves the write-ahead log into the database, as far as readers allow. */
const CHECKPOINT_PAGES = 8_000;
const MOST_BYTES = 64 * 2 ** 20;
const PATIENCE = 200;
const PAUSE = 10_000;

/** Bytes of a database's write-ahead log. */
export const walBytes = (db: Db): number => statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** Sets when SQLite empties the log by itself. */
export function configureWal(db: Db): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${MOST_BYTES}`);
}

/**
 * A function that keeps the log from growing without bound; call it after each transaction. The log can't be emptied
 * while anyone reads from it, and overlapping readers would keep it forever. Above `most` bytes the function waits a
 * moment for present readers, while new ones read the database itself. It does so at most once in `pause` ms.
 */
export function createWalKeeper(db: Db, most = MOST_BYTES, pause = PAUSE): () => void {
  let next = 0;
  return () => {
    if (db.memory || walBytes(db) <= most || Date.now() < next) return;
    const usual = db.pragma("busy_timeout", { simple: true });
    db.pragma(`busy_timeout = ${PATIENCE}`);
    try {
      db.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // On a full disk the log stays as it is, and nothing is lost.
      if (!(storageError(db, error) instanceof StorageError)) throw error;
    } finally {
      db.pragma(`busy_timeout = ${usual}`);
      next = Date.now() + pause;
    }
  };
}
