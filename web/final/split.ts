import { prizeOf, shareOf } from "../../sdk/rewards.ts";
import type { Season, SeasonRewards, Standing } from "../../sdk/wire.ts";

/** Consecutive places that get the same prize. */
export interface PrizeRow {
  /** `1`, `2 to 10`. */
  places: string;
  /** What each of them gets, in the token's smallest unit. */
  amount: string;
}

/** The prizes of a season by place; empty where the pool is shared by points. */
export function prizeRows({ prizes }: Pick<SeasonRewards, "prizes">): PrizeRow[] {
  let first = 1;
  return prizes.map(({ places, amount }) => {
    const last = first + places - 1;
    const row = { places: places === 1 ? String(first) : `${first} to ${last}`, amount };
    first = last + 1;
    return row;
  });
}

/**
 * What each standing at the beginning of a final order earns, in the token's smallest unit; undefined where that can't be
 * said from these: more accounts of its rank follow.
 *
 * @param standings The first ones, in order.
 */
export function amountsOf(
  standings: readonly Pick<Standing, "rank" | "points">[],
  { totals, rewards }: Pick<Season, "totals"> & { rewards: Pick<SeasonRewards, "pool" | "prizes"> },
): (bigint | undefined)[] {
  const prizes = rewards.prizes.map(({ places, amount }) => ({ places, amount: BigInt(amount) }));
  if (prizes.length === 0)
    return standings.map(({ points }) => shareOf(BigInt(rewards.pool), BigInt(points), BigInt(totals.totalPoints)));
  const endsAt = standings.at(-1)?.rank;
  return standings.map(({ rank }) => {
    if (rank === endsAt && standings.length < totals.participants) return undefined;
    const held = standings.filter((one) => one.rank === rank).length;
    return prizeOf(prizes, rank, rank + held - 1);
  });
}
