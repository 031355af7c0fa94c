import type { Hex } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { RowOf } from "../../fold/kinds.ts";
import { layoutOf, rowOf } from "./tables.ts";

/** A row with its event's location on chain, as answers show it. */
export type Located<Row> = Row & EventLocation;

/** The tables whose rows carry their event's block number and log index. */
type PlacedTable = "models" | "tasks" | "attestations" | "ledger";

/** SQL that reads rows with their locations, raw and with safe integers; further columns come behind. */
export function locatedRows<T extends PlacedTable>(table: T, further: readonly string[] = []) {
  const layout = layoutOf(table);
  const columns = [
    ...layout.fields.map(({ column }) => `${table}.${column}`),
    `(SELECT timestamp FROM blocks WHERE number = ${table}.block_number)`,
    `(SELECT transaction_hash FROM events
      WHERE events.block_number = ${table}.block_number AND events.log_index = ${table}.log_index)`,
    ...further,
  ];
  const count = layout.fields.length;
  return {
    select: `SELECT ${columns.join(", ")} FROM ${table}`,
    rowOf: (values: readonly unknown[]): Located<RowOf<T>> => ({
      ...(rowOf<T>(layout, values) as RowOf<T> & LogLocation),
      timestamp: Number(values[count]),
      transactionHash: values[count + 1] as Hex,
    }),
    furtherOf: (values: readonly unknown[]): readonly unknown[] => values.slice(count + 2),
  };
}

/** The location alone. */
export const locationOf = ({ blockNumber, timestamp, transactionHash, logIndex }: EventLocation): EventLocation => ({
  blockNumber,
  timestamp,
  transactionHash,
  logIndex,
});
