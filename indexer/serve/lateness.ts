const EVERY = 50;
const SHARE = 0.25;

/**
 * How late the event loop is, in milliseconds by a clock that never goes back: the moving average of how much later than
 * asked a timer comes. One long turn, as of a large block, isn't much of it; a load that stays is all.
 */
export function watchLateness(): { lateness: () => number; stop: () => void } {
  let due = performance.now() + EVERY;
  let average = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    average += SHARE * (Math.max(now - due, 0) - average);
    due = now + EVERY;
  }, EVERY);
  timer.unref();
  return { lateness: () => average, stop: () => clearInterval(timer) };
}
