import Database from "better-sqlite3";
import { IntegrityError } from "../../fold/step.ts";
import { FatalError } from "../../ingest/errors.ts";
import { StorageError } from "../store.ts";

/** What may pass, and what to do about it. */
const reasons: Record<string, [reason: string, remedy: string]> = {
  SQLITE_FULL: ["the disk is full", "Make room on it."],
  SQLITE_BUSY: ["another process has locked it", "Wait for that process, or end it."],
  SQLITE_LOCKED: ["another connection has locked it", "Wait for that."],
  SQLITE_IOERR: ["the disk failed", 'Repair it, and then run "indexer check".'],
};
const refusals = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"];
const damages = ["SQLITE_CORRUPT", "SQLITE_NOTADB"];

/**
 * The error as {@link StorageError} where it may pass, as {@link FatalError} where bytes are wrong or the system refuses us
 * the file, as `IntegrityError` where no chain gives rows like those that were written, any other as it is.
 */
export function storageError({ name }: { name: string }, error: unknown): unknown {
  // better-sqlite3's word for a number above 2^63 − 1, which a node can make up.
  if (error instanceof RangeError && error.message.includes("too big"))
    return new IntegrityError("Events came with a number that is too large.", { cause: error });
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  if (damages.some((damage) => code.startsWith(damage))) return damaged(name, `${message} (${code})`, error);
  if (code.startsWith("SQLITE_CONSTRAINT"))
    return new IntegrityError(`Events came that contradict others: ${message}.`, { cause: error });
  if (refusals.some((refusal) => code.startsWith(refusal)))
    return new FatalError(
      `The database ${name} can't be opened: ${message} (${code}). Let this user write the file and its directory.`,
      { cause: error },
    );
  const [, found] = Object.entries(reasons).find(([reason]) => code.startsWith(reason)) ?? [];
  if (!found) return error;
  const [reason, remedy] = found;
  return new StorageError(`The database ${name} can't be written now: ${reason} (${code}). ${remedy}`, {
    cause: error,
  });
}

/** Bytes of a database were overwritten: no retry repairs that. */
export const damaged = (file: string, what: string, cause?: unknown): FatalError =>
  new FatalError(
    `The database ${file} is damaged: ${what}. Restore a backup, or delete the file and let the indexer read the chain again.`,
    { cause },
  );
