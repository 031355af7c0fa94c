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
    add(seasonId, account, { pending = 0, verified = 0, refuted = 0, caught = 0, ...points }) {
      const key = { seasonId, account };
      const before = tallies.get(key);
      const after = {
        seasonId,
        account,
        pending: (before?.pending ?? 0) + pending,
        verified: (before?.verified ?? 0) + verified,
        refuted: (before?.refuted ?? 0) + refuted,
        caught: (before?.caught ?? 0) + caught,
        byProver: (before?.byProver ?? 0n) + (points.byProver ?? 0n),
        byVerifier: (before?.byVerifier ?? 0n) + (points.byVerifier ?? 0n),
        byPenalty: (before?.byPenalty ?? 0n) + (points.byPenalty ?? 0n),
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
