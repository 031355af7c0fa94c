import type { Header } from "../ingest/blocks.ts";
import type { RowOf, TableName } from "./kinds.ts";

/** What becomes of one row; undefined where there was or is none. */
export type RowChange = {
  [T in TableName]: { table: T; before: RowOf<T> | undefined; after: RowOf<T> | undefined };
}[TableName];

/** What some blocks do to the rows, with one change for each row. */
export interface Changes {
  /** The last block once they are done. */
  cursor: Header;
  rows: readonly RowChange[];
}

/** What undoes changes, and ends with the block before them. */
export const inverse = ({ rows }: Changes, cursor: Header): Changes => ({
  cursor,
  rows: rows.toReversed().map(({ table, before, after }) => ({ table, before: after, after: before }) as RowChange),
});
