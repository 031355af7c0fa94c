import type { Hex } from "viem";
import type { EventLocation } from "../../sdk/wire.ts";
import type { LogLocation } from "../decode/events.ts";
import type { RowOf } from "../fold/kinds.ts";
import { layoutOf, rowOf } from "./tables.ts";

/** A row with its event's location on chain, as answers show it. */
export type Located<Row> = Row & EventLocation;

/** The tables whose rows carry their event's block number and log index. */
type PlacedTable =
  | "models"
  | "tasks"
  | "attestations"
  | "ledger"
  | "claims"
  | "badges"
  | "requests"
  | "answers"
  | "covers"
  | "payments"
  | "profiles"
  | "catches"
  | "seats"
  | "enclaves"
  | "registrars";

/** SQL of an event's time and transaction, by the columns of its block and its log's index. */
export const locationColumns = (blockNumber: string, logIndex: string): [string, string] => [
  `(SELECT timestamp FROM blocks WHERE number = ${blockNumber})`,
  `(SELECT transaction_hash FROM events WHERE events.block_number = ${blockNumber} AND events.log_index = ${logIndex})`,
];

/** SQL of what the account in a column calls itself, as it is shown; null without a name. */
export const nameColumn = (account: string): string => `(SELECT name FROM profiles WHERE account = ${account})`;

/** The location of an event that a row may have, with the values that {@link locationColumns} read; null where it has none. */
export function locationIn(
  blockNumber: number | null,
  logIndex: number | null,
  [timestamp, transactionHash]: readonly unknown[],
): EventLocation | null {
  if (blockNumber === null || logIndex === null) return null;
  return { blockNumber, logIndex, timestamp: Number(timestamp), transactionHash: transactionHash as Hex };
}

/** SQL that reads rows with their locations, raw and with safe integers; further columns come behind. */
export function locatedRows<T extends PlacedTable>(table: T, further: readonly string[] = []) {
  const layout = layoutOf(table);
  const columns = [
    ...layout.fields.map(({ column }) => `${table}.${column}`),
    ...locationColumns(`${table}.block_number`, `${table}.log_index`),
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
