import type { Book } from "./book.ts";
import type { Block, Chain } from "./chain.ts";
import { compareServed, type Difference, rowsOf, type Served } from "./served.ts";

// An answer may be of a block that the RPC doesn't have yet, or that a reorganisation just undid.
const GRACE = 20_000;

/** The result of comparing answers with the book. */
interface Compared {
  /** Rows that agree. */
  rows: number;
  /** The same of an answer in the slot {@link WHOLE}; undefined where there was none. */
  whole?: number;
  differences: Difference[];
}

/** The slot of a whole ranking. */
export const WHOLE = "whole";

/** Answers of the API that aren't compared with the chain yet. */
export interface Answers {
  /** `slot` names the place on the page: only the newest answer there counts. */
  add(slot: string, served: Served): void;
  /** Compares the answers that it can with the book, which is folded up to `head`. */
  compare(book: Book, head: Block): Promise<Compared>;
}

/** Answers about a chain, to be compared as of their own blocks; `now` is the time in milliseconds. */
export function collectAnswers(chain: Chain, chainId: number, now: () => number = Date.now): Answers {
  const waiting = new Map<string, Served>();
  // Since when no answer was of a block that the RPC knows too.
  let strangeSince: number | undefined;

  const strangeness = async ({ asOf }: Served, head: Block): Promise<string | undefined> => {
    const { blockNumber, blockHash } = asOf;
    if (blockNumber > head.number) return `The API is at block ${blockNumber}; the RPC's newest is ${head.number}.`;
    const hash = blockNumber === head.number ? head.hash : await chain.hashOf(blockNumber);
    return hash === blockHash ? undefined : `Block ${blockNumber} is ${blockHash} to the API; on chain it is ${hash}.`;
  };

  return {
    add: (slot, served) => void waiting.set(slot, served),
    async compare(book, head) {
      const differences: Difference[] = [];
      let rows = 0;
      let whole: number | undefined;
      for (const [slot, served] of waiting) {
        const { chainId: servedChain } = served.asOf;
        const strange = servedChain === chainId ? await strangeness(served, head) : undefined;
        if (strange !== undefined) {
          strangeSince ??= now();
          if (now() - strangeSince > GRACE) differences.push({ sentence: strange });
          continue;
        }
        strangeSince = undefined;
        if (waiting.get(slot) === served) waiting.delete(slot);
        const found =
          servedChain === chainId
            ? compareServed(book, served)
            : [{ sentence: `The API serves chain ${servedChain}; the contracts are on chain ${chainId}.` }];
        differences.push(...found);
        if (found.length > 0) continue;
        rows += rowsOf(served);
        if (slot === WHOLE) whole = rowsOf(served);
      }
      return { rows, differences, ...(whole !== undefined && { whole }) };
    },
  };
}
