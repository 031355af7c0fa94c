import type { RowChange } from "./changes.ts";
import { type KeyOf, kinds, type RowOf, type TableName } from "./kinds.ts";

/** How rows of one table are identified. A row contains its key, and is never changed in place. */
export interface Kind<Key, Row extends Key> {
  /** A key has two parts: a group, of a small number of groups, and a name within the group. */
  group(key: Key): unknown;
  name(key: Key): unknown;
  /** Whether a row is rarely needed again, so that it is dropped once its change is taken; defaults to never. */
  isDone?(row: Row): boolean;
}

/** Rows that the fold adds and never looks at again. */
export interface Once<Row> {
  once: true;
  /** Only its type is used. */
  row?: Row;
}

/** Rows of one table as the events so far leave them. */
export interface Table<Key, Row extends Key> extends Added<Row> {
  get(key: Key): Row | undefined;
  /** Adds a row, or replaces the one of its key. */
  set(row: Row): void;
  remove(key: Key): void;
}

interface Added<Row> {
  /**
   * Adds a row without looking whether the store has one of its key: then the store refuses the change. Answers false,
   * and adds nothing, where one is held.
   */
  add(row: Row): boolean;
}

/** What the steps of events read and write. */
export type Rows = {
  readonly [T in TableName]: (typeof kinds)[T] extends Kind<infer Key, infer Row> ? Table<Key, Row> : Added<RowOf<T>>;
};

/**
 * Reads a row of the store. If it throws, the held rows stay as they were, and the same fold gives the same changes later.
 * So an asynchronous store may throw for a missing row, fetch it and fold again; a store in this process just reads it.
 */
export type Load = <T extends TableName>(table: T, key: KeyOf<T>) => RowOf<T> | undefined;

/** An identity map of the store's rows: each is loaded once, replaced in memory, and its change taken once. */
export interface IdentityMap {
  rows: Rows;
  /** What changed since the last time: a row each, before and after, by table and in the order in which it first did. */
  take(): RowChange[];
  /** Goes back to what was last taken. */
  revert(): void;
  /** Drops what is held, unless it is little; to be called when all that was taken is stored. */
  trim(): void;
  /** Drops what is held: what was taken was not stored, or the store changed by another way. */
  forget(): void;
}

type AnyRow = RowOf<TableName>;
type AnyKind = Kind<object, object>;

/** What {@link createIdentityMap} asks of each table. */
interface HeldTable extends Table<object, object> {
  take(into: (before: object | undefined, after: object | undefined) => void): void;
  revert(): void;
  trim(): void;
  forget(): void;
}

const MOST_HELD = 50_000;

export function createIdentityMap(load: Load): IdentityMap {
  const tables = Object.entries(kinds).map(([name, kind]): [TableName, HeldTable] => {
    const table = name as TableName;
    const held =
      "once" in kind
        ? createLog()
        : createTable(kind as unknown as AnyKind, (key) => load(table, key as never) as AnyRow | undefined);
    return [table, held];
  });
  return {
    rows: Object.fromEntries(tables) as unknown as Rows,
    take() {
      const changes: unknown[] = [];
      for (const [table, held] of tables) held.take((before, after) => changes.push({ table, before, after }));
      return changes as RowChange[];
    },
    revert() {
      for (const [, held] of tables) held.revert();
    },
    trim() {
      for (const [, held] of tables) held.trim();
    },
    forget() {
      for (const [, held] of tables) held.forget();
    },
  };
}

interface Held<Row> {
  before: Row | undefined;
  row: Row | undefined;
}

/** The rows of one table; `load` finds what isn't held. */
export function createTable<Key, Row extends Key>(
  kind: Kind<Key, Row>,
  load: (key: Key) => Row | undefined,
): Table<Key, Row> & Pick<HeldTable, "revert" | "trim" | "forget"> & { take(into: Taker<Row>): void } {
  const groups = new Map<unknown, Map<unknown, Held<Row>>>();
  let last: { name: unknown; group: Map<unknown, Held<Row>> } | undefined;
  let count = 0;
  let changed: Held<Row>[] = [];

  function groupOf(key: Key): Map<unknown, Held<Row>> {
    const name = kind.group(key);
    if (last && last.name === name) return last.group;
    const group = groups.get(name) ?? new Map();
    groups.set(name, group);
    last = { name, group };
    return group;
  }

  function hold(key: Key): Held<Row> {
    const group = groupOf(key);
    const name = kind.name(key);
    let one = group.get(name);
    if (!one) {
      const before = load(key);
      one = { before, row: before };
      group.set(name, one);
      count++;
    }
    return one;
  }

  function change(one: Held<Row>, row: Row | undefined): void {
    if (one.row === one.before) changed.push(one);
    one.row = row;
  }

  function drop(row: Row): void {
    if (groupOf(row).delete(kind.name(row))) count--;
  }

  function forget(): void {
    groups.clear();
    last = undefined;
    changed = [];
    count = 0;
  }

  return {
    get: (key) => hold(key).row,
    set: (row) => change(hold(row), row),
    add(row) {
      const group = groupOf(row);
      const name = kind.name(row);
      const known = group.get(name);
      if (known?.row) return false;
      if (known) change(known, row);
      else {
        const one = { before: undefined, row };
        group.set(name, one);
        changed.push(one);
        count++;
      }
      return true;
    },
    remove: (key) => change(hold(key), undefined),
    take(into) {
      for (const one of changed) {
        if (one.row === one.before) continue;
        into(one.before, one.row);
        one.before = one.row;
        if (one.row && kind.isDone?.(one.row)) drop(one.row);
      }
      changed = [];
    },
    revert() {
      // A row that was added without looking may be in the store.
      for (const { before, row } of changed) if (!before && row) drop(row);
      for (const one of changed) one.row = one.before;
      changed = [];
    },
    trim() {
      if (count > MOST_HELD) forget();
    },
    forget,
  };
}

type Taker<Row> = (before: Row | undefined, after: Row | undefined) => void;

/** Rows that are added and never read. */
function createLog(): HeldTable {
  let added: object[] = [];
  const refuse = () => {
    throw new Error("Rows of this table are only added.");
  };
  return {
    ...{ get: refuse, set: refuse, remove: refuse },
    add: (row) => added.push(row) > 0,
    take(into) {
      for (const row of added) into(undefined, row);
      added = [];
    },
    revert() {
      added = [];
    },
    trim() {},
    forget() {
      added = [];
    },
  };
}
