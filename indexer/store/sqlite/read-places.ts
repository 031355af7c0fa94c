import type { Hex } from "viem";
import type { EventPlace } from "../../../sdk/wire.ts";
import type { Place } from "../../decode/events.ts";
import type { RowOf } from "../../fold/kinds.ts";
import { layoutOf, rowOf } from "./tables.ts";

/** A row with where its event stands on chain, as answers show that. */
export type Placed<Row> = Row & EventPlace;

/** The tables whose rows carry their event's block number and log index. */
type PlacedTable = "models" | "tasks" | "attestations" | "ledger";

/** SQL that reads rows with their places, raw and with safe integers; further columns come behind. */
export function placedRows<T extends PlacedTable>(table: T, further: readonly string[] = []) {
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
    rowOf: (values: readonly unknown[]): Placed<RowOf<T>> => ({
      ...(rowOf<T>(layout, values) as RowOf<T> & Place),
      timestamp: Number(values[count]),
      transactionHash: values[count + 1] as Hex,
    }),
    furtherOf: (values: readonly unknown[]): readonly unknown[] => values.slice(count + 2),
  };
}

/** The place alone. */
export const placeOf = ({ blockNumber, timestamp, transactionHash, logIndex }: EventPlace): EventPlace => ({
  blockNumber,
  timestamp,
  transactionHash,
  logIndex,
});
