import { setImmediate } from "node:timers/promises";
import { checkLinks, type Header, type Log, readHeaders, type SealedHeader } from "../ingest/blocks.ts";
import { readBlockLogs } from "../ingest/completeness.ts";
import { RpcError } from "../ingest/errors.ts";
import { gather } from "../ingest/gather.ts";
import { readRanges } from "../ingest/ranges.ts";
import type { Rpc } from "../ingest/rpc.ts";
import { onceThere } from "../store/eventual.ts";
import { progressOf, type SyncContext } from "./context.ts";

/**
 * Reads final blocks up to this one, the next while the last are written. Ends before it where a method is added, whose
 * contract's logs weren't asked for: the caller reads on from the cursor.
 */
export async function readFinalBlocks(context: SyncContext, head: Header, finalized: number): Promise<void> {
  const { rpc, decoder, blooms, faultOf, uncompared, signal, report } = context;
  const { cursor } = await progressOf(context);
  const alone = uncompared.add;
  const wanted = { filter: decoder.filter, blooms, faultOf, alone, after: cursor, to: finalized, head: head.number };
  let events = 0;
  report({ after: cursor.number, cursor: cursor.number, to: finalized, events });
  try {
    for await (const { headers, logs, to } of gather(readRanges(rpc, wanted))) {
      if (decoder.follow(await context.methods(), logs)) return;
      events += await append(context, headers, logs, finalized);
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

/**
 * Reads the blocks that may still be reorganised, up to the head: the logs of each by its hash. What was read before a
 * block that fails is kept.
 */
export async function readNewBlocks(context: SyncContext, head: Header, finalized: number): Promise<void> {
  const { rpc, decoder, blooms, faultOf, uncompared } = context;
  for (
    let { cursor } = await progressOf(context);
    cursor.number < head.number;
    { cursor } = await progressOf(context)
  ) {
    const headers = await readNext(rpc, cursor, Math.min(head.number - cursor.number, BLOCKS_AT_ONCE));
    const wanted = { filter: decoder.filter, blooms, faultOf, alone: uncompared.add };
    const { read, failure } = await inOrder(headers.map((header) => readBlockLogs(rpc, wanted, header)));
    const logs = read.flat();
    // A method was added: its contract's logs weren't asked for.
    if (decoder.follow(await context.methods(), logs)) continue;
    if (read.length > 0) await append(context, headers.slice(0, read.length), logs, finalized);
    if (failure) throw failure.reason;
  }
}

/** The headers after a block: `count` of them, or half as many, down to one, where that fails. */
async function readNext(rpc: Rpc, cursor: Header, count: number): Promise<SealedHeader[]> {
  const numbers = Array.from({ length: count }, (_, i) => cursor.number + 1 + i);
  try {
    return await rpc.any(async (node) => {
      const headers = await readHeaders(node, numbers);
      checkLinks(cursor, headers);
      return headers;
    });
  } catch (error) {
    if (count === 1 || !(error instanceof RpcError) || error.kind === "rate-limited") throw error;
    return readNext(rpc, cursor, count >> 1);
  }
}

/** What the first of several come to, up to the first failure. */
async function inOrder<T>(all: readonly Promise<T>[]): Promise<{ read: T[]; failure?: PromiseRejectedResult }> {
  const read: T[] = [];
  for (const outcome of await Promise.allSettled(all)) {
    if (outcome.status === "rejected") return { read, failure: outcome };
    read.push(outcome.value);
  }
  return { read };
}

async function append(
  context: SyncContext,
  headers: readonly Header[],
  logs: readonly Log[],
  finalized: number,
): Promise<number> {
  const { writer, status, announce } = context;
  const { cursor } = await progressOf(context);
  // Announced before anything else is done: what a store in this process holds can be read at once.
  return onceThere(writer.append({ headers, logs, finalized }), (events) => {
    status.events += events;
    status.progressAt = performance.now();
    announce({ kind: "appended", cursor: headers.at(-1) as Header, from: cursor.number + 1 });
    return events;
  });
}
