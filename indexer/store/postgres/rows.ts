import type { RowChange } from "../../fold/changes.ts";
import type { Load } from "../../fold/identity-map.ts";
import type { TableName } from "../../fold/kinds.ts";
import { IntegrityError } from "../../fold/step.ts";
import { Missing } from "../store.ts";
import { boundTo, type Field, keyValues, layoutOf, rowOf, type TableLayout, tables, type Values } from "../tables.ts";
import type { Connection } from "./connection.ts";
import { copyLine } from "./copy.ts";

/** A row as the database has it, and as it will be; undefined where there is none. */
interface Pending {
  before: Values | undefined;
  after: Values | undefined;
}

/** The tables that are folded, as far as they are known here, and what is to be written of them. */
export interface HeldRows {
  load: Load;
  /** Throws `IntegrityError` where a row is added whose key is there. */
  change(changes: readonly RowChange[]): void;
  /** All rows are to be deleted before anything that is changed from now on. */
  empty(): void;
  /** The database had no rows when this was made, or they were deleted: what isn't known isn't there. */
  startWhole(): void;
  /** Rows that are wanted, beside those that {@link load} missed. */
  want(table: TableName, key: Values): void;
  /** Fetches what was missed. */
  fetch(db: Connection): Promise<void>;
  /** Writes what changed; it is known to be there from now on. */
  flush(db: Connection): Promise<void>;
  /** Drops what is to be written. */
  revert(): void;
  /** Drops all that is known. */
  forget(): void;
}

/** Rows of all tables that are known at least; at most twice as many. */
const MOST_KNOWN = 200_000;

const nameOf = (table: TableLayout, row: Values): string => keyValues(table, row as never).join(" ");

export function createHeldRows(): HeldRows {
  /** By table and key; null where there is none. What was used lately is in the first. */
  let [young, old] = [newMaps<Values | null>(), newMaps<Values | null>()];
  let known = 0;
  let isWhole = false;
  let pending = newMaps<Pending>();
  let isEmptied = false;
  let missed = newMaps<Values>();

  function remember(name: TableName, key: string, row: Values | null): void {
    const table = young.get(name) as Map<string, Values | null>;
    if (!table.has(key)) known++;
    table.set(key, row);
    if (known < MOST_KNOWN) return;
    if ([...old.values()].some(({ size }) => size > 0)) isWhole = false;
    [young, old, known] = [newMaps(), young, 0];
  }

  function recall(name: TableName, key: string): Values | null | undefined {
    const found = young.get(name)?.get(key);
    if (found !== undefined) return found;
    const before = old.get(name)?.get(key);
    if (before !== undefined) remember(name, key, before);
    return before;
  }

  function find(name: TableName, table: TableLayout, key: Values): Values | undefined {
    const text = nameOf(table, key);
    const changed = pending.get(name)?.get(text);
    if (changed) return changed.after;
    if (isEmptied) return undefined;
    const found = recall(name, text);
    if (found !== undefined) return found ?? undefined;
    if (isWhole) return undefined;
    missed.get(name)?.set(text, key);
    throw new Missing();
  }

  function change(name: TableName, before: Values | undefined, after: Values | undefined): void {
    const table = layoutOf(name);
    const all = pending.get(name) as Map<string, Pending>;
    const key = nameOf(table, (after ?? before) as Values);
    const earlier = all.get(key);
    if (!before && earlier?.after)
      throw new IntegrityError(`A row of ${name} was added twice: one event was read twice.`);
    all.set(key, { before: earlier ? earlier.before : before, after });
  }

  return {
    load: (name, key) => find(name, layoutOf(name), key as Values) as never,
    change(changes) {
      for (const { table, before, after } of changes)
        change(table, before as Values | undefined, after as Values | undefined);
    },
    empty() {
      pending = newMaps();
      isEmptied = true;
    },
    startWhole() {
      isWhole = true;
    },
    want(name, key) {
      const table = layoutOf(name);
      const text = nameOf(table, key);
      if (!isWhole && recall(name, text) === undefined) missed.get(name)?.set(text, key);
    },
    async fetch(db) {
      const wanted = missed;
      missed = newMaps();
      for (const [name, keys] of wanted) {
        if (keys.size === 0) continue;
        const table = layoutOf(name);
        for (const key of keys.keys()) remember(name, key, null);
        for (const values of await db.rows(selectOf(table), ...columnsOf(table.key, [...keys.values()]))) {
          const row = rowOf(table, values) as unknown as Values;
          remember(name, nameOf(table, row), row);
        }
      }
    },
    async flush(db) {
      if (isEmptied) {
        [young, old, known] = [newMaps(), newMaps(), 0];
        isWhole = true;
      }
      const changed = [...pending].filter(([, rows]) => rows.size > 0);
      // A table's rows follow from those before it.
      for (const [name, rows] of changed.toReversed()) await remove(db, layoutOf(name), [...rows.values()]);
      for (const [name, rows] of changed) {
        await put(db, layoutOf(name), [...rows.values()]);
        for (const [key, { after }] of rows) remember(name, key, after ?? null);
      }
      pending = newMaps();
      isEmptied = false;
    },
    revert() {
      pending = newMaps();
      isEmptied = false;
    },
    forget() {
      [young, old, known] = [newMaps(), newMaps(), 0];
      missed = newMaps();
      isWhole = false;
    },
  };
}

