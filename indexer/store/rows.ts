/** How rows of one table are told apart, read and written. A row carries its key. */
interface Table<Key, Row extends Key> {
  /** A key has a group, of which there are few, and a name in it. */
  group(key: Key): unknown;
  name(key: Key): unknown;
  find(key: Key): Row | undefined;
  insert(row: Row): void;
  update(row: Row): void;
  remove(row: Row): void;
  /** Whether a row will hardly be asked for again, and is dropped once it is written; none is unless told. */
  isDone?(row: Row): boolean;
}

/**
 * Rows of one table as a transaction leaves them: each is read once, replaced in memory, and written once, at the flush.
 * A row is never changed in place.
 */
export interface Rows<Key, Row extends Key> {
  get(key: Key): Row | undefined;
  /** Adds a row, or replaces the one of its key. */
  set(row: Row): void;
  /**
   * Adds a row without looking whether the table has one of its key: then the flush fails. Answers false, and adds
   * nothing, when one is held.
   */
  add(row: Row): boolean;
  remove(key: Key): void;
  /** Writes what was changed, in the order in which it first was. */
  flush(): void;
  /** Tells of each row, before and after, that changed since this was last told of; to be called before each `flush` where anyone is told. */
  tell(hear: (before: Row | undefined, after: Row | undefined) => void): void;
  /** Keeps what is held for the next transaction, unless it is too much. */
  trim(): void;
  /** Drops what is held, written or not. */
  forget(): void;
}

interface Held<Row> {
  stored: Row | undefined;
  told: Row | undefined;
  row: Row | undefined;
}

const MOST_HELD = 50_000;

export function createRows<Key, Row extends Key>(table: Table<Key, Row>): Rows<Key, Row> {
  const groups = new Map<unknown, Map<unknown, Held<Row>>>();
  let last: { name: unknown; group: Map<unknown, Held<Row>> } | undefined;
  let count = 0;
  let changed: Held<Row>[] = [];

  function groupOf(key: Key): Map<unknown, Held<Row>> {
    const name = table.group(key);
    if (last && last.name === name) return last.group;
    const group = groups.get(name) ?? new Map();
    groups.set(name, group);
    last = { name, group };
    return group;
  }

  function hold(key: Key): Held<Row> {
    const group = groupOf(key);
    const name = table.name(key);
    let one = group.get(name);
    if (!one) {
      const stored = table.find(key);
      one = { stored, told: stored, row: stored };
      group.set(name, one);
      count++;
    }
    return one;
  }

  function change(one: Held<Row>, row: Row | undefined): void {
    if (one.row === one.stored) changed.push(one);
    one.row = row;
  }

  function write({ stored, row }: Held<Row>): void {
    if (row) stored ? table.update(row) : table.insert(row);
    else if (stored) table.remove(stored);
  }

  function drop(row: Row): void {
    if (groupOf(row).delete(table.name(row))) count--;
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
      const name = table.name(row);
      const known = group.get(name);
      if (known?.row) return false;
      if (known) change(known, row);
      else {
        const one = { stored: undefined, told: undefined, row };
        group.set(name, one);
        changed.push(one);
        count++;
      }
      return true;
    },
    remove: (key) => change(hold(key), undefined),
    flush() {
      for (const one of changed) {
        if (one.row === one.stored) continue;
        write(one);
        one.stored = one.row;
        if (one.row && table.isDone?.(one.row)) drop(one.row);
      }
      changed = [];
    },
    tell(hear) {
      for (const one of changed) {
        if (one.row === one.told) continue;
        hear(one.told, one.row);
        one.told = one.row;
      }
    },
    trim() {
      if (count > MOST_HELD) forget();
    },
    forget,
  };
}
