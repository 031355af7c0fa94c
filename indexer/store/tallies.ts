import type { Address } from "viem";
import type { Tally } from "./rows-of-accounts.ts";
import type { Working } from "./working.ts";

/** How an account's tally changes: what is left out stays. */
type Amounts = Partial<Omit<Tally, "seasonId" | "account">>;

/** Keeps `tallies`; a row of zeros is removed, so that adding and taking away leaves no trace. */
export function createTallies({ tallies }: Working): {
  add(seasonId: bigint, account: Address, amounts: Amounts): void;
} {
  return {
    add(seasonId, account, amounts) {
      const key = { seasonId, account };
      const before = tallies.get(key);
      const after = {
        seasonId,
        account,
        pending: (before?.pending ?? 0) + (amounts.pending ?? 0),
        verified: (before?.verified ?? 0) + (amounts.verified ?? 0),
        refuted: (before?.refuted ?? 0) + (amounts.refuted ?? 0),
        caught: (before?.caught ?? 0) + (amounts.caught ?? 0),
        byProver: (before?.byProver ?? 0n) + (amounts.byProver ?? 0n),
        byVerifier: (before?.byVerifier ?? 0n) + (amounts.byVerifier ?? 0n),
        byPenalty: (before?.byPenalty ?? 0n) + (amounts.byPenalty ?? 0n),
      };
      if (isNone(after)) tallies.remove(key);
      else tallies.set(after);
    },
  };
}

const isNone = ({ pending, verified, refuted, caught, byProver, byVerifier, byPenalty }: Tally): boolean =>
  pending === 0 &&
  verified === 0 &&
  refuted === 0 &&
  caught === 0 &&
  byProver === 0n &&
  byVerifier === 0n &&
  byPenalty === 0n;
