import type { LogLocation } from "../../decode/events.ts";
import type { Db } from "./database.ts";

/** A page of rows, and the location to go on after; a page may be short, or empty, and still not be the last one. */
export interface Scanned<Row> {
  rows: Row[];
  last: LogLocation | undefined;
}

/** Values that columns must have; undefined for any. Of several, the first given in the table's order is looked up. */
type Filter<Column extends string> = { [Name in Column]?: string | number | undefined };

/** The keys of a table's rows, newest first, below a location; looks at 1000 rows at most, however many pass the filter. */
export type Scan<Column extends string> = (
  filter: Filter<Column>,
  below: LogLocation | undefined,
  limit: number,
) => Scanned<string>;

const MOST_SCANNED = 1_000;

type KeyRow = Record<string, string | number> & { found: string; block_number: number; log_index: number };

/** A {@link Scan} of a table whose columns have indexes that end with the location, those with the fewest rows first. */
export function createScan<Column extends string>(
  db: Db,
  table: string,
  key: string,
  columns: readonly Column[],
): Scan<Column> {
  const by = (column: string) =>
    db.prepare<[string | number, number, number], KeyRow>(
      `SELECT ${key} AS found, ${columns}, block_number, log_index FROM ${table}
       WHERE ${column} = ? AND (block_number, log_index) < (?, ?)
       ORDER BY block_number DESC, log_index DESC LIMIT ${MOST_SCANNED}`,
    );
  const byColumn = columns.map((column) => [column, by(column)] as const);
  const all = by("1");

  return (filter, below, limit) => {
    const under = [below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0] as const;
    const asked = columns.filter((column) => filter[column] !== undefined);
    const [, narrow] = byColumn.find(([column]) => column === asked[0]) ?? [];
    const value = asked[0] && filter[asked[0]];
    const found = narrow ? narrow.iterate(value as string | number, ...under) : all.iterate(1, ...under);
    const rows: string[] = [];
    let scanned = 0;
    let last: LogLocation | undefined;
    for (const row of found) {
      scanned++;
      last = { blockNumber: row.block_number, logIndex: row.log_index };
      if (asked.every((column) => row[column] === filter[column])) rows.push(row.found);
      if (rows.length === limit) break;
    }
    const more = rows.length === limit || scanned === MOST_SCANNED;
    return { rows, last: more ? last : undefined };
  };
}
