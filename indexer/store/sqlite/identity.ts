import { closeSync, openSync, readSync } from "node:fs";
import Database from "better-sqlite3";
import { FatalError } from "../../ingest/errors.ts";

/** "PRFB": marks a file as ours in SQLite's header, as `file` and SQLite's list of magic.txt know others. */
export const APPLICATION_ID = 0x50524642;

/** Tables of every file of ours: those of schema version 4 to 6 don't carry the id. */
const OUR_TABLES = ["origin", "progress", "blocks", "events"];

// https://www.sqlite.org/fileformat.html, section 1.3.
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_AT = 68;

/**
 * Whether a file holds an indexer's database; false where there is no file, or nothing in it. Only reads. Throws
 * {@link FatalError} for a file of anything else: it is never to be written or deleted.
 */
export function isOurs(file: string): boolean {
  const header = headerOf(file);
  if (header.length === 0) return false;
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC)
    throw foreign(file, "it is no SQLite database");
  const id = header.readUInt32BE(APPLICATION_ID_AT);
  if (id === APPLICATION_ID) return true;
  if (id !== 0) throw foreign(file, `its application id is 0x${id.toString(16)}`);
  const found = schemaOf(file);
  const isOfOurs = ({ type, name }: Item) => type === "table" && OUR_TABLES.includes(name);
  if (found.length > 0 && found.filter(isOfOurs).length < OUR_TABLES.length) {
    const { type, name } = found.find((item) => !isOfOurs(item)) ?? (found[0] as Item);
    throw foreign(file, `it has the ${type} "${name}"`);
  }
  return found.length > 0;
}

function headerOf(file: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const descriptor = openSync(file, "r");
    try {
      return header.subarray(0, readSync(descriptor, header));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return header.subarray(0, 0);
    throw new FatalError(
      `The database ${file} can't be read: ${(error as Error).message}. Let this user read it, or give another path.`,
    );
  }
}

/** A table, view, index or trigger. */
interface Item {
  type: string;
  name: string;
}

/** All but SQLite's own, whose names nobody else can give. */
function schemaOf(file: string): Item[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare<[], Item>("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
      .all();
  } catch (error) {
    throw foreign(file, `its tables can't be read (${(error as Error).message})`);
  } finally {
    db.close();
  }
}

const foreign = (file: string, reason: string): FatalError =>
  new FatalError(`The file ${file} is not an indexer's: ${reason}. It is left as it is. Give another path.`);
