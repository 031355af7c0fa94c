import { type Random, randomFrom } from "../random.ts";

/** A proposed trade and what became of it. */
export interface Trade {
  /** One int8 a feature, in the order of {@link features}: -128 the least, 127 the most. */
  input: Int8Array;
  /** Whether it went badly, drawn with the rule's probability. */
  bad: boolean;
  /** The probability that the rule gives; never shown to the model. */
  probability: number;
}

export const TRAINING = { seed: 20_260_303, count: 20_000 };
export const HELD_OUT = { seed: 20_260_404, count: 8_000 };

/** What a trade is described by, in order; each runs from 0 to 1 before it is written as int8. */
export const features = [
  "size", // share of the wallet's balance
  "slippage", // tolerance, 0 to 5%
  "leverage", // 1 to 20 times
  "volatility", // of the asset over a day, 0 to 30%
  "liquidity", // depth of the pool against the trade, logarithmic
  "counterpartyAge", // 0 to 2 years, logarithmic
  "tokenAge", // 0 to 2 years, logarithmic
  "concentration", // share that the ten largest holders have
  "deviation", // of the price from the oracle's, 0 to 5%
  "approval", // allowance asked for beyond what is needed, logarithmic
  "verified", // 1 if the contract's source is verified
  "exposure", // share of the portfolio already in the asset
  "drawdown", // loss of the portfolio over a week, 0 to 50%
  "rate", // trades of the past hour, 0 to 60
  "gasPremium", // fee against the median, 1 to 10 times
  "dealings", // earlier trades with the counterparty, 0 to 100, logarithmic
] as const;

type Features = Record<(typeof features)[number], number>;

/** Draws `count` trades. */
export function drawTrades({ seed, count }: { seed: number; count: number }): Trade[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const input = Int8Array.from(features, (name) => Math.round(255 * drawFeature(random, name)) - 128);
    const probability = probabilityOfLoss(input);
    return { input, bad: random.uniform(0, 1) < probability, probability };
  });
}

// Most trades are small and most leverage is low: squares lean towards 0.
const skewed = new Set<string>(["size", "slippage", "leverage", "deviation", "approval", "drawdown", "gasPremium"]);

function drawFeature(random: Random, name: (typeof features)[number]): number {
  const value = random.uniform(0, 1);
  if (name === "verified") return value < 0.7 ? 1 : 0;
  return skewed.has(name) ? value * value : value;
}

/** The rule: risks that multiply each other, as a logistic probability. */
function probabilityOfLoss(input: Int8Array): number {
  const f = Object.fromEntries(features.map((name, i) => [name, ((input[i] as number) + 128) / 255])) as Features;
  const risk =
    3 * f.leverage * f.volatility +
    2.5 * f.size * (1 - f.liquidity) +
    2 * f.slippage * (1 - f.liquidity) +
    2 * f.deviation +
    1.8 * f.concentration * (1 - f.tokenAge) +
    1.5 * f.approval * (1 - f.verified) +
    1.2 * (1 - f.counterpartyAge) * (1 - f.dealings) +
    f.exposure * f.size +
    0.8 * f.drawdown * f.rate +
    0.3 * f.gasPremium;
  return 1 / (1 + Math.exp(-8 * (risk - 3.1)));
}
