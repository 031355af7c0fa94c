import type { Hex } from "viem";
import { encodeHeader, HeaderMismatchError, type RpcHeader } from "../../sdk/headers.ts";
import type { Book, FoldedEntry } from "./book.ts";
import type { Block, Chain } from "./chain.ts";
import { followSeason } from "./follower.ts";
import type { Difference } from "./served.ts";

/** What two RPCs say of a season at one block. */
interface Compared {
  blockNumber: number;
  /** Whether this chain's headers hash to their blocks' hashes: then both headers of the block did, or differ. */
  sealed: boolean;
  differences: Difference[];
}

/** A second RPC beside the first one. */
export interface Second {
  /**
   * Folds what the second RPC has by now, and holds both RPCs against each other at the newest block that both have:
   * its hash and header, what the campaign keeps, the entries. `book` is the first one's, folded up to `head`. Undefined
   * where blocks changed meanwhile. Throws when an RPC fails, or is of another chain.
   */
  compare(book: Book, head: Block): Promise<Compared | undefined>;
}

interface Season {
  chainId: number;
  seasonId: bigint;
  /** The first block that can hold an event. */
  startBlock: number;
}

// Two nodes may be of different minds for a moment, about a block that one of them hasn't undone yet.
const GRACE = 20_000;

/** Compares `second` with `first`; `now` is the time in milliseconds. */
export function compareWith(first: Chain, second: Chain, season: Season, now: () => number = Date.now): Second {
  const { chainId, seasonId, startBlock } = season;
  const { book: otherBook, advance } = followSeason(second, seasonId, startBlock);
  const chains = [first, second] as const;
  let known = false;
  let sealed = false;
  let strangeSince: number | undefined;

  const meet = async (): Promise<void> => {
    const found = await second.chainId();
    if (found !== chainId)
      throw new Error(`The RPC at ${second.name} serves chain ${found}; the contracts are on chain ${chainId}.`);
    // As the indexer does: one header that hashes to its hash shows that all do, since nobody can make one up.
    const headers = await both((chain) => chain.header(startBlock));
    sealed = headers.some((header) => header !== undefined && sealFault(header) === undefined);
    known = true;
  };

  const both = <T>(ask: (chain: Chain) => Promise<T>) => Promise.all([ask(first), ask(second)]);

  const said = (what: string, [one, other]: readonly [unknown, unknown]): Difference[] =>
    one === other ? [] : [{ sentence: `${what} ${one} by ${first.name}, and ${other} by ${second.name}.` }];

  const compareHeaders = (headers: readonly RpcHeader[]): Difference[] => {
    const faults = headers.map(sealFault);
    sealed ||= faults.includes(undefined);
    if (!sealed) return [];
    return faults.flatMap((fault, i) => (fault ? [{ sentence: `By ${chains[i]?.name}: ${fault}` }] : []));
  };

  const compareKept = async (blockNumber: number, hash: Hex): Promise<Difference[]> => {
    const [one, other] = await both((chain) => chain.ledger(seasonId, hash));
    const at = `At block ${blockNumber} the campaign keeps`;
    return [
      ...said(`${at} the last entry`, [one.seq, other.seq]),
      ...said(`${at} the ledger hash`, [one.ledgerHash, other.ledgerHash]),
      ...said(`${at} the number of participants`, [one.participants, other.participants]),
      ...said(`${at} the total of points`, [one.totalPoints, other.totalPoints]),
    ];
  };

  const compareEntries = (book: Book, blockNumber: number): Difference[] => {
    const books = [book, otherBook] as const;
    const last = books.map((one) => one.seqAt(blockNumber)) as [bigint, bigint];
    const entryOf = (i: 0 | 1, seq: bigint) => (seq <= last[i] ? books[i].entry(seq) : undefined);
    for (let seq = 1n; seq <= last[0] || seq <= last[1]; seq++) {
      const [one, other] = [entryOf(0, seq), entryOf(1, seq)];
      if (one?.ledgerHash !== other?.ledgerHash) return said(`Entry ${seq} is`, [textOf(one), textOf(other)]);
    }
    return [];
  };

  /** Undefined where the block isn't the same to both, and may be soon. */
  const differencesAt = async (book: Book, blockNumber: number): Promise<Difference[] | undefined> => {
    const [one, other] = await both((chain) => chain.header(blockNumber));
    if (!one?.hash || !other?.hash) return undefined;
    if (one.hash !== other.hash) {
      strangeSince ??= now();
      return now() - strangeSince > GRACE ? said(`Block ${blockNumber} is`, [one.hash, other.hash]) : undefined;
    }
    strangeSince = undefined;
    return [
      ...compareHeaders([one, other]),
      ...(await compareKept(blockNumber, one.hash)),
      ...compareEntries(book, blockNumber),
    ];
  };

  return {
    async compare(book, head) {
      if (!known) await meet();
      const { head: otherHead, differences: own } = await advance(() => {});
      const blockNumber = Math.min(head.number, otherHead.number);
      const found = await differencesAt(book, blockNumber);
      const [hash, otherHash] = await Promise.all([first.hashOf(head.number), second.hashOf(otherHead.number)]);
      if (found === undefined || hash !== head.hash || otherHash !== otherHead.hash) return undefined;
      const named = own.map((one) => ({ ...one, sentence: `By ${second.name}: ${one.sentence}` }));
      return { blockNumber, sealed, differences: [...found, ...named] };
    },
  };
}

/** What is wrong with a header's hash; undefined where its fields have it. */
function sealFault(header: RpcHeader): string | undefined {
  try {
    encodeHeader(header);
    return undefined;
  } catch (error) {
    if (error instanceof HeaderMismatchError) return error.message;
    throw error;
  }
}

const textOf = (entry: FoldedEntry | undefined): string =>
  entry === undefined
    ? "missing"
    : `${entry.delta} points to ${entry.account} for reason ${entry.reason} and ${entry.subject}`;
