import Database from "better-sqlite3";

/** The database can't be read or written now. Another try may succeed once there is space, or a lock is released. */
export class StorageError extends Error {
  override name = "StorageError";
}

const reasons: Record<string, string> = {
  SQLITE_FULL: "the disk is full",
  SQLITE_BUSY: "another process has locked it",
  SQLITE_LOCKED: "another connection has locked it",
  SQLITE_IOERR: "the disk failed",
};

/** The error as {@link StorageError} where it may pass, any other as it is. */
export function storageError(db: Database.Database, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const found = Object.entries(reasons).find(([code]) => error.code.startsWith(code));
  if (!found) return error;
  return new StorageError(`The database ${db.name} can't be written now: ${found[1]} (${error.code}).`, {
    cause: error,
  });
}
