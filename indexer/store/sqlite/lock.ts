import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { FatalError } from "../../ingest/errors.ts";

/**
 * Makes this process the one writer of a database, until `release` or its end: the system lets go of the lock however the
 * process ends. It is on a file beside the database, so that readers are not kept out. Throws {@link FatalError} when
 * another process, or this one, holds it, and for a file with two names: each would have a log and a lock of its own
 * (https://www.sqlite.org/howtocorrupt.html, section 2.5).
 */
export function lockDatabase(file: string): { release(): void } {
  const links = statSync(file, { throwIfNoEntry: false })?.nlink ?? 1;
  if (links > 1)
    throw new FatalError(
      `The database ${file} has ${links} names (hard links), and SQLite would keep a log for each. Delete the others, or copy the file.`,
    );
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
