import { getHeapStatistics } from "node:v8";
import type { Deployment } from "../sdk/deployment.ts";
import { type AddedMethod, createDecoder, type Decoder } from "./decode/events.ts";
import { createRanking, type Ranking } from "./rank/ranking.ts";
import { type Chain, createChain } from "./store/chain.ts";
import { type Db, openDatabase } from "./store/database.ts";
import { lockDatabase } from "./store/lock.ts";
import { createMethodReader } from "./store/read-methods.ts";

/** A deployment's database, which nobody else writes until `close`. */
export interface Opened {
  db: Db;
  decoder: Decoder;
  ranking: Ranking;
  chain: Chain;
  /** The methods that the registry was folded to have. */
  methods(): AddedMethod[];
  /** Builds, where that isn't done, what a new file lacks until its first blocks are read: indexes and the ranking. */
  completeBackfill(): void;
  close(): void;
}

const MOST_HELD = 1_000_000;
const BYTES_OF_STANDING = 300;

/** How many accounts' standings are kept in memory, where the heap may grow to so many bytes: a quarter of them. */
export const heldWithin = (heap: number): number => Math.min(MOST_HELD, Math.floor(heap / 4 / BYTES_OF_STANDING));

/** Opens the database for writing, or creates it. `prepare` is called before, while nobody else can write it. */
export function openForWriting(file: string, deployment: Deployment, prepare?: () => unknown): Opened {
  const lock = lockDatabase(file);
  try {
    prepare?.();
    const db = openDatabase(file, deployment);
    const methods = createMethodReader(db);
    const decoder = createDecoder(deployment);
    decoder.follow(methods());
    const ranking = createRanking(db, { held: heldWithin(getHeapStatistics().heap_size_limit) });
    const chain = createChain(db, decoder, deployment.contracts.Campaign.address, ranking.listener);
    return {
      ...{ db, decoder, ranking, chain, methods },
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
