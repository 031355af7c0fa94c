import type { Address } from "viem";
import type { Tally, Working } from "./working.ts";

/** What is added up of an account in a season. */
export type Count = Exclude<keyof Tally, "seasonId" | "account">;

const none = {
  ...{ pending: 0n, verified: 0n, refuted: 0n, caught: 0n },
  ...{ byProver: 0n, byVerifier: 0n, byPenalty: 0n },
};
const counts = Object.keys(none) as Count[];

/** Keeps `tallies`; a row of zeros is removed, so that adding and taking away leaves no trace. */
export function createTallies({ tallies }: Working): {
  add(seasonId: bigint, account: Address, count: Count, amount: bigint): void;
} {
  return {
    add(seasonId, account, count, amount) {
      const before = tallies.get({ seasonId, account }) ?? { seasonId, account, ...none };
      const after = { ...before, [count]: before[count] + amount };
      if (counts.some((each) => after[each] !== 0n)) tallies.set(after);
      else tallies.remove(after);
    },
  };
}
