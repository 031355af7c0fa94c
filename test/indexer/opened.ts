import { createDecoder } from "../../indexer/decode/events.ts";
import type { Log } from "../../indexer/ingest/blocks.ts";
import { assemble, type Opened } from "../../indexer/open.ts";
import { type Db, openDatabase } from "../../indexer/store/sqlite/database.ts";
import type { Writer } from "../../indexer/sync/writer.ts";
import { type Block, chainOf } from "./node.ts";
import { asRead, chaptersOf, deployment } from "./story.ts";

export const decoder = createDecoder(deployment);
export const campaign = deployment.contracts.Campaign;

/** A database and all that works on it. */
export interface OpenedChain extends Omit<Opened, "close"> {
  db: Db;
}

/** A database in memory, or in a file; keeps standings of so many accounts in memory. */
export function assembled(file = ":memory:", held = 0): OpenedChain {
  const db = openDatabase(file, deployment);
  return { db, ...assemble(db, deployment, held) };
}

/** A database in memory, or in a file, with its ranking built. */
export function open(file?: string): OpenedChain {
  const opened = assembled(file);
  opened.ranking.build();
  return opened;
}

/** The block before the deployment's first, and the blocks that the choices make. */
export function storyOf(choices: readonly (readonly number[])[]): { first: Block; blocks: Block[] } {
  const [, first, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
  return { first, blocks };
}

/** A block's logs as ingestion reads them. */
export const logsOf = (block: Block): Log[] =>
  block.logs.map((log, logIndex) => ({
    ...asRead(log),
    ...{ blockNumber: block.number, blockHash: block.hash, transactionHash: block.hash, logIndex },
  }));

/** Each block in a transaction of its own. */
export function append(writer: Writer, blocks: readonly Block[], finalized = 0): void {
  for (const block of blocks) writer.append({ headers: [block], logs: logsOf(block), finalized });
}

/** All blocks in one transaction. */
export const appendAtOnce = (writer: Writer, blocks: readonly Block[], finalized = 0): number =>
  writer.append({ headers: blocks, logs: blocks.flatMap(logsOf), finalized });
