import type { Address, Hex } from "viem";

/** Consecutive units of a task and an account, and the attestation that is about them. */
interface Units {
  id: Hex;
  prover: Address;
  taskId: bigint;
  unit: bigint;
  count: number;
}

interface Spent {
  first: number;
  last: number;
  id: Hex;
}

/** Which units of a season were paid, and which are dead. */
export interface SpentUnits {
  /** Pays units; returns the attestation by which one of them was paid before or is dead, and pays none then. */
  pay(units: Units): Hex | undefined;
  /** Makes the units of a refuted attestation dead, paid or not. */
  kill(units: Units): void;
}

/** Starts without any. Keeps ranges, not units: a batch of any length takes as much memory as one unit. */
export function createSpentUnits(): SpentUnits {
  // Those paid don't overlap and are kept in order; dead ones are few.
  const paid = new Map<string, Spent[]>();
  const dead = new Map<string, Spent[]>();
  const of = (map: Map<string, Spent[]>, { prover, taskId }: Units): Spent[] => {
    const key = `${taskId} ${prover}`;
    const found = map.get(key) ?? [];
    map.set(key, found);
    return found;
  };
  const rangeOf = ({ id, unit, count }: Units): Spent => ({ id, first: Number(unit), last: Number(unit) + count - 1 });

  return {
    pay(units) {
      const { id, first, last } = rangeOf(units);
      const ranges = of(paid, units);
      const at = placeOf(ranges, first);
      const [before, after] = [ranges[at - 1], ranges[at]];
      const killed = dead
        .get(`${units.taskId} ${units.prover}`)
        ?.find((each) => each.first <= last && each.last >= first);
      const overlap = before && before.last >= first ? before : after && after.first <= last ? after : killed;
      if (overlap) return overlap.id;
      ranges.splice(at, 0, { id, first, last });
      return undefined;
    },
    kill(units) {
      of(dead, units).push(rangeOf(units));
    },
  };
}

/** Position of the first range that begins after `unit`. */
function placeOf(ranges: readonly Spent[], unit: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Spent).first <= unit) low = middle + 1;
    else high = middle;
  }
  return low;
}
