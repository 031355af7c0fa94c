import { readFileSync } from "node:fs";
import { tables } from "../tables.ts";

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

/** Columns with what people wrote, by their tables: see `words` in tables.ts. */
const words = new Map(
  tables.map(({ name, fields }) => [
    name as string,
    fields.filter(({ type }) => type === "words").map(({ column }) => column),
  ]),
);

/**
 * The tables of SQLite's SQL as PostgreSQL makes them. Types have other names; texts are compared by their bytes, as there;
 * what people wrote is bytes, for a text can't hold every character here. References aren't kept: rows come from one fold,
 * and are compared with those of SQLite, which keeps them.
 */
const inPostgres = (sql: string): string =>
  sql.replaceAll(/CREATE TABLE (\w+) \(([^;]*)\) STRICT(?:, WITHOUT ROWID)?;/g, (_, table: string, body: string) => {
    const columns = body
      .replaceAll(/ REFERENCES \w+( DEFERRABLE INITIALLY DEFERRED)?| COLLATE NOCASE/g, "")
      .replaceAll(/(\w+) TEXT\b/g, (_, column: string) =>
        words.get(table)?.includes(column) ? `${column} bytea` : `${column} text COLLATE "C"`,
      )
      .replaceAll(/\bINTEGER\b/g, "bigint")
      .replaceAll(/\bBLOB\b/g, "bytea");
    return `CREATE TABLE ${table} (${columns});`;
  });

/** What was read from the chain. */
export const logsSql = inPostgres(read("logs.sql"));

/** What follows from the logs. Accounts are found in any case of their letters, as in SQLite. */
export const rowsSql = `${inPostgres(read("rows.sql"))}
CREATE INDEX entries_in_any_case ON entries (season_id, lower(account));`;

/** Indexes that are built once the first blocks are read, if they aren't there yet. */
export const indexesSql = read("indexes.sql").replaceAll(" INDEX ", " INDEX IF NOT EXISTS ");
