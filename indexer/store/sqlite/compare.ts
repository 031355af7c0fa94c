import type { Db } from "./database.ts";
import { KEPT } from "./schema.ts";

/** Of `sqlite_schema`. */
interface Item {
  type: string;
  name: string;
  sql: string;
}

interface Column {
  name: string;
  pk: number;
}

/**
 * Where the tables, indexes and rows of a database differ from those of the one that is attached as `folded`, a sentence
 * each, at most `most`: of everything that follows from the logs, and of the logs. Both are read by their keys, without a
 * copy.
 */
export function differencesFromFolded(db: Db, most: number): string[] {
  const found: string[] = [];
  for (const sentence of differences(db)) if (found.push(sentence) === most) break;
  return found;
}

function* differences(db: Db): Generator<string> {
  const [ours, theirs] = [itemsOf(db, "main"), itemsOf(db, "folded")];
  for (const [name, { sql }] of theirs) if (ours.get(name)?.sql !== sql) yield `${name} is missing, or made otherwise.`;
  for (const name of ours.keys()) if (!theirs.has(name)) yield `${name} is too much.`;
  const tables = [...theirs.values()].flatMap(({ type, name }) => (type === "table" ? [name] : []));
  for (const table of [...tables, "events"]) {
    if (table === "writer" || (table !== "events" && !ours.has(table))) continue;
    for (const row of without(db, table, "main", "folded")) yield `${table} has a row too many: ${shown(row)}`;
    for (const row of without(db, table, "folded", "main")) yield `${table} lacks a row: ${shown(row)}`;
  }
}

/** What follows from the logs; how tables of the logs were made is seen by reading them. */
function itemsOf(db: Db, schema: string): Map<string, Item> {
  const all = db.prepare<[], Item>(`SELECT type, name, sql FROM ${schema}.sqlite_schema WHERE sql IS NOT NULL`).all();
  return new Map(all.filter(({ name }) => !KEPT.includes(name)).map((item) => [item.name, item]));
}

/** Rows of a table in one file that aren't in the other. */
function without(db: Db, table: string, one: string, other: string): IterableIterator<Record<string, unknown>> {
  const columns = db.prepare<[], Column>(`PRAGMA folded.table_info(${table})`).all();
  const keys = columns.filter(({ pk }) => pk > 0).map(({ name }) => `b.${name} = a.${name}`);
  // Keys may compare letters in any case.
  const values = columns.map(({ name }) => `b.${name} IS a.${name} COLLATE BINARY`);
  return db
    .prepare<[], Record<string, unknown>>(
      `SELECT * FROM ${one}.${table} AS a
       WHERE NOT EXISTS (SELECT 1 FROM ${other}.${table} AS b WHERE ${[...keys, ...values].join(" AND ")})`,
    )
    .safeIntegers()
    .iterate();
}

const LONGEST = 500;

function shown(row: Record<string, unknown>): string {
  const json = JSON.stringify(row, (_, value) => {
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    return value?.type === "Buffer" ? Buffer.from(value.data).toString("hex") : value;
  });
  return json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json;
}
