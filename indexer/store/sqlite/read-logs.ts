import type { Hex } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { Log } from "../../ingest/blocks.ts";
import type { StoredLog } from "../store.ts";
import { prefixOf } from "../subjects.ts";
import type { Db } from "./database.ts";
import { type LogRow, logOf } from "./logs.ts";

/** Reads logs by what they are found by. */
export interface LogReader {
  /** Of an attestation or model, in the chain's order, at most `limit`. */
  of(subject: Hex, limit: number): { log: StoredLog; location: EventLocation }[];
  /** How many attestations a transaction is about, as far as its logs are found by them. */
  attestationsIn(transaction: Pick<EventLocation, "blockNumber" | "transactionHash">): number;
  /** The log there. */
  at(location: LogLocation): StoredLog | undefined;
  /** Those of the blocks from one to another, in the chain's order. */
  between(from: number, to: number): Log[];
}

export function createLogReader(db: Db): LogReader {
  const ofSubject = db.prepare<[number, Buffer, number], LogRow & { timestamp: number }>(
    `SELECT *, (SELECT timestamp FROM blocks WHERE number = block_number) AS timestamp
     FROM events WHERE subject_prefix = ? AND instr(topics, ?) > 0 ORDER BY block_number, log_index LIMIT ?`,
  );
  const at = db.prepare<[number, number], LogRow>("SELECT * FROM events WHERE block_number = ? AND log_index = ?");
  const inTransaction = db.prepare<[number, Hex], LogRow>(
    "SELECT * FROM events WHERE block_number = ? AND transaction_hash = ?",
  );
  const isAttestation = db.prepare<[Hex | null]>("SELECT 1 FROM attestations WHERE uid = ?");
  const between = db.prepare<[number, number], LogRow & { hash: Hex }>(
    `SELECT events.*, hash FROM events JOIN blocks ON number = block_number
     WHERE block_number BETWEEN ? AND ? ORDER BY block_number, log_index`,
  );
  return {
    between: (from, to) => between.all(from, to).map((row) => ({ ...logOf(row), blockHash: row.hash })),
    attestationsIn({ blockNumber, transactionHash }) {
      const subjects = new Set(inTransaction.all(blockNumber, transactionHash).map((row) => logOf(row).subject));
      return [...subjects].filter((subject) => isAttestation.get(subject)).length;
    },
    at({ blockNumber, logIndex }) {
      const row = at.get(blockNumber, logIndex);
      return row && logOf(row);
    },
    of: (subject, limit) =>
      ofSubject.all(prefixOf(subject), Buffer.from(subject.slice(2), "hex"), limit).map((row) => {
        const log = logOf(row);
        const { blockNumber, logIndex, transactionHash } = log;
        return { log, location: { blockNumber, logIndex, transactionHash, timestamp: row.timestamp } };
      }),
  };
}
