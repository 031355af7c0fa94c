import type { Changes, RowChange } from "../../fold/changes.ts";
import type { Load } from "../../fold/identity-map.ts";
import type { TableName } from "../../fold/kinds.ts";
import type { Db } from "./database.ts";
import { type Field, keyValues, layoutOf, type Values } from "./tables.ts";

/** What undoes the blocks that may still be reorganised: of each row that one changed, what was there before. */
export interface Undo {
  /** Keeps what undoes a block. */
  keep(changes: Changes): void;
  /**
   * Takes out what the highest block above a number changed; undefined where nothing is kept. The rows must be as right
   * after that block: only what they were before is kept.
   */
  take(blockNumber: number): RowChange[] | undefined;
  /** Drops those of blocks that are final. */
  prune(finalized: number): void;
}

/**
 * A row that a block changed: its table and key, and by their fields the values that were others, or `null` where there
 * was no row. Where there is none any more, all values.
 */
type Kept = [table: TableName, key: unknown[], before: Values | null];

export function createUndo(db: Db, load: Load): Undo {
  const add = db.prepare("INSERT INTO undo VALUES (?, ?)");
  const takeOut = db
    .prepare<[number], string>(
      `DELETE FROM undo WHERE block_number = (SELECT max(block_number) FROM undo WHERE block_number > ?)
       RETURNING changes`,
    )
    .pluck();
  const prune = db.prepare("DELETE FROM undo WHERE block_number <= ?");

  function restored([name, key, before]: Kept): RowChange {
    const table = layoutOf(name);
    const keyed = valuesOf(table.key, Object.fromEntries(table.key.map(({ name }, i) => [name, key[i]])));
    const after = load(name, keyed as never) as Values | undefined;
    const row = before && { ...(after ?? keyed), ...valuesOf(table.fields, before) };
    return { table: name, before: row ?? undefined, after } as unknown as RowChange;
  }

  return {
    keep({ cursor, rows }) {
      if (rows.length > 0) add.run(cursor.number, JSON.stringify(rows.map(keptOf)));
    },
    take(blockNumber) {
      const text = takeOut.get(blockNumber);
      return text === undefined ? undefined : (JSON.parse(text) as Kept[]).map(restored);
    },
    prune: (finalized) => prune.run(finalized),
  };
}

function keptOf({ table: name, before, after }: RowChange): Kept {
  const table = layoutOf(name);
  const key = keyValues(table, (before ?? after) as never).map(plain);
  if (!before) return [name, key, null];
  const [was, is] = [before, after ?? {}] as unknown as [Values, Values];
  const values: Values = {};
  for (const { name } of after ? table.changing : table.fields)
    if (was[name] !== is[name]) values[name] = plain(was[name]);
  return [name, key, values];
}

const plain = (value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

/** Values out of JSON, those that there are. */
function valuesOf(fields: readonly Field[], json: Values): Values {
  const values: Values = {};
  for (const { name, type } of fields)
    if (name in json) values[name] = type === "big" && json[name] !== null ? BigInt(json[name] as string) : json[name];
  return values;
}
