import { statSync } from "node:fs";
import { StorageError } from "../store.ts";
import type { Db } from "./database.ts";
import type { Fence } from "./fence.ts";
import { storageError } from "./storage.ts";

/** After so many bytes SQLite moves the write-ahead log into the database, as far as readers allow. */
const CHECKPOINT_BYTES = 32 * 2 ** 20;
const MOST_BYTES = 64 * 2 ** 20;
/** How long the log may wait for present readers, in milliseconds. */
const PATIENCE = 200;
const PAUSE = 10_000;

/** Bytes of a database's write-ahead log. */
export const walBytes = (db: Db): number => statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;

/** Sets when SQLite empties the log by itself. */
export function configureWal(db: Db): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  const pages = Math.floor(CHECKPOINT_BYTES / (db.pragma("page_size", { simple: true }) as number));
  db.pragma(`wal_autocheckpoint = ${pages}`);
  db.pragma(`journal_size_limit = ${MOST_BYTES}`);
}

/**
 * Moves the log into the database: `PASSIVE` what readers allow, `TRUNCATE` all of it after a moment's wait for them. On a
 * full disk the log stays as it is, and nothing is lost.
 */
export function moveWal(db: Db, how: "PASSIVE" | "TRUNCATE" = "TRUNCATE"): void {
  if (db.memory) return;
  const usual = db.pragma("busy_timeout", { simple: true });
  db.pragma(`busy_timeout = ${PATIENCE}`);
  try {
    db.pragma(`wal_checkpoint(${how})`);
  } catch (error) {
    const reason = storageError(db, error);
    if (!(reason instanceof StorageError)) throw reason;
  } finally {
    db.pragma(`busy_timeout = ${usual}`);
  }
}

/**
 * A function that keeps the log short; call it after each transaction. What was written is in the database itself at most
 * `pause` ms later, so that a copy of the file without its log is not much older. The log can't be emptied while anyone
 * reads from it, and overlapping readers would keep it forever: above `most` bytes, and at most once in `pause` ms, the
 * function waits a moment for present readers, while new ones read the database itself.
 */
export function createWalKeeper(db: Db, fence: Fence, most = MOST_BYTES, pause = PAUSE): () => void {
  let next = Number.NEGATIVE_INFINITY;
  let isDue = false;
  const moveWhole = () => {
    isDue = false;
    if (db.open && !db.inTransaction && fence() === undefined) moveWal(db, "PASSIVE");
  };
  return () => {
    if (db.memory) return;
    if (!isDue) setTimeout(moveWhole, pause).unref();
    isDue = true;
    if (walBytes(db) <= most || performance.now() < next) return;
    moveWal(db);
    next = performance.now() + pause;
  };
}
