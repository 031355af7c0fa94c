/** Counts what happens in time. */
export interface Meter {
  add(count: number): void;
  /** How much was counted in the last second. */
  lastSecond(): number;
  /** The most that was counted in a second. */
  bestSecond(): number;
}

/** Parts of a second that are counted together. */
const PARTS = 20;

/** Counts by the second; `now` is in milliseconds. */
export function createMeter(now: () => number): Meter {
  const counts = new Array<number>(PARTS).fill(0);
  let current = 0;
  let best = 0;

  function lastSecond(): number {
    const part = Math.floor((now() * PARTS) / 1000);
    for (let missed = Math.min(part - current, PARTS); missed > 0; missed--) counts[(part - missed + 1) % PARTS] = 0;
    current = part;
    return counts.reduce((sum, count) => sum + count, 0);
  }

  return {
    add(count) {
      const sum = lastSecond() + count;
      counts[current % PARTS] = (counts[current % PARTS] as number) + count;
      best = Math.max(best, sum);
    },
    lastSecond,
    bestSecond: () => best,
  };
}
