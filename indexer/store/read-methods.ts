import type { AddedMethod } from "../decode/events.ts";
import type { Db } from "./database.ts";

/** Reads the registry's list of verification methods, in order. */
export function createMethodReader(db: Db): () => AddedMethod[] {
  const all = db.prepare<[], AddedMethod>("SELECT id, address, block_number AS blockNumber FROM methods ORDER BY id");
  return () => all.all();
}
