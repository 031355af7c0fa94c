import pg from "pg";
import { IntegrityError } from "../../fold/step.ts";
import { FatalError } from "../../ingest/errors.ts";
import { StorageError } from "../store.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const DAMAGES = ["XX001", "XX002"];
const WRONG_VALUES = ["22003", "22P02"];
/** Of what only a person can put right: authorization, no such database, no permission. */
const REFUSALS = /^(28|3D|42501)/;
const UNIQUE = "23505";
/** XX000 is what the server didn't expect itself: on a full disk it says so when it can't write a file of its own. */
const MAY_PASS = /^(08|25|40|53|55|57|58|XX000)/;

/**
 * The error as {@link StorageError} where it may pass, as {@link FatalError} where bytes are wrong or the server refuses
 * us, as `IntegrityError` where no chain gives rows like those that were written, any other as it is. Messages name the
 * server as `shown`, without user and password.
 */
export function storageError(shown: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageError || error instanceof FatalError) return error;
  const { code, message } = error as Error & { code?: string };
  if (!(error instanceof pg.DatabaseError)) return code === undefined && !isLost(message) ? error : away(shown, error);
  if (code === undefined) return error;
  if (DAMAGES.includes(code))
    return new FatalError(`The database ${shown} is damaged: ${message} (${code}). Restore a backup of it.`, {
      cause: error,
    });
  if (REFUSALS.test(code))
    return new FatalError(`The server of the database ${shown} refuses: ${message} (${code}).`, { cause: error });
  if (WRONG_VALUES.includes(code))
    return new IntegrityError("Events came with a number that is too large.", { cause: error });
  if (code === UNIQUE)
    return new IntegrityError(`A row of ${error.table} was added twice: one event was read twice.`, { cause: error });
  if (code.startsWith("23"))
    return new IntegrityError(`Events came that contradict others: ${message}.`, { cause: error });
  if (MAY_PASS.test(code)) return away(shown, error);
  return error;
}

/** What pg says of a connection that broke. */
const isLost = (message: string): boolean => /connection|timeout|closed|ended/i.test(message);

function away(shown: string, error: Error & { code?: string | undefined }): StorageError {
  const why = `${error.message || "it can't be reached"}${error.code === undefined ? "" : ` (${error.code})`}`;
  return new StorageError(`The database ${shown} can't be used now: ${why}.`, { cause: error });
}
