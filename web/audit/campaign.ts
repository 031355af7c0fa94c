import { getAddress } from "viem";
import type { Book } from "./book.ts";
import type { Block, Chain } from "./chain.ts";
import type { Difference } from "./served.ts";

const SAMPLES = 4;

/** Differences between the book and the campaign's state of its season, as of a block that the book has folded. */
export async function compareCampaign(
  book: Book,
  chain: Chain,
  seasonId: bigint,
  { number, hash }: Block,
): Promise<Difference[]> {
  const kept = await chain.ledger(seasonId, hash);
  const pairs = [
    ["last entry", book.seq, kept.seq],
    ["ledger hash", book.ledgerHash, kept.ledgerHash],
    ["number of participants", book.participants, kept.participants],
    ["total of points", book.totalPoints, kept.totalPoints],
  ] as const;
  const wrong = pairs.find(([, computed, onChain]) => computed !== onChain);
  if (!wrong) return [];
  const [what, computed, onChain] = wrong;
  return [{ sentence: `At block ${number} the events give the ${what} ${computed}; the campaign keeps ${onChain}.` }];
}

/** The same of a few accounts, drawn anew each time. */
export async function compareSample(
  book: Book,
  chain: Chain,
  seasonId: bigint,
  { hash }: Block,
): Promise<{ sampled: number; differences: Difference[] }> {
  const count = book.participants;
  const drawn = Array.from({ length: Math.min(SAMPLES, count) }, () => 1 + Math.floor(Math.random() * count));
  const scores = [...new Set(drawn)].flatMap((place) => book.scoreAt(place) ?? []);
  const found = await Promise.all(
    scores.map(async ({ account: key, points, lastSeq }): Promise<Difference[]> => {
      const account = getAddress(key);
      const kept = await chain.entry(seasonId, account, hash);
      if (kept.points === points && kept.lastSeq === lastSeq) return [];
      const sentence = `The events give ${account} ${points} points up to entry ${lastSeq}; the campaign keeps ${kept.points} up to ${kept.lastSeq}.`;
      return [{ sentence, account }];
    }),
  );
  return { sampled: scores.length, differences: found.flat() };
}
