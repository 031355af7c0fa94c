/** How often a watchdog with this patience looks; both in milliseconds. */
export const lookEvery = (patience: number): number => Math.min(patience / 4, 1_000);

/**
 * A function that is called once in `interval` ms with a number, and answers for how many ms that has been the same. A
 * look counts for two intervals at most, and by a clock that nobody sets: while the process or the machine is suspended
 * nobody looks, and nothing could have moved.
 */
export function createSilence(interval: number, clock = () => performance.now()): (value: number) => number {
  let last: number | undefined;
  let silent = 0;
  let looked = clock();
  return (value) => {
    const now = clock();
    silent = value === last ? silent + Math.min(now - looked, 2 * interval) : 0;
    looked = now;
    last = value;
    return silent;
  };
}
