import { crc32 } from "node:zlib";
import type { Header, Log } from "../../ingest/blocks.ts";
import type { Db } from "./database.ts";

/** What of a log the chain gave, as the checksum sees it. */
export type SummedLog = Pick<Log, "logIndex" | "transactionHash" | "address" | "topics" | "data">;

/**
 * CRC-32 of a block as the chain gave it: its header and its logs in order. It finds bytes that a disk or another program
 * overwrote, which nothing else shows where no row follows from them.
 */
export function checksumOf({ number, hash, parentHash, timestamp }: Header, logs: readonly SummedLog[]): number {
  let sum = crc32(`${number} ${hash} ${parentHash} ${timestamp}`);
  for (const { logIndex, transactionHash, address, topics, data } of logs) {
    let text = `${logIndex} ${transactionHash} ${address}`;
    for (const topic of topics) text += topic;
    sum = crc32(data, crc32(text, sum));
  }
  return sum;
}

/** Gives every block of an older file the checksum that it lacks. */
export function addChecksums(db: Db, blocks: Iterable<{ header: Header; logs: readonly SummedLog[] }>): void {
  const set = db.prepare("UPDATE blocks SET checksum = ? WHERE number = ?");
  for (const { header, logs } of blocks) set.run(checksumOf(header, logs), header.number);
}
