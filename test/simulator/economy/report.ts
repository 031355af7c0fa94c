import { assumptions } from "./assumptions.ts";
import { NOWHERE, type Outcome, type Participant, type Places } from "./outcome.ts";

/** ETH: in money, in points at their price, together. */
interface Sum {
  money: number;
  points: number;
  total: number;
}

/** What a strategy did in a season. */
export interface Row {
  strategy: string;
  verifiers: number;
  /** Share of the verifiers that play it. */
  share: number;
  attestations: number;
  /** Of all who play it, against what honesty earns in their places. */
  profit: Sum;
  /** Loss of all others, against what they earn in an honest world. */
  damage: Sum;
  /** What the strategy cost those who play it. */
  cost: number;
  /** Damage for each ETH of cost; null where there is damage and no cost. */
  griefingFactor: number | null;
  /** Pieces of work with a lie; the share of them that was Verified. */
  lies: number;
  liesVerified: number;
  /** Honest attestations; shares of them. */
  honest: number;
  verified: number;
  refuted: number;
  voided: number;
  refused: number;
}

/** Of money and points, less than this share of what the honest earn is noise: gas differs from seat to seat. */
const NOISE = 0.01;

const PLACES = ["seats", "units", "frees"] as const;

/** What honesty earns in a place. */
export type Rates = Record<keyof Places, Sum>;

/** What honesty earns, from an honest season. */
export function ratesOf({ participants }: Outcome): Rates {
  const rate = (place: keyof Places): Sum => {
    const there = participants.filter(({ places }) => places[place] > 0);
    const count = there.reduce((sum, { places }) => sum + places[place], 0);
    return scale(earned(there), count === 0 ? 0 : 1 / count);
  };
  return { seats: rate("seats"), units: rate("units"), frees: rate("frees") };
}

/** A season, and what it is compared with. */
export interface Comparison {
  trial: Pick<Row, "strategy" | "verifiers" | "share">;
  outcome: Outcome;
  rates: Rates;
  /** Seats of a first panel. */
  seats: number;
  /** Whether a verifier's points are capped, so that one with more seats doesn't earn more. */
  isCapped: boolean;
  /** Hostile verifiers of all. */
  part: number;
}

export function compare({ trial, outcome, rates, seats, isCapped, part }: Comparison): Row {
  const { participants, lies, honest, undrawn, ordinary } = outcome;
  const ours = participants.filter(({ isHonest }) => !isHonest);
  const theirs = participants.filter(({ isHonest }) => isHonest);
  const deserved = (side: readonly Participant[], share: number): Sum => {
    const places = total(side.map((participant) => participant.places));
    const evenly = (attestations: number) => attestations * seats * share;
    return worth({ ...places, seats: isCapped ? evenly(ordinary) : places.seats + evenly(undrawn) }, rates);
  };
  const profit = subtract(earned(ours), deserved(ours, part));
  const others = deserved(theirs, 1 - part);
  const damage = subtract(others, earned(theirs));
  const noise = NOISE * Math.abs(others.points);
  const above = (value: number) => (value < noise ? 0 : value);
  const cost = above(-profit.total);
  return {
    ...{ ...trial, attestations: outcome.attestations, profit, damage, cost },
    griefingFactor: factor(above(damage.total), cost),
    ...{ lies: lies.all, liesVerified: ratio(lies.verified, lies.all) },
    ...{ honest: honest.all, verified: ratio(honest.verified, honest.all) },
    refuted: ratio(honest.refuted, honest.all),
    voided: ratio(honest.voided, honest.all),
    refused: ratio(honest.refused, honest.all),
  };
}

function factor(damage: number, cost: number): number | null {
  if (damage === 0) return 0;
  return cost === 0 ? null : damage / cost;
}

const ratio = (part: number, all: number): number => (all === 0 ? 0 : part / all);

const sumOf = (money: number, points: number): Sum => ({ money, points, total: money + points });

const scale = ({ money, points }: Sum, by: number): Sum => sumOf(money * by, points * by);

const add = (a: Sum, b: Sum): Sum => sumOf(a.money + b.money, a.points + b.points);

const subtract = (a: Sum, b: Sum): Sum => add(a, scale(b, -1));

const earned = (side: readonly Participant[]): Sum =>
  side.reduce((sum, { money, points }) => add(sum, sumOf(money, points * assumptions.pointPrice)), sumOf(0, 0));

/** What honesty earns in all these places. */
const worth = (places: Places, rates: Rates): Sum =>
  PLACES.reduce((sum, place) => add(sum, scale(rates[place], places[place])), sumOf(0, 0));

const total = (all: readonly Places[]): Places =>
  all.reduce(
    (sum, { seats, units, frees }) => ({
      seats: sum.seats + seats,
      units: sum.units + units,
      frees: sum.frees + frees,
    }),
    NOWHERE,
  );
