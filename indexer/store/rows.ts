/** How rows of one table are told apart, read and written. A row carries its key. */
interface Table<Key, Row extends Key> {
  /** Different for different keys. */
  id(key: Key): unknown;
  find(key: Key): Row | undefined;
  insert(row: Row): void;
  update(row: Row): void;
  remove(row: Row): void;
}

/**
 * Rows of one table as a transaction leaves them: each is read once, replaced in memory, and written once, at the flush.
 * A row is never changed in place.
 */
export interface Rows<Key, Row extends Key> {
  get(key: Key): Row | undefined;
  /** Adds a row, or replaces the one of its key. */
  set(row: Row): void;
  remove(key: Key): void;
  /** Writes what was changed, in the order in which it first was; `written` hears of each row before and after. */
  flush(written?: (before: Row | undefined, after: Row | undefined) => void): void;
  /** Drops what is held, written or not. */
  forget(): void;
}

interface Held<Row> {
  stored: Row | undefined;
  row: Row | undefined;
}

export function createRows<Key, Row extends Key>(table: Table<Key, Row>): Rows<Key, Row> {
  const held = new Map<unknown, Held<Row>>();
  let changed: Held<Row>[] = [];

  function hold(key: Key): Held<Row> {
    const id = table.id(key);
    let one = held.get(id);
    if (!one) {
      const stored = table.find(key);
      one = { stored, row: stored };
      held.set(id, one);
    }
    return one;
  }

  function change(key: Key, row: Row | undefined): void {
    const one = hold(key);
    if (one.row === one.stored) changed.push(one);
    one.row = row;
  }

  function write({ stored, row }: Held<Row>): void {
    if (row) stored ? table.update(row) : table.insert(row);
    else if (stored) table.remove(stored);
  }

  return {
    get: (key) => hold(key).row,
    set: (row) => change(row, row),
    remove: (key) => change(key, undefined),
    flush(written) {
      for (const one of changed) {
        if (one.row === one.stored) continue;
        write(one);
        written?.(one.stored, one.row);
        one.stored = one.row;
      }
      changed = [];
    },
    forget() {
      held.clear();
      changed = [];
    },
  };
}