const newMaps = <Value>(): Map<TableName, Map<string, Value>> => new Map(tables.map(({ name }) => [name, new Map()]));

async function remove(db: Connection, table: TableLayout, changed: readonly Pending[]): Promise<void> {
  const removed = changed.flatMap(({ before, after }) => (before && !after ? [before] : []));
  if (removed.length > 0) await db.rows(removalOf(table), ...columnsOf(table.key, removed));
}

async function put(db: Connection, table: TableLayout, changed: readonly Pending[]): Promise<void> {
  const updated = changed.flatMap(({ before, after }) => (before && after ? [after] : []));
  const added = changed.flatMap(({ before, after }) => (!before && after ? [after] : []));
  if (updated.length > 0) await db.rows(updateOf(table), ...columnsOf([...table.key, ...table.changing], updated));
  if (added.length > 0)
    await db.copy(
      table.name,
      namesOf(table.fields),
      added.map((row) => copyLine(storedAs(table.fields, row))).join(""),
    );
}

/** Values of a row as PostgreSQL stores them: what people wrote as bytes. */
const storedAs = (fields: readonly Field[], row: Values): unknown[] =>
  boundTo(fields, row).map((value, i) =>
    fields[i]?.type === "words" && typeof value === "string" ? Buffer.from(value) : value,
  );

/** An array for each field, of its values in all rows. */
function columnsOf(fields: readonly Field[], rows: readonly Values[]): unknown[][] {
  const stored = rows.map((row) => storedAs(fields, row));
  return fields.map((_, i) => stored.map((values) => values[i] ?? null));
}

const namesOf = (fields: readonly Field[]): string[] => fields.map(({ column }) => column);

const typeOf = ({ type }: Field): string =>
  type === "words" ? "bytea" : type === "text" || type === "json" ? "text" : "bigint";

/** `unnest` of an array for each field, named `given`. */
const given = (fields: readonly Field[]): string =>
  `unnest(${fields.map((field, i) => `$${i + 1}::${typeOf(field)}[]`)}) AS given (${namesOf(fields)})`;

const matching = ({ name, key }: TableLayout): string =>
  key.map(({ column }) => `${name}.${column} = given.${column}`).join(" AND ");

const selectOf = (table: TableLayout): string =>
  `SELECT ${table.fields.map(({ column }) => `${table.name}.${column}`)} FROM ${given(table.key)}
   JOIN ${table.name} ON ${matching(table)}`;

const removalOf = (table: TableLayout): string =>
  `DELETE FROM ${table.name} USING ${given(table.key)} WHERE ${matching(table)}`;

const updateOf = (table: TableLayout): string =>
  `UPDATE ${table.name} SET ${table.changing.map(({ column }) => `${column} = given.${column}`)}
   FROM ${given([...table.key, ...table.changing])} WHERE ${matching(table)}`;
