import { readHeaders } from "../ingest/blocks.ts";
import { RpcError } from "../ingest/errors.ts";
import type { SyncContext } from "./context.ts";
import { rollback } from "./reorg.ts";

/**
 * Reads the last folded block's header again, after a failure. Where headers aren't sealed, a node may have told a wrong
 * time of it, with which no later block fits: if a node now tells another time of the same block, the block is undone, also
 * where it was final, and read again.
 */
export async function recheckCursor(context: SyncContext): Promise<void> {
  const { rpc, writer, warn } = context;
  const cursor = (await writer.progress())?.cursor;
  if (cursor === undefined || rpc.checks.seals === "required") return;
  const told = await rpc.all((node) => readHeaders(node, [cursor.number]));
  for (const { node, result } of told) {
    const header = result instanceof RpcError ? undefined : result[0];
    if (header?.hash !== cursor.hash || header.timestamp === cursor.timestamp) continue;
    const before = await writer.highest(cursor.number - 1);
    if (before === undefined) return;
    warn(
      `Block ${cursor.number} was said to be of time ${cursor.timestamp}; ${node.name} says ${header.timestamp}. Reading again from block ${before.number + 1}.`,
    );
    await rollback(context, before.number);
    return;
  }
}
