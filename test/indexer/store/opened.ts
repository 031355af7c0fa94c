import { createDecoder } from "../../../indexer/decode/events.ts";
import type { Log } from "../../../indexer/ingest/blocks.ts";
import { createRanking, type Ranking } from "../../../indexer/rank/ranking.ts";
import { type Chain, createChain } from "../../../indexer/store/chain.ts";
import { type Db, openDatabase } from "../../../indexer/store/database.ts";
import type { EntryListener } from "../../../indexer/store/listener.ts";
import { type Block, chainOf } from "../node.ts";
import { asRead, deployment, tell } from "../story.ts";

export const decoder = createDecoder(deployment);
export const campaign = deployment.contracts.Campaign;

export interface OpenedChain {
  db: Db;
  chain: Chain;
  ranking: Ranking;
}

/** A database in memory, or in a file, with its ranking built and told of entries; or with another listener. */
export function open(file = ":memory:", listener?: EntryListener): OpenedChain {
  const db = openDatabase(file, deployment);
  const ranking = createRanking(db);
  const chain = createChain(db, decoder, campaign.address, listener ?? ranking.listener);
  ranking.build();
  return { db, chain, ranking };
}

/** The block before the deployment's first, and the blocks that choices tell. */
export function told(choices: readonly (readonly number[])[]): { first: Block; blocks: Block[] } {
  const [, first, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
  return { first, blocks };
}

export const logsOf = (block: Block): Log[] =>
  block.logs.map((log, logIndex) => ({
    ...asRead(log),
    ...{ blockNumber: block.number, blockHash: block.hash, transactionHash: block.hash, logIndex },
  }));

/** Each block in a transaction of its own. */
export function append(chain: Chain, blocks: readonly Block[], finalized = 0): void {
  for (const block of blocks) chain.append({ headers: [block], logs: logsOf(block), finalized });
}

/** All blocks in one transaction. */
export const appendAtOnce = (chain: Chain, blocks: readonly Block[], finalized = 0): number =>
  chain.append({ headers: blocks, logs: blocks.flatMap(logsOf), finalized });
