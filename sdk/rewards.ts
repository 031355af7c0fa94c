// What standings earn, as contracts/Rewards.sol computes it. Amounts are in the token's smallest unit.

/** Prizes of consecutive places. */
export interface Prize {
  /** Number of the places. */
  places: number;
  /** What each of them gets. */
  amount: bigint;
}

/** An account's share of a pool that is shared by points, rounded down: `_shareOf` of the contract. */
export const shareOf = (pool: bigint, points: bigint, totalPoints: bigint): bigint =>
  points === 0n ? 0n : (pool * points) / totalPoints;

/**
 * What each account of a rank gets: the mean of the prizes of places `first` to `last`, which it holds, rounded down.
 * Prizes count from place 1 on. `_prizeOf` of the contract.
 */
export function prizeOf(prizes: readonly Prize[], first: number, last: number): bigint {
  let sum = 0n;
  let from = 1;
  for (const { places, amount } of prizes) {
    const until = from + places;
    const held = Math.min(until, last + 1) - Math.max(from, first);
    if (held > 0) sum += BigInt(held) * amount;
    from = until;
  }
  return sum / BigInt(last + 1 - first);
}
