import type { Db } from "../store/sqlite/database.ts";

/** The ranking can't be read before it is built, once the first blocks are read. */
export class RankingNotBuilt extends Error {
  override name = "RankingNotBuilt";
  constructor() {
    super("The ranking is being built: ask again later.");
  }
}

export function createBuilt(db: Db) {
  const row = db.prepare("SELECT 1 FROM ranking_built");
  // Another connection may build it. Nobody drops it while there are others.
  let known = false;
  const is = () => {
    known ||= row.get() !== undefined;
    return known;
  };
  return {
    is,
    /** Throws {@link RankingNotBuilt} unless it is. */
    require(): void {
      if (!is()) throw new RankingNotBuilt();
    },
    /** To be called when a transaction failed, or the database was emptied. */
    forget(): void {
      known = false;
    },
  };
}

/** Whether a database's ranking is built. */
export type Built = ReturnType<typeof createBuilt>;
