import { existsSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { FatalError } from "../../ingest/errors.ts";
import { APPLICATION_ID, isOurs } from "./identity.ts";
import { versionOf } from "./schema.ts";
import { storageError } from "./storage.ts";

/**
 * Makes this process the one writer of a database, until `release` or its end: the system lets go of the lock however the
 * process ends. It is on a file beside the database, so that readers are not kept out. Throws {@link FatalError} when
 * another process, or this one, holds it, and for a file with two names: each would have a log and a lock of its own
 * (https://www.sqlite.org/howtocorrupt.html, section 2.5).
 */
export function lockDatabase(file: string): { release(): void } {
  requireDirectory(file);
  const links = statSync(file, { throwIfNoEntry: false })?.nlink ?? 1;
  if (links > 1)
    throw new FatalError(
      `The database ${file} has ${links} names (hard links), and SQLite would keep a log for each. Delete the others, or copy the file.`,
    );
  const taken = `Another indexer writes the database ${file}: there can be only one. Give another --db.`;
  const lock = hold(`${realPath(file)}-lock`, taken, () => {});
  return { release: () => lock.close() };
}

/**
 * Makes this process the one that writes a part of a file, and deletes what one that was killed left of it. The lock
 * beside it carries our application id, and nothing else: without that, a file that has the part's name is someone else's.
 * Throws {@link FatalError} then, and where another process writes it. `release` deletes the lock.
 */
export function lockPart(part: string): { release(): void } {
  requireDirectory(part);
  const file = `${part}-lock`;
  if (!isOurs(file) && existsSync(part))
    throw new FatalError(
      `${part} is there already, maybe of a backup that was stopped: delete it, or give another --to.`,
    );
  const taken = `Another backup writes the file ${part}: wait for it, or give another --to.`;
  const lock = hold(file, taken, (db) => {
    if (versionOf(db) > 0)
      throw new FatalError(`The file ${file} is a database, and no lock. It is left as it is. Give another --to.`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  });
  for (const left of [part, `${part}-journal`]) rmSync(left, { force: true });
  return {
    release() {
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

/** Locks a file after this preparation, and creates it; throws {@link FatalError} of this message where another has. */
function hold(file: string, taken: string, prepare: (lock: Database.Database) => unknown): Database.Database {
  let lock: Database.Database | undefined;
  try {
    lock = new Database(file, { timeout: 0 });
    prepare(lock);
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Database.SqliteError && error.code === "SQLITE_BUSY") throw new FatalError(taken);
    throw storageError({ name: file }, error);
  }
}

function requireDirectory(file: string): void {
  const directory = dirname(file);
  if (!existsSync(directory))
    throw new FatalError(`There is no directory ${directory}: create it, or give another path.`);
}

// A file has one lock, by whichever name it is opened.
const realPath = (file: string): string =>
  existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
