import type { Db } from "./database.ts";

/** Rows that one SQL statement inserts: docs/performance.md, Writing rows. */
const AT_ONCE = 16;

/** Inserts rows of one table, several at once. */
export interface Bulk<Row extends readonly unknown[]> {
  /** Adds a row, its values in the order of the columns; bytes must stay as they are until it is written. */
  add(row: Row): void;
  /** Writes the rows that wait. */
  flush(): void;
  /** Drops the rows that wait, after the transaction failed. */
  forget(): void;
}

/** A table's {@link Bulk}. Any error of it leaves some rows written: the transaction must then be rolled back. */
export function createBulk<Row extends readonly unknown[]>(db: Db, table: string, columns: number): Bulk<Row> {
  const row = `(${Array(columns).fill("?")})`;
  // OR FAIL, so that SQLite keeps no journal for each statement.
  const insert = (rows: number) => db.prepare(`INSERT OR FAIL INTO ${table} VALUES ${Array(rows).fill(row)}`);
  const [one, many] = [insert(1), insert(AT_ONCE)];
  const values = new Array<unknown>(AT_ONCE * columns).fill(null);
  let filled = 0;
  return {
    add(row) {
      for (let i = 0; i < columns; i++) values[filled++] = row[i];
      if (filled < values.length) return;
      filled = 0;
      many.run(...values);
    },
    flush() {
      const waiting = values.slice(0, filled);
      filled = 0;
      for (let at = 0; at < waiting.length; at += columns) one.run(...waiting.slice(at, at + columns));
    },
    forget() {
      filled = 0;
    },
  };
}
