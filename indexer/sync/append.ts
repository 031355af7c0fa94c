import { setImmediate } from "node:timers/promises";
import { readBlockLogs } from "../ingest/block-logs.ts";
import { checkLinks, type Header, type Log, readHeader } from "../ingest/blocks.ts";
import { gather } from "../ingest/gather.ts";
import { readRanges } from "../ingest/ranges.ts";
import { progressOf, type SyncParts } from "./parts.ts";

/**
 * Reads final blocks up to this one, the next while the last are written. Ends before it where a method is added, whose
 * contract's logs weren't asked for: the caller reads on from the cursor.
 */
export async function readFinalBlocks(parts: SyncParts, head: Header, finalized: number): Promise<void> {
  const { rpc, decoder, blooms, signal, report } = parts;
  const { cursor } = progressOf(parts);
  const wanted = { filter: decoder.filter, blooms, after: cursor, to: finalized, head: head.number };
  let events = 0;
  report({ after: cursor.number, cursor: cursor.number, to: finalized, events });
  try {
    for await (const { headers, logs, to } of gather(readRanges(rpc, wanted))) {
      if (decoder.follow(parts.methods(), logs)) return;
      events += append(parts, headers, logs, finalized);
      report({ after: cursor.number, cursor: to, to: finalized, events });
      // Requests of readers and answers of nodes get their turn.
      await setImmediate();
      if (signal.aborted) return;
    }
  } finally {
    report(undefined);
  }
}

const BLOCKS_AT_ONCE = 16;

/** Reads the blocks that may still be reorganised, up to the head: the logs of each by its hash. */
export async function readNewBlocks(parts: SyncParts, head: Header, finalized: number): Promise<void> {
  for (let { cursor } = progressOf(parts); cursor.number < head.number; { cursor } = progressOf(parts)) {
    const count = Math.min(head.number - cursor.number, BLOCKS_AT_ONCE);
    const numbers = Array.from({ length: count }, (_, i) => cursor.number + 1 + i);
    const blocks = await Promise.all(numbers.map((number) => readBlock(parts, number)));
    const headers = blocks.map(({ header }) => header);
    const logs = blocks.flatMap((block) => block.logs);
    checkLinks(cursor, headers);
    // A method was added: its contract's logs weren't asked for.
    if (parts.decoder.follow(parts.methods(), logs)) continue;
    append(parts, headers, logs, finalized);
  }
}

async function readBlock(
  { rpc, decoder, blooms }: SyncParts,
  number: number,
): Promise<{ header: Header; logs: Log[] }> {
  const header = await readHeader(rpc, number);
  return { header, logs: await readBlockLogs(rpc, { filter: decoder.filter, blooms }, header) };
}

function append(parts: SyncParts, headers: readonly Header[], logs: readonly Log[], finalized: number): number {
  const { chain, status, announce } = parts;
  const from = progressOf(parts).cursor.number + 1;
  const events = chain.append({ headers, logs, finalized });
  status.events += events;
  status.progressAt = Date.now();
  announce({ kind: "appended", cursor: headers.at(-1) as Header, from });
  return events;
}
