import type { InferenceSession } from "../../inference/runtime.ts";
import { withNoise } from "../noise.ts";
import type { Trade } from "./data.ts";

/** How well the model does on trades. */
export interface Quality {
  /** Share of the trades allowed that went well and refused that went badly. */
  accuracy: number;
  /** Area under the ROC curve: how often a bad trade scores higher than a good one, ties counting half. */
  auc: number;
}

/** Runs the model on every trade, with noise of this amplitude added unless it is 0. */
export async function qualityOf(session: InferenceSession, trades: readonly Trade[], noise: number): Promise<Quality> {
  const good = new Array<number>(256).fill(0);
  const bad = new Array<number>(256).fill(0);
  let right = 0;
  for (const [i, trade] of trades.entries()) {
    const input = noise === 0 ? trade.input : withNoise(trade.input, i, noise);
    const [allow, score] = await session.run(new Uint8Array(input));
    if ((allow === 0) === trade.bad) right++;
    const counts = trade.bad ? bad : good;
    counts[score as number] = (counts[score as number] as number) + 1;
  }
  return { accuracy: right / trades.length, auc: areaUnderRoc(good, bad) };
}

/** Share that somebody who knew the rule would get right; the rest is chance. */
export const bestAccuracyOf = (trades: readonly Trade[]): number =>
  trades.filter(({ probability, bad }) => probability > 0.5 === bad).length / trades.length;

function areaUnderRoc(good: readonly number[], bad: readonly number[]): number {
  let below = 0;
  let wins = 0;
  for (const [score, count] of good.entries()) {
    wins += (bad[score] as number) * (below + count / 2);
    below += count;
  }
  return wins / (below * bad.reduce((sum, count) => sum + count, 0));
}
