import type { Hex } from "viem";
import type { Db } from "./database.ts";

/** Which chain the database is of. */
export interface Origin {
  /** Hash of the chain's block 0; undefined until a node has returned it. */
  genesis(): Hex | undefined;
  setGenesis(hash: Hex): void;
}

export function createOrigin(db: Db): Origin {
  const get = db.prepare<[], Hex | null>("SELECT genesis_hash FROM origin").pluck();
  const set = db.prepare("UPDATE origin SET genesis_hash = ?");
  return { genesis: () => get.get() ?? undefined, setGenesis: (hash) => set.run(hash) };
}
