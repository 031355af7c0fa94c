import type { Deployment } from "../sdk/deployment.ts";
import { createDecoder, type Decoder } from "./decode/events.ts";
import { createRanking, type Ranking } from "./rank/ranking.ts";
import { type Chain, createChain } from "./store/chain.ts";
import { type Db, openDatabase } from "./store/database.ts";
import { lockDatabase } from "./store/lock.ts";

/** A deployment's database, which nobody else writes until `close`. */
export interface Opened {
  db: Db;
  decoder: Decoder;
  ranking: Ranking;
  chain: Chain;
  /** Builds, where that isn't done, what a new file lacks until its first blocks are read: indexes and the ranking. */
  completeBackfill(): void;
  close(): void;
}

/** Accounts whose standings are kept in memory: 300 to 500 MB. */
const MOST_HELD = 1_000_000;

/** Opens the database for writing, or creates it. `prepare` is called before, while nobody else can write it. */
export function openForWriting(file: string, deployment: Deployment, prepare?: () => unknown): Opened {
  const lock = lockDatabase(file);
  try {
    prepare?.();
    const db = openDatabase(file, deployment);
    const decoder = createDecoder(deployment);
    const ranking = createRanking(db, { held: MOST_HELD });
    const chain = createChain(db, decoder, deployment.contracts.Campaign.address, ranking.listener);
    return {
      ...{ db, decoder, ranking, chain },
      completeBackfill() {
        chain.complete();
        ranking.build();
      },
      close() {
        db.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
