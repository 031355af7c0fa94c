import type { features as names } from "../../models/risk/data.ts";

/** How a feature of a trade reads to a person; `share` runs from 0 to 1 on the feature's own scale. */
interface Feature {
  title: string;
  say(share: number): string;
}

const percent = (most: number) => (share: number) => `${(share * most).toFixed(1)} %`;
const times = (most: number) => (share: number) => `${(1 + share * (most - 1)).toFixed(1)} times`;
/** A logarithmic scale has no formula beyond its ends: only how far along it the value is can be said. */
const towards = (most: string) => (share: number) => `${Math.round(share * 100)} % towards ${most}`;

/** What a trade is described by, in words; the scales are those of models/risk/data.ts. */
export const describedBy: Readonly<Record<(typeof names)[number], Feature>> = {
  size: { title: "Size, of the wallet's balance", say: percent(100) },
  slippage: { title: "Slippage allowed", say: percent(5) },
  leverage: { title: "Leverage", say: times(20) },
  volatility: { title: "Volatility over a day", say: percent(30) },
  liquidity: { title: "Depth of the pool against the trade", say: towards("deep") },
  counterpartyAge: { title: "Age of the counterparty", say: towards("2 years") },
  tokenAge: { title: "Age of the token", say: towards("2 years") },
  concentration: { title: "Held by the ten largest holders", say: percent(100) },
  deviation: { title: "Price off the oracle's", say: percent(5) },
  approval: { title: "Allowance beyond what is needed", say: towards("the most") },
  verified: { title: "Contract's source is verified", say: (share) => (share >= 0.5 ? "yes" : "no") },
  exposure: { title: "Already in the asset, of the portfolio", say: percent(100) },
  drawdown: { title: "Portfolio's loss over a week", say: percent(50) },
  rate: { title: "Trades of the past hour", say: (share) => String(Math.round(share * 60)) },
  gasPremium: { title: "Fee against the median", say: times(10) },
  dealings: { title: "Earlier trades with the counterparty", say: towards("100") },
};

/** An int8 as a share of its range, 0 to 1. */
export const shareOf = (value: number): number => (value + 128) / 255;
