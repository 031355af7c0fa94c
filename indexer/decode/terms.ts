import type { Address, Hex } from "viem";
import type { Prize } from "../../sdk/rewards.ts";
import { refuse, type WordReader, wordReader } from "./abi-words.ts";

/** What a season's organiser promised: `Terms` of contracts/Rewards.sol. Amounts are in the token's smallest unit. */
export interface Terms {
  token: Address;
  pool: bigint;
  posterBudget: bigint;
  perAccount: bigint;
  /** Seconds. */
  claimPeriod: number;
  prizes: Prize[];
}

const MOST_PRIZES = 64;

/** Words before the prizes: where the tuple is, its six fields, and the prizes' number. */
const HEAD = 8;

const reader = (type: string) => wordReader(type) as WordReader;
const readers = {
  address: reader("address"),
  uint128: reader("uint128"),
  uint40: reader("uint40"),
  uint32: reader("uint32"),
};

/** Reads the terms that `RewardsEscrowed` carries. Throws `Refusal` for bytes that the contract can't have encoded. */
export function decodeTerms(encoded: Hex): Terms {
  const hex = encoded.slice(2);
  const bytes = Buffer.from(hex, "hex");
  const word = (type: keyof typeof readers, index: number) => readers[type](bytes, 32 * index, hex);
  const number = (index: number) => word("uint32", index) as number;
  const amount = (index: number) => word("uint128", index) as bigint;

  if (bytes.length < 32 * HEAD || number(0) !== 32 || number(6) !== 32 * 6) refuse();
  const count = number(7);
  if (count > MOST_PRIZES || bytes.length !== 32 * (HEAD + 2 * count)) refuse();
  return {
    token: word("address", 1) as Address,
    pool: amount(2),
    posterBudget: amount(3),
    perAccount: amount(4),
    claimPeriod: word("uint40", 5) as number,
    prizes: Array.from({ length: count }, (_, i) => ({
      places: number(HEAD + 2 * i),
      amount: amount(HEAD + 2 * i + 1),
    })),
  };
}
