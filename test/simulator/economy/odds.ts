/** Verifiers on a list, how many of them are hostile, and what is drawn from it. */
export interface Drawn {
  listed: number;
  hostile: number;
  seats: number;
  /** Equal votes that decide. */
  threshold: number;
}

/** How likely the hostile, who all vote alike, decide a panel, and how likely they only keep it from a decision. */
export interface Odds {
  lie: number;
  void: number;
}

/** The odds of a panel that is drawn without anybody twice. */
export function oddsOf(drawn: Drawn): Odds {
  const { seats, threshold } = drawn;
  return { lie: between(drawn, threshold, seats), void: between(drawn, seats - threshold + 1, threshold - 1) };
}

/** How likely it is that from `least` to `most` of the seats are hostile: sums of the hypergeometric distribution. */
function between({ listed, hostile, seats }: Drawn, least: number, most: number): number {
  let sum = 0;
  for (let k = Math.max(least, 0); k <= Math.min(most, seats); k++)
    sum += Math.exp(logChoose(hostile, k) + logChoose(listed - hostile, seats - k) - logChoose(listed, seats));
  return sum;
}

/** Logarithm of the number of ways to choose k of n. */
function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
