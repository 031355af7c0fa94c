import { readRanges } from "../../sdk/ranges.ts";
import { Book } from "./book.ts";
import { compareCampaign } from "./campaign.ts";
import type { Block, Chain } from "./chain.ts";
import type { Difference } from "./served.ts";

/** A block that was read to its end, and the ledger's last entry there. */
type Checkpoint = Block & { seq: bigint };

/** A season's ledger, kept up with its chain. */
export interface Follower {
  /** Folded up to the block that `advance` returned. */
  book: Book;
  /**
   * Folds up to the RPC's newest block, having undone what a reorganisation took back, and compares the ledger's
   * head with the campaign's. `report` is given how many of how many blocks are read.
   */
  advance(report: (done: number, total: number) => void): Promise<{ head: Block; differences: Difference[] }>;
}

// Nodes behind one address may differ for a moment: the ledger is read again before a difference is reported.
const ATTEMPTS = 3;
const CHECKPOINTS = 256;

/** Follows a season from `startBlock` on, the first block that can hold an event. */
export function followSeason(chain: Chain, seasonId: bigint, startBlock: number): Follower {
  const book = new Book();
  const checkpoints: Checkpoint[] = [];

  const undoFork = async (): Promise<void> => {
    for (let newest = checkpoints.at(-1); newest !== undefined; newest = checkpoints.at(-1)) {
      if ((await chain.hashOf(newest.number)) === newest.hash) break;
      checkpoints.pop();
    }
    book.undoTo(checkpoints.at(-1)?.seq ?? 0n);
  };

  const readTo = async (head: Block, report: (done: number, total: number) => void): Promise<void> => {
    const from = (checkpoints.at(-1)?.number ?? startBlock - 1) + 1;
    const read = async (first: bigint, end: bigint): Promise<never[]> => {
      const number = Number(end);
      const [changes, hash] = await Promise.all([chain.points(seasonId, Number(first), number), chain.hashOf(number)]);
      if (hash === undefined) throw new Error(`The RPC has no block ${number}, though its newest is ${head.number}.`);
      for (const change of changes) book.append(change);
      checkpoints.push({ number, hash, seq: book.seq });
      if (checkpoints.length > CHECKPOINTS) checkpoints.shift();
      return [];
    };
    const before = from - startBlock;
    await readRanges(BigInt(from), BigInt(head.number), read, (done, total) => report(before + done, before + total));
  };

  const differencesAt = async (head: Block, report: (done: number, total: number) => void): Promise<Difference[]> => {
    try {
      await readTo(head, report);
    } catch (error) {
      if (error instanceof RangeError) return [{ sentence: error.message }];
      throw error;
    }
    return compareCampaign(book, chain, seasonId, head);
  };

  return {
    book,
    async advance(report) {
      for (let attempt = 1; ; attempt++) {
        const head = await chain.head();
        if (checkpoints.at(-1)?.hash === head.hash) return { head, differences: [] };
        await undoFork();
        const differences = await differencesAt(head, report);
        const moved = checkpoints.at(-1)?.hash !== head.hash || (await chain.hashOf(head.number)) !== head.hash;
        if (differences.length === 0 && !moved) return { head, differences };
        if (attempt === ATTEMPTS && differences.length > 0) return { head, differences };
        if (attempt === ATTEMPTS) throw new Error("The RPC's newest block changes faster than it can be read.");
        if (differences.length > 0) checkpoints.length = 0;
      }
    },
  };
}
