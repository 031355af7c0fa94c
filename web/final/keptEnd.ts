import type { Address, Hex } from "viem";
import type { SeasonEnd } from "../../sdk/seasonEnd.ts";

/** What Standings keeps of a season's final order. */
type KeptEnd = Pick<SeasonEnd, "participants" | "poster" | "finalisedAt">;

// Selector of Standings.endOf(uint256), and its answer: six words. Encoded here, because a page's first load has no ABI coder.
const END_OF = "0xb965933e";
const WORD = 64;
const WORDS = 6;

/**
 * How a season ended, from the contract; all zero before its order is final.
 *
 * @param call Returns what Standings answers to these call data.
 */
export async function readEnd(call: (data: Hex) => Promise<Hex>, seasonId: bigint): Promise<KeptEnd> {
  const answer = await call(`${END_OF}${seasonId.toString(16).padStart(WORD, "0")}`);
  if (answer.length !== 2 + WORDS * WORD) throw new Error("The contract's answer is no season's end.");
  const wordAt = (i: number): string => answer.slice(2 + i * WORD, 2 + (i + 1) * WORD);
  return {
    participants: Number(`0x${wordAt(0)}`),
    poster: `0x${wordAt(1).slice(-40)}` as Address,
    finalisedAt: Number(`0x${wordAt(2)}`),
  };
}
