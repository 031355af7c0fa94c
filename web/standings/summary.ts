import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import { plural, short } from "../format.ts";
import { isSame } from "../me.ts";

/** What a screen reader says about new rows; undefined if nothing changed. */
export function summaryOf(before: readonly Standing[], after: readonly Standing[], me?: Address): string | undefined {
  const old = new Map(before.map((row) => [row.account, row]));
  const changed = after.filter(({ account, points, rank }) => {
    const was = old.get(account);
    return was !== undefined && (was.points !== points || was.rank !== rank);
  });
  const own = changed.find(({ account }) => isSame(account, me));
  if (own) {
    const was = old.get(own.account) as Standing;
    return own.rank === was.rank
      ? `You have ${plural(own.points, "point")} now, still rank ${own.rank}.`
      : `You went from rank ${was.rank} to rank ${own.rank}, with ${plural(own.points, "point")}.`;
  }
  const [leader] = after;
  const leads = leader?.place === 1 && after[1]?.rank !== 1;
  if (leads && before[0]?.place === 1 && leader.account !== before[0].account)
    return `${short(leader.account)} leads now, with ${plural(leader.points, "point")}.`;
  return changed.length === 0 ? undefined : `Standings updated: ${plural(changed.length, "row")} changed.`;
}
