import type { Hex } from "viem";
import { readFollowed } from "../ingest/blocks.ts";
import { FatalError } from "../ingest/errors.ts";
import type { SyncContext } from "./context.ts";

/** Checks that the database is of the node's chain, and starts a new one. */
export async function start(context: SyncContext): Promise<void> {
  checkGenesis(context, (await readFollowed(context.rpc, 0)).hash);
  if (!context.writer.progress()) await startOver(context);
}

/** Remembers the chain by its genesis block. The database of another chain is refused, or emptied where `wipe` is set. */
function checkGenesis({ writer, wipe, warn }: SyncContext, hash: Hex): void {
  const known = writer.genesis();
  if (known === hash) return;
  if (known !== undefined) {
    const difference = `The database is of the chain with genesis block ${known}, but the node's is ${hash}.`;
    if (!wipe) throw new FatalError(`${difference} Give another --db, or --wipe to index anew.`);
    warn(`${difference} It is emptied.`);
    writer.wipe();
  }
  writer.setGenesis(hash);
}

/** Starts after the block before the deployment's first. */
export async function startOver({ rpc, writer, decoder, methods, startBlock, announce }: SyncContext): Promise<void> {
  const first = await readFollowed(rpc, Math.max(startBlock - 1, 0));
  writer.start(first);
  decoder.follow(methods());
  announce({ kind: "reorganised", cursor: first, from: first.number + 1 });
}
