import type { Db } from "./database.ts";
import { damaged } from "./storage.ts";

/**
 * SQLite's own checks (https://www.sqlite.org/pragma.html): `quick_check` reads every page and finds what isn't in the
 * form of a table or has the wrong type; `integrity_check` also compares indexes with their tables.
 */
type Check = "quick_check" | "integrity_check";

const MOST_TOLD = 10;

/** What a check finds wrong, at most ten sentences. */
export function faultsOf(db: Db, check: Check): string[] {
  const found = db.prepare<[], string>(`PRAGMA ${check}(${MOST_TOLD})`).pluck().all();
  return found.length === 1 && found[0] === "ok" ? [] : found;
}

/** Throws `FatalError` where a check finds anything wrong. */
export function requireSound(db: Db, check: Check): void {
  const [fault] = faultsOf(db, check);
  if (fault !== undefined) throw damaged(db.name, fault);
}

/** Rows that refer to none, a sentence for each of the first ten. */
export function orphansOf(db: Db): string[] {
  return db
    .prepare<[], { table: string; parent: string }>("PRAGMA foreign_key_check")
    .all()
    .slice(0, MOST_TOLD)
    .map(({ table, parent }) => `A row of ${table} refers to a row of ${parent} that is not there.`);
}
