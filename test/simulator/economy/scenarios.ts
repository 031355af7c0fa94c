import { assumptions } from "./assumptions.ts";
import { parameters } from "./contracts.ts";
import { readOutcome } from "./outcome.ts";
import { compare, type Row, ratesOf } from "./report.ts";
import { type Part, playSeason } from "./season.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** Verifiers on the list, and shares of them that are hostile. */
export const LISTS: readonly number[] = [12, 16, 33, 120];
const MAIN_LISTS: readonly number[] = [33, 120];
const A_THIRD = 1 / 3;
const SHARES = [1 / 5, A_THIRD, 0.45] as const;

/** How much of a season is played, and from which seed. */
export interface Size {
  units: number;
  seed: number;
  /** Whether honest ones appeal. */
  isAppealed: boolean;
}

/** Seasons in which some play a strategy, or several at once, and all others are honest. */
export interface Trial {
  name: string;
  strategies: readonly Strategy[];
  verifiers: number;
  share: number;
}

/** Nobody plays anything but honesty. */
const honesty = (verifiers: number): Trial => ({ name: "honest", strategies: [], verifiers, share: 0 });

/**
 * Every strategy alone and all at once: on the main lists with every share, and on the others with a third. A strategy
 * without members has no share. With `isFull` on every list with every share.
 */
export function allTrials(strategies: readonly Strategy[], lists: readonly number[], isFull: boolean): Trial[] {
  const sharesOn = (verifiers: number) => (isFull || MAIN_LISTS.includes(verifiers) ? SHARES : [A_THIRD]);
  return lists.flatMap((verifiers) => [
    honesty(verifiers),
    ...strategies.flatMap((strategy) =>
      (strategy.member === undefined ? [0] : sharesOn(verifiers)).map((share) => ({
        ...{ name: strategy.name, strategies: [strategy], verifiers, share },
      })),
    ),
    ...(strategies.length > 1 ? sharesOn(verifiers) : []).map((share) => ({
      ...{ name: "all at once", strategies, verifiers, share },
    })),
  ]);
}

/** Plays a trial, and an honest season of the same size unless it was played before. */
export function createLaboratory(size: Size) {
  const honestSeasons = new Map<string, Promise<ReturnType<typeof ratesOf>>>();

  const honestSeason = (verifiers: number, isCapped: boolean) => {
    const key = `${verifiers} ${isCapped}`;
    const played =
      honestSeasons.get(key) ?? playSeason({ ...size, verifiers, parts: [], isCapped }, readOutcome).then(ratesOf);
    honestSeasons.set(key, played);
    return played;
  };

  return async ({ name, strategies, verifiers, share }: Trial): Promise<Row> => {
    const isCapped = strategies.length === 1 && strategies.some((strategy) => strategy.isCapped);
    const rates = await honestSeason(verifiers, isCapped);
    const members = Math.round(share * verifiers);
    const parts = partsOf(strategies, members);
    const outcome = await playSeason({ ...size, verifiers, parts, isCapped }, readOutcome);
    const trial = { strategy: name, verifiers, share };
    return compare({ trial, outcome, rates, isCapped, seats: parameters.firstPanel, part: members / verifiers });
  };
}

/** Deals members and provers out to the strategies that have some; where there are too few, evenly over the list. */
function partsOf(strategies: readonly Strategy[], members: number): Part[] {
  const provers = strategies.length === 1 ? assumptions.hostileProvers : assumptions.provers / 2;
  const parts = strategies.map((strategy) => ({ strategy, members: 0, provers: 0 }));
  const deal = (key: "members" | "provers", role: "member" | "prover", count: number) => {
    const takers = parts.filter(({ strategy }) => strategy[role] !== undefined);
    if (takers.length === 0) return;
    for (let i = 0; i < count; i++) (takers[Math.floor((i * takers.length) / count)] as Part)[key]++;
  };
  deal("members", "member", members);
  deal("provers", "prover", provers);
  return parts.filter((part) => part.members + part.provers > 0);
}
