import type { Ranking } from "../../../indexer/rank/ranking.ts";
import type { Db } from "../../../indexer/store/sqlite/database.ts";
import type { Writer } from "../../../indexer/sync/writer.ts";
import { type Block, chainOf } from "../node.ts";
import { appendAtOnce, assembled } from "../opened.ts";
import { chaptersOf } from "../story.ts";

/** A database that follows a chain's blocks, with its ranking. */
export interface Followed {
  db: Db;
  ranking: Ranking;
  writer: Writer;
  /** Appends blocks in one transaction. */
  append(blocks: readonly Block[]): void;
}

/** The blocks that a list of choices makes, each so many seconds after the one before. */
export function blocksOf(choices: readonly (readonly number[])[], pauses: readonly number[] = []): Block[] {
  let timestamp = 0;
  return chainOf(chaptersOf(choices)).map((block, i) => {
    timestamp += pauses[i] ?? 1;
    return { ...block, timestamp };
  });
}

/** Starts after the second of the blocks; keeps standings of so many accounts in memory. */
export function openFollowed(blocks: readonly Block[], held = 0): Followed {
  const { db, ranking, writer } = assembled(":memory:", held);
  writer.start(blocks[1] as Block);
  return { db, ranking, writer, append: (appended) => void appendAtOnce(writer, appended) };
}
