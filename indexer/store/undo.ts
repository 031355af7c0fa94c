import type { Changes, RowChange } from "../fold/changes.ts";
import type { Load } from "../fold/identity-map.ts";
import type { TableName } from "../fold/kinds.ts";
import { type Field, keyValues, layoutOf, type Values } from "./tables.ts";

/**
 * A row that a block changed: its table and key, and by their fields the values that were others, or `null` where there
 * was no row. Where there is none any more, all values.
 */
type Kept = [table: TableName, key: unknown[], before: Values | null];

/** What undoes a block, as text; undefined where it changed nothing. */
export const keptOf = ({ rows }: Pick<Changes, "rows">): string | undefined =>
  rows.length > 0 ? JSON.stringify(rows.map(keptRow)) : undefined;

/** The keys of the rows that such a text is about. */
export const keysOf = (text: string): { table: TableName; key: Values }[] =>
  (JSON.parse(text) as Kept[]).map(([table, key]) => ({ table, key: keyed(table, key) }));

/** What a block changed, by its text and the rows as they are right after it. */
export const changesOf = (text: string, load: Load): RowChange[] =>
  (JSON.parse(text) as Kept[]).map(([name, key, before]) => {
    const keyValues = keyed(name, key);
    const after = load(name, keyValues as never) as Values | undefined;
    const row = before && { ...(after ?? keyValues), ...valuesOf(layoutOf(name).fields, before) };
    return { table: name, before: row ?? undefined, after } as unknown as RowChange;
  });

function keyed(name: TableName, key: readonly unknown[]): Values {
  const table = layoutOf(name);
  return valuesOf(table.key, Object.fromEntries(table.key.map(({ name }, i) => [name, key[i]])));
}

function keptRow({ table: name, before, after }: RowChange): Kept {
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
