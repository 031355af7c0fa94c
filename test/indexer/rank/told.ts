import { createDecoder } from "../../../indexer/decode/events.ts";
import { createRanking, type Ranking } from "../../../indexer/rank/ranking.ts";
import { type Chain, createChain } from "../../../indexer/store/chain.ts";
import { type Db, openDatabase } from "../../../indexer/store/database.ts";
import { type Block, chainOf } from "../node.ts";
import { asRead, deployment, tell } from "../story.ts";

const decoder = createDecoder(deployment);

/** A database that follows a chain's blocks, with its ranking. */
export interface Told {
  db: Db;
  ranking: Ranking;
  chain: Chain;
  /** Appends blocks in one transaction. */
  append(blocks: readonly Block[]): void;
}

/** The blocks that a list of choices tells, each so many seconds after the one before. */
export function blocksTold(choices: readonly (readonly number[])[], pauses: readonly number[] = []): Block[] {
  let timestamp = 0;
  return chainOf(tell(choices)).map((block, i) => {
    timestamp += pauses[i] ?? 1;
    return { ...block, timestamp };
  });
}

/** Starts after the second of the blocks; keeps standings of so many accounts in memory. */
export function openTold(blocks: readonly Block[], held = 0): Told {
  const db = openDatabase(":memory:", deployment);
  const ranking = createRanking(db, { held });
  const chain = createChain(db, decoder, deployment.contracts.Campaign.address, ranking.listener);
  chain.start(blocks[1] as Block);
  return {
    ...{ db, ranking, chain },
    append(appended) {
      const logs = appended.flatMap((block) => {
        const where = { blockNumber: block.number, blockHash: block.hash, transactionHash: block.hash };
        return block.logs.map((log, logIndex) => ({ ...asRead(log), ...where, logIndex }));
      });
      chain.append({ headers: appended, logs, finalized: 0 });
    },
  };
}
