import { crc32 } from "node:zlib";
import type { Header, Log } from "../ingest/blocks.ts";

/** What of a log the chain gave, as the checksum sees it. */
export type SummedLog = Pick<Log, "logIndex" | "transactionHash" | "address" | "topics" | "data">;

/**
 * CRC-32 of a block as the chain gave it: of a line of text with its header and its logs in order, then of the logs' data.
 * It finds bytes that a disk or another program overwrote, which nothing else shows where no row follows from them.
 */
export function checksumOf({ number, hash, parentHash, timestamp }: Header, logs: readonly SummedLog[]): number {
  let text = `${number} ${hash} ${parentHash} ${timestamp}`;
  for (const { logIndex, transactionHash, address, topics, data } of logs) {
    text += ` ${logIndex} ${transactionHash} ${address} ${data.length}`;
    for (const topic of topics) text += ` ${topic}`;
  }
  return crc32(Buffer.concat(logs.map(({ data }) => data)), crc32(text));
}
