import type { Header } from "../ingest/blocks.ts";
import type { RowOf, TableName } from "./kinds.ts";

/** A row before and after; undefined if there was none before, or is none after. */
export type RowChange = {
  [T in TableName]: { table: T; before: RowOf<T> | undefined; after: RowOf<T> | undefined };
}[TableName];

/** What some blocks change, with one change for each row. */
export interface Changes {
  /** The last block once they are done. */
  cursor: Header;
  rows: readonly RowChange[];
}

/** The changes that undo these, down to `cursor`, the block before them. */
export const inverse = ({ rows }: Changes, cursor: Header): Changes => ({
  cursor,
  rows: rows.toReversed().map(({ table, before, after }) => ({ table, before: after, after: before }) as RowChange),
});
