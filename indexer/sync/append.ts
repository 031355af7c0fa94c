import { setImmediate } from "node:timers/promises";
import { checkLinks, type Header, type Log, readHeader } from "../ingest/blocks.ts";
import { readBlockLogs } from "../ingest/completeness.ts";
import { gather } from "../ingest/gather.ts";
import { readRanges } from "../ingest/ranges.ts";
import { progressOf, type SyncContext } from "./context.ts";

/**
 * Reads final blocks up to this one, the next while the last are written. Ends before it where a method is added, whose
 * contract's logs weren't asked for: the caller reads on from the cursor.
 */
export async function readFinalBlocks(context: SyncContext, head: Header, finalized: number): Promise<void> {
  const { rpc, decoder, blooms, faultOf, signal, report } = context;
  const { cursor } = progressOf(context);
  const wanted = { filter: decoder.filter, blooms, faultOf, after: cursor, to: finalized, head: head.number };
  let events = 0;
  report({ after: cursor.number, cursor: cursor.number, to: finalized, events });
  try {
    for await (const { headers, logs, to } of gather(readRanges(rpc, wanted))) {
      if (decoder.follow(context.methods(), logs)) return;
      events += append(context, headers, logs, finalized);
      report({ after: cursor.number, cursor: to, to: finalized, events });
      // Lets readers' requests and nodes' answers have their turn.
      await setImmediate();
      if (signal.aborted) return;
    }
  } finally {
    report(undefined);
  }
}

const BLOCKS_AT_ONCE = 16;

/** Reads the blocks that may still be reorganised, up to the head: the logs of each by its hash. */
export async function readNewBlocks(context: SyncContext, head: Header, finalized: number): Promise<void> {
  for (let { cursor } = progressOf(context); cursor.number < head.number; { cursor } = progressOf(context)) {
    const count = Math.min(head.number - cursor.number, BLOCKS_AT_ONCE);
    const numbers = Array.from({ length: count }, (_, i) => cursor.number + 1 + i);
    const blocks = await Promise.all(numbers.map((number) => readBlock(context, number)));
    const headers = blocks.map(({ header }) => header);
    const logs = blocks.flatMap((block) => block.logs);
    checkLinks(cursor, headers);
    // A method was added: its contract's logs weren't asked for.
    if (context.decoder.follow(context.methods(), logs)) continue;
    append(context, headers, logs, finalized);
  }
}

async function readBlock(
  { rpc, decoder, blooms, faultOf }: SyncContext,
  number: number,
): Promise<{ header: Header; logs: readonly Log[] }> {
  const header = await readHeader(rpc, number);
  return { header, logs: await readBlockLogs(rpc, { filter: decoder.filter, blooms, faultOf }, header) };
}

function append(context: SyncContext, headers: readonly Header[], logs: readonly Log[], finalized: number): number {
  const { writer, status, announce } = context;
  const from = progressOf(context).cursor.number + 1;
  const events = writer.append({ headers, logs, finalized });
  status.events += events;
  status.progressAt = Date.now();
  announce({ kind: "appended", cursor: headers.at(-1) as Header, from });
  return events;
}
