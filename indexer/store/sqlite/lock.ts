import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { FatalError } from "../../ingest/errors.ts";

/**
 * Makes this process the one writer of a database, until `release` or its end: the system lets go of the lock however the
 * process ends. It is on a file beside the database, so that readers are not kept out. Throws {@link FatalError} when
 * another process, or this one, holds it.
 */
export function lockDatabase(file: string): { release(): void } {
  const lock = new Database(`${realPath(file)}-lock`, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError) || error.code !== "SQLITE_BUSY") throw error;
    throw new FatalError(`Another indexer writes the database ${file}: there can be only one. Give another --db.`);
  }
  return { release: () => lock.close() };
}

// A file has one lock, by whichever name it is opened.
const realPath = (file: string): string =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
