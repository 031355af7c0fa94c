import type { Hex } from "viem";
import { bytesOfTopics } from "../../ingest/topics.ts";
import { checksumOf } from "../checksums.ts";
import type { Logs, StoredBlock, StoredLog } from "../store.ts";
import { prefixOf, subjectAmong } from "../subjects.ts";
import { createBulk } from "./bulk.ts";
import type { Db } from "./database.ts";
import { damaged } from "./storage.ts";

/** The logs of this file. */
export interface FileLogs extends Logs {
  /** Stores those that were added. */
  flush(): void;
  /** Drops what is not stored yet: the transaction failed. */
  forget(): void;
  /**
   * Every block that is kept with its logs, in the chain's order. Throws `FatalError` at one that isn't as it was written,
   * by its checksum.
   */
  byBlock(): IterableIterator<StoredBlock>;
}

/** A row of `events`. */
export interface LogRow {
  block_number: number;
  log_index: number;
  transaction_hash: Hex;
  address: Hex;
  topics: Buffer;
  data: Buffer;
  subject_prefix: number | null;
}

interface BlockRow {
  number: number;
  hash: Hex;
  parent_hash: Hex;
  timestamp: number;
  checksum: number | null;
}

const AT_ONCE = 1_000;

export function createLogs(db: Db): FileLogs {
  const added = createBulk<[number, number, Hex, Hex, Buffer, Buffer, number | null]>(db, "events", 7);
  const removeAbove = db.prepare("DELETE FROM events WHERE block_number > ?");
  const after = db.prepare<[number], BlockRow>(
    `SELECT number, hash, parent_hash, timestamp, checksum FROM blocks WHERE number > ? ORDER BY number LIMIT ${AT_ONCE}`,
  );
  const ofBlock = db.prepare<[number], LogRow>("SELECT * FROM events WHERE block_number = ? ORDER BY log_index");
  const setSubject = db.prepare("UPDATE events SET subject_prefix = ? WHERE block_number = ? AND log_index = ?");

  // In parts, for nothing may be written while rows are still being read.
  function* blocks(): IterableIterator<BlockRow> {
    for (let rows = after.all(-1); rows.length > 0; rows = after.all((rows.at(-1) as BlockRow).number)) yield* rows;
  }

  return {
    add({ blockNumber, logIndex, transactionHash, address, topics, data }, subject) {
      const [bytes, prefix] = [Buffer.from(bytesOfTopics(topics)), subject && prefixOf(subject)];
      added.add([blockNumber, logIndex, transactionHash, address, bytes, data, prefix]);
    },
    flush: added.flush,
    forget: added.forget,
    removeAbove: (blockNumber) => removeAbove.run(blockNumber),
    *byBlock() {
      for (const { number, hash, parent_hash: parentHash, timestamp, checksum } of blocks()) {
        const header = { number, hash, parentHash, timestamp };
        const logs = ofBlock.all(number).map(logOf);
        if (checksum !== null && checksumOf(header, logs) !== checksum)
          throw damaged(db.name, `block ${number} and its logs aren't as they were written`);
        yield { header, logs };
      }
    },
    setSubject: ({ blockNumber, logIndex }, subject) =>
      setSubject.run(subject && prefixOf(subject), blockNumber, logIndex),
  };
}

/** The log of a row. */
export function logOf(row: LogRow): StoredLog {
  const topics = (row.topics.toString("hex").match(/.{64}/g) ?? []).map((topic): Hex => `0x${topic}`);
  return {
    blockNumber: row.block_number,
    logIndex: row.log_index,
    transactionHash: row.transaction_hash,
    address: row.address,
    topics,
    data: row.data,
    subject: subjectAmong(topics, row.subject_prefix),
  };
}

/** Copies what the chain gave, and how far it is folded, into a database that has none. */
export function copyLogs(from: Db, to: Db): void {
  to.transaction(() => {
    for (const table of ["blocks", "events", "progress"]) {
      const rows = from.prepare<[], unknown[]>(`SELECT * FROM ${table}`).raw();
      const add = to.prepare(`INSERT INTO ${table} VALUES (${Array(rows.columns().length).fill("?")})`);
      for (const row of rows.iterate()) add.run(...row);
    }
  })();
}
