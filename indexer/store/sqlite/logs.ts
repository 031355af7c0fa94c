import type { Hex } from "viem";
import type { Header, Log } from "../../ingest/blocks.ts";
import { bytesOfTopics } from "../../ingest/topics.ts";
import { createBulk } from "./bulk.ts";
import type { Db } from "./database.ts";

/** A log as it was stored. */
export type StoredLog = Pick<Log, "blockNumber" | "logIndex" | "address" | "topics" | "data"> & {
  /** The attestation or model that it is found by: `subject` of decode's events. */
  subject: Hex | null;
};

/** The logs as the chain holds them, from which everything else is folded. */
export interface Logs {
  /** Stores a log and what it is found by, at the latest with `flush`. */
  add(log: Log, subject: Hex | null): void;
  flush(): void;
  /** Drops what is not stored yet: the transaction failed. */
  forget(): void;
  removeAbove(blockNumber: number): void;
  /** All of them by their blocks, in the chain's order. */
  byBlock(): IterableIterator<{ header: Header; logs: StoredLog[] }>;
  setSubject(log: StoredLog, subject: Hex | null): void;
}

/** A row of `events`. */
export interface LogRow {
  block_number: number;
  log_index: number;
  address: Hex;
  topics: Buffer;
  data: Buffer;
  subject: Hex | null;
}

interface RowWithHeader extends LogRow {
  hash: Hex;
  parent_hash: Hex;
  timestamp: number;
}

const AT_ONCE = 1_000;

export function createLogs(db: Db): Logs {
  const added = createBulk<[number, number, Hex, Hex, Buffer, Buffer, Hex | null]>(db, "events", 7);
  const removeAbove = db.prepare("DELETE FROM events WHERE block_number > ?");
  const after = db.prepare<[number, number], RowWithHeader>(
    `SELECT block_number, log_index, address, topics, data, subject, hash, parent_hash, timestamp
     FROM events JOIN blocks ON number = block_number
     WHERE (block_number, log_index) > (?, ?) ORDER BY block_number, log_index LIMIT ${AT_ONCE}`,
  );
  const setSubject = db.prepare("UPDATE events SET subject = ? WHERE block_number = ? AND log_index = ?");

  // In parts, for nothing may be written while rows are still being read.
  function* all(): IterableIterator<RowWithHeader> {
    for (let rows = after.all(-1, 0); rows.length > 0; ) {
      yield* rows;
      const { block_number, log_index } = rows.at(-1) as LogRow;
      rows = after.all(block_number, log_index);
    }
  }

  return {
    add({ blockNumber, logIndex, transactionHash, address, topics, data }, subject) {
      added.add(blockNumber, logIndex, transactionHash, address, Buffer.from(bytesOfTopics(topics)), data, subject);
    },
    flush: added.flush,
    forget: added.forget,
    removeAbove: (blockNumber) => removeAbove.run(blockNumber),
    *byBlock() {
      let block: { header: Header; logs: StoredLog[] } | undefined;
      for (const row of all()) {
        if (block?.header.number !== row.block_number) {
          if (block) yield block;
          const { block_number: number, hash, parent_hash: parentHash, timestamp } = row;
          block = { header: { number, hash, parentHash, timestamp }, logs: [] };
        }
        block.logs.push(logOf(row));
      }
      if (block) yield block;
    },
    setSubject: ({ blockNumber, logIndex }, subject) => setSubject.run(subject, blockNumber, logIndex),
  };
}

/** The log of a row. */
export function logOf(row: LogRow): StoredLog {
  const topics = row.topics.toString("hex").match(/.{64}/g) ?? [];
  return {
    blockNumber: row.block_number,
    logIndex: row.log_index,
    address: row.address,
    topics: topics.map((topic): Hex => `0x${topic}`),
    data: row.data,
    subject: row.subject,
  };
}
