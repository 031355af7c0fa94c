import type { Db } from "./database.ts";
import { createLogs } from "./logs.ts";
import { KEPT } from "./schema.ts";
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

/**
 * Throws `FatalError` where overwritten values can be found by reading them once: by the checksums of blocks, and in texts
 * by anything but printable ASCII.
 */
export function requireLegible(db: Db): void {
  for (const _ of createLogs(db).byBlock());
  for (const [table, columns] of asciiColumns(db))
    if (db.prepare(`SELECT 1 FROM ${table} WHERE concat(${columns}) GLOB '*[^ -~]*'`).get())
      throw damaged(db.name, `a text in the table ${table} isn't as it was written`);
}

/** Columns with hex or JSON of hex, by their tables: all but what people wrote. Logs have checksums. */
function asciiColumns(db: Db): Map<string, string[]> {
  const columns = db
    .prepare<[], { table: string; column: string }>(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
       WHERE t.type = 'table' AND c.type = 'TEXT' AND c.name NOT IN ('uri', 'changes', 'name', 'skeleton')`,
    )
    .all();
  const found = new Map<string, string[]>();
  for (const { table, column } of columns)
    if (!KEPT.includes(table)) found.set(table, [...(found.get(table) ?? []), column]);
  return found;
}

/** Rows that refer to none, a sentence for each of the first ten. */
export function orphansOf(db: Db): string[] {
  const logs = db
    .prepare<[number], { table: string; parent: string }>(
      `SELECT 'events' AS "table", 'blocks' AS parent FROM events
       WHERE block_number NOT IN (SELECT number FROM blocks) LIMIT ?`,
    )
    .all(MOST_TOLD);
  const others = db.prepare<[], { table: string; parent: string }>("PRAGMA foreign_key_check").all();
  return [...logs, ...others]
    .slice(0, MOST_TOLD)
    .map(({ table, parent }) => `A row of ${table} refers to a row of ${parent} that is not there.`);
}
