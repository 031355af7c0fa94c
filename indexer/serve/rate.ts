import { LruMap } from "toad-cache";

/** A client's budget, in units, and when it was last filled up, in milliseconds of a clock that never goes back. */
interface Budget {
  units: number;
  at: number;
}

/** Most clients whose budgets are remembered: those with the latest requests. */
const MOST_CLIENTS = 20_000;

/**
 * Budgets of `perMinute` units for each client, which refill steadily (a token bucket). What costs more than a whole
 * budget takes all of it. Counts without promises: docs/performance.md, Requests.
 */
export function createBudgets(perMinute: number, now: () => number = () => performance.now()) {
  const perMs = perMinute / 60_000;
  const budgets = new LruMap<Budget>(MOST_CLIENTS);

  function budgetOf(client: string): Budget {
    const known = budgets.get(client);
    if (known) return known;
    const full = { units: perMinute, at: now() };
    budgets.set(client, full);
    return full;
  }

  return {
    /** Takes the cost out of the client's budget; where that isn't enough, takes nothing and answers when it will be, in seconds. */
    take(client: string, cost: number): number | undefined {
      const budget = budgetOf(client);
      const time = now();
      budget.units = Math.min(budget.units + (time - budget.at) * perMs, perMinute);
      budget.at = time;
      const missing = Math.min(cost, perMinute) - budget.units;
      // A unit that is whole but for rounding is whole.
      if (missing > 1e-6) return Math.ceil(missing / perMs / 1_000);
      budget.units = Math.max(budget.units - cost, 0);
      return undefined;
    },
  };
}
