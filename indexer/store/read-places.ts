import type { Hex } from "viem";
import type { EventPlace } from "../../sdk/wire.ts";

/** Columns that say where a row's event stands on chain. */
export interface PlaceRow {
  block_number: number;
  log_index: number;
  timestamp: number;
  transaction_hash: Hex;
}

/** SQL for the columns of {@link PlaceRow} in a table whose rows carry their event's block number and log index. */
export const placeColumns = (table: string): string => `${table}.block_number, ${table}.log_index,
  (SELECT timestamp FROM blocks WHERE number = ${table}.block_number) AS timestamp,
  (SELECT transaction_hash FROM events WHERE block_number = ${table}.block_number AND log_index = ${table}.log_index)
    AS transaction_hash`;

/** The place as answers show it. */
export const placeOf = (row: PlaceRow): EventPlace => ({
  blockNumber: row.block_number,
  timestamp: row.timestamp,
  transactionHash: row.transaction_hash,
  logIndex: row.log_index,
});
