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

/** The blocks that a list of choices makes, each so many seconds after the one before; a second, but for the first. */
export function blocksOf(choices: readonly (readonly number[])[], pauses: readonly number[] = []): Block[] {
  const times: number[] = [];
  for (let i = 0; i < choices.length + 3; i++) times.push((times.at(-1) ?? 0) + (pauses[i] ?? (i === 0 ? 1_000 : 1)));
  const timeOf = (block: number) => times[block] as number;
  return chainOf(chaptersOf(choices, (chapter) => timeOf(chapter + 2))).map((block, i) => ({
    ...block,
    timestamp: timeOf(i),
  }));
}

/** Starts after the second of the blocks; keeps standings of so many accounts in memory. */
export function openFollowed(blocks: readonly Block[], held = 0): Followed {
  const { db, ranking, writer } = assembled(":memory:", held);
  writer.start(blocks[1] as Block);
  return { db, ranking, writer, append: (appended) => void appendAtOnce(writer, appended) };
}
