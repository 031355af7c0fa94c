import type { Hex } from "viem";
import { FatalError } from "../ingest/errors.ts";
import type { SyncParts } from "./parts.ts";

/** Remembers the chain by its genesis block. The database of another chain is refused, or emptied if `wipe` is set. */
export function checkGenesis({ chain, wipe, warn }: SyncParts, hash: Hex): void {
  const known = chain.genesis();
  if (known === hash) return;
  if (known !== undefined) {
    const difference = `The database is of the chain with genesis block ${known}, but the node's is ${hash}.`;
    if (!wipe) throw new FatalError(`${difference} Give another --db, or --wipe to index anew.`);
    warn(`${difference} It is emptied.`);
    chain.wipe();
  }
  chain.setGenesis(hash);
}
