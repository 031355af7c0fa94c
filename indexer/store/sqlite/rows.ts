import Database from "better-sqlite3";
import type { RowChange } from "../../fold/changes.ts";
import type { Load } from "../../fold/identity-map.ts";
import type { TableName } from "../../fold/kinds.ts";
import { IntegrityError } from "../../fold/step.ts";
import { boundTo, keyValues, layoutOf, rowOf, type TableLayout, tables, type Values } from "../tables.ts";
import { createBulk } from "./bulk.ts";
import type { Db } from "./database.ts";

/** The tables that are folded, row by row. */
export interface StoredRows {
  load: Load;
  /** Writes changes; throws `IntegrityError` where a row is added whose key is there. The transaction must then be undone. */
  write(changes: readonly RowChange[]): void;
}

/** One table's statements. */
interface Statements {
  find(key: readonly unknown[]): unknown[] | undefined;
  write(before: Values | undefined, after: Values | undefined): void;
  flush(): void;
  forget(): void;
}

export function createStoredRows(db: Db): StoredRows {
  const statements = new Map(tables.map((table) => [table.name, statementsOf(db, table)]));

  return {
    load(name, key) {
      const table = layoutOf(name);
      const found = (statements.get(name) as Statements).find(keyValues<typeof name>(table, key));
      return found && rowOf<typeof name>(table, found);
    },
    write(changes) {
      let current: TableName | undefined;
      const write = ({ table, before, after }: RowChange) => {
        // A table's rows follow from those before it.
        if (current !== table && current !== undefined) statements.get(current)?.flush();
        current = table;
        statements.get(table)?.write(before as Values | undefined, after as Values | undefined);
      };
      try {
        for (const change of changes) write(change);
        if (current !== undefined) statements.get(current)?.flush();
      } catch (error) {
        for (const { forget } of statements.values()) forget();
        if (!isConflict(error)) throw error;
        throw new IntegrityError(`A row of ${current} was added twice: one event was read twice.`, { cause: error });
      }
    },
  };
}

function statementsOf(db: Db, { name, fields, key, changing }: TableLayout): Statements {
  const where = key.map(({ column }) => `${column} = ?`).join(" AND ");
  const find = db
    .prepare<unknown[], unknown[]>(`SELECT ${fields.map(({ column }) => column)} FROM ${name} WHERE ${where}`)
    .raw()
    .safeIntegers();
  const inserted = createBulk(db, name, fields.length);
  const update = db.prepare<unknown[]>(
    `UPDATE ${name} SET ${changing.map(({ column }) => `${column} = ?`)} WHERE ${where}`,
  );
  const remove = db.prepare<unknown[]>(`DELETE FROM ${name} WHERE ${where}`);
  const updated = [...changing, ...key];
  // Used for every row: arrays of so many values for each would be garbage by the million.
  const [ofAll, ofUpdated] = [fields, updated].map(({ length }) => new Array<unknown>(length));
  return {
    find: (key) => find.get(...key),
    write(before, after) {
      if (!after) remove.run(...boundTo(key, before as Values));
      else if (before) update.run(...boundTo(updated, after, ofUpdated));
      else inserted.add(boundTo(fields, after, ofAll));
    },
    flush: inserted.flush,
    forget: inserted.forget,
  };
}

const isConflict = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"].includes(error.code);
