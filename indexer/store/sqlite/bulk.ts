import type { Db } from "./database.ts";

/** Rows that one SQL statement inserts: docs/performance.md, Writing rows. */
const AT_ONCE = 16;

/** Inserts rows of one table, several at once. */
export interface Bulk<Row extends unknown[]> {
  /** Adds a row, its values in the order of the columns; they must stay as they are until it is written. */
  add(...row: Row): void;
  /** Writes the rows that wait. */
  flush(): void;
  /** Drops the rows that wait, after the transaction failed. */
  forget(): void;
}

/** A table's {@link Bulk}. Any error of it leaves some rows written: the transaction must then be rolled back. */
export function createBulk<Row extends unknown[]>(db: Db, table: string, columns: number): Bulk<Row> {
  const row = `(${Array(columns).fill("?")})`;
  // OR FAIL, so that SQLite keeps no journal for each statement.
  const insert = (rows: number) => db.prepare(`INSERT OR FAIL INTO ${table} VALUES ${Array(rows).fill(row)}`);
  const [one, many] = [insert(1), insert(AT_ONCE)];
  let values: unknown[] = [];
  return {
    add(...row) {
      values.push(...row);
      if (values.length < AT_ONCE * columns) return;
      many.run(...values);
      values = [];
    },
    flush() {
      for (let at = 0; at < values.length; at += columns) one.run(...values.slice(at, at + columns));
      values = [];
    },
    forget() {
      values = [];
    },
  };
}
