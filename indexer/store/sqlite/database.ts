import { rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import type { Deployment } from "../../../sdk/deployment.ts";
import { FatalError } from "../../ingest/errors.ts";
import { APPLICATION_ID, isOurs } from "./identity.ts";
import { requireLegible, requireSound } from "./integrity.ts";
import { differenceOf, keepDeployment, setDeployment } from "./origin.ts";
import { createTables, isOutdated, versionOf } from "./schema.ts";
import { storageError } from "./storage.ts";
import { configureWal, moveWal } from "./wal.ts";

export type Db = Database.Database;

const BUSY_TIMEOUT = 1_000;
/** Bytes of a page in a new file: twice SQLite's own, for each page is a call to the system or two. docs/performance.md, Sync. */
const PAGE_SIZE = 8_192;
/** What SQLite may hold of a file in memory. */
export const CACHE_KIB = 64 * 1024;
/** Bytes of a file whose pages are checked at each opening, and of one whose values are: docs/operate.md, The database. */
const MOST_CHECKED = 512 * 2 ** 20;
const MOST_READ = 64 * 2 ** 20;

/**
 * Opens the file, or creates it for this deployment. Throws {@link FatalError} when it is another application's or
 * holds another deployment's rows, was written by a version that is newer, or too old, and when it is damaged.
 * One that `isOutdated` must be renewed before it is read.
 */
export function openDatabase(file: string, deployment: Deployment): Db {
  isOurs(file);
  const db = new Database(file, { timeout: BUSY_TIMEOUT });
  try {
    requireFitting(db, deployment);
    // Of no effect once there are pages.
    db.pragma(`page_size = ${PAGE_SIZE}`);
    // Before there is a log, for the file itself says whose it is.
    if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID)
      db.pragma(`application_id = ${APPLICATION_ID}`);
    configureWal(db);
    db.pragma("foreign_keys = ON");
    db.pragma(`cache_size = ${-CACHE_KIB}`);
    if (versionOf(db) === 0) createIn(db, deployment);
    else {
      const { size } = statSync(file);
      if (size <= MOST_CHECKED) requireSound(db, "quick_check");
      if (size <= MOST_READ && !isOutdated(db)) requireLegible(db);
      keepDeployment(db, deployment);
    }
    return db;
  } catch (error) {
    db.close();
    throw storageError(db, error);
  }
}

/** Opens a file that another thread or process may write. */
export const openReadonly = (file: string): Db => new Database(file, { readonly: true, timeout: BUSY_TIMEOUT });

/** Throws {@link FatalError} when there is no database of ours: what is done to one is no reason to create it. */
export function requireExisting(file: string): void {
  if (!isOurs(file)) throw new FatalError(`There is no database ${file}. Give another --db.`);
}

/** Throws {@link FatalError} when a database is of another deployment, or of a version that can't be read. */
export function requireFitting(db: Db, deployment: Deployment): void {
  const difference = differenceOf(db, deployment);
  if (difference !== undefined) throw new FatalError(`The database ${db.name} ${difference}`);
}

/**
 * Deletes a database of ours where {@link openDatabase} would refuse it as another deployment's; answers why, or undefined
 * where it stays. Throws {@link FatalError} for another application's file.
 */
export function deleteDifferent(file: string, deployment: Deployment): string | undefined {
  if (!isOurs(file)) return undefined;
  const db = new Database(file, { timeout: BUSY_TIMEOUT });
  try {
    const difference = differenceOf(db, deployment);
    if (difference === undefined) return undefined;
    db.close();
    for (const part of ["", "-wal", "-shm"]) rmSync(`${file}${part}`, { force: true });
    return `The database ${file} ${difference}`;
  } catch (error) {
    throw storageError(db, error);
  } finally {
    db.close();
  }
}

/** Makes an empty database this deployment's. */
export function createIn(db: Db, deployment: Deployment): void {
  db.transaction(() => {
    createTables(db);
    setDeployment(db, deployment);
  })();
  moveWal(db);
}
