import type { Address, Hex } from "viem";
import { prizeOf, shareOf } from "../../sdk/rewards.ts";
import { Refusal } from "../decode/abi-words.ts";
import type { LogLocation } from "../decode/events.ts";
import { decodeTerms, type Terms } from "../decode/terms.ts";
import type { Kind, Once, Rows } from "./identity-map.ts";
import { requireSeason, type Season } from "./seasons.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A season's rewards. Amounts are decimal, in the token's smallest unit: they may be larger than any number of a store. */
export interface Rewards {
  seasonId: number;
  /** What was promised, ABI-encoded. */
  terms: Hex;
  /** What all accounts claimed. */
  claimed: string;
  posterPaid: string;
  /** What returned to the organiser; null until it did. */
  returned: string | null;
}

/** A reward that an account claimed. */
export interface Claim extends LogLocation {
  seasonId: number;
  account: Address;
  amount: string;
}

export const rewards: Kind<Pick<Rewards, "seasonId">, Rewards> = {
  group: () => undefined,
  name: ({ seasonId }) => seasonId,
};

/** An account claims once: the store refuses a second row. */
export const claims: Once<Claim> = { once: true };

/** When claims end, in unix seconds. */
export const claimUntil = (finalisedAt: number, { claimPeriod }: Pick<Terms, "claimPeriod">): number =>
  finalisedAt + claimPeriod;

/** What the poster of a final order of so many accounts is paid. */
function posterPay({ perAccount, posterBudget }: Terms, participants: number): bigint {
  const amount = perAccount * BigInt(participants);
  return amount < posterBudget ? amount : posterBudget;
}

function termsOf(seasonId: number, encoded: Hex): Terms {
  try {
    return decodeTerms(encoded);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new IntegrityError(`Rewards of season ${seasonId} have terms that no contract encodes.`);
  }
}

/** A season with rewards from which something is paid. */
function paying(rows: Rows, id: bigint, eventName: string) {
  const season = requireSeason(rows, id, eventName);
  const { seasonId } = season;
  const held = rows.rewards.get(season);
  if (!held) throw new IntegrityError(`${eventName} came for season ${seasonId}, which has no rewards.`);
  const terms = termsOf(seasonId, held.terms);
  const end = rows.ends.get(season);
  const finalisedAt = end?.finalisedAt ?? null;
  return {
    ...{ season, held, terms, poster: end?.poster ?? null },
    /** When claims end; null before the order is final. */
    until: finalisedAt === null ? null : claimUntil(finalisedAt, terms),
  };
}

/** The most that an account can claim: exactly that, where the pool is shared by points. */
function mostOf(
  rows: Rows,
  season: Season,
  terms: Terms,
  { account, rank }: { account: Address; rank: number },
): bigint {
  const entry = rows.entries.get({ seasonId: season.seasonId, account });
  if (!entry || entry.lastSeq === 0n || rank < 1 || rank > season.participants) return 0n;
  // Prizes never rise, so that of its first place is at least the mean of a rank's.
  return terms.prizes.length === 0
    ? shareOf(terms.pool, entry.points, season.totalPoints)
    : prizeOf(terms.prizes, rank, rank);
}

/** What organisers escrow for their seasons, and who gets it. */
export const rewardSteps: FoldSteps = {
  RewardsEscrowed({ args, eventName }, rows) {
    const season = requireSeason(rows, args.seasonId, eventName);
    const { seasonId } = season;
    if (rows.rewards.get(season)) throw new IntegrityError(`Rewards of season ${seasonId} were escrowed twice.`);
    if (season.startsAt !== null || season.cancelledIn !== null || season.organiser !== args.organiser)
      throw new IntegrityError(`Rewards were escrowed for season ${seasonId}, which is no draft of ${args.organiser}.`);
    termsOf(seasonId, args.terms);
    rows.rewards.set({ seasonId, terms: args.terms, claimed: "0", posterPaid: "0", returned: null });
  },
  RewardClaimed({ args, location, eventName }, rows, { timestamp }) {
    const { account, amount } = args;
    const { season, held, terms, until } = paying(rows, args.seasonId, eventName);
    const { seasonId } = season;
    if (until === null || timestamp >= until)
      throw new IntegrityError(`${account} claimed a reward of season ${seasonId} at a time for no claims.`);
    const most = mostOf(rows, season, terms, args);
    const claimed = BigInt(held.claimed) + amount;
    if (amount === 0n || amount > most || (terms.prizes.length === 0 && amount < most) || claimed > terms.pool)
      throw new IntegrityError(`${account} claimed ${amount} of season ${seasonId}, which its terms don't give.`);
    rows.claims.add({ seasonId, account, amount: `${amount}`, ...location });
    rows.rewards.set({ ...held, claimed: `${claimed}` });
  },
  PosterPaid({ args, eventName }, rows, { timestamp }) {
    const { season, held, terms, poster, until } = paying(rows, args.seasonId, eventName);
    const { seasonId, participants } = season;
    if (until === null || timestamp >= until || held.posterPaid !== "0")
      throw new IntegrityError(`The poster of season ${seasonId} was paid at a time when it couldn't be.`);
    const { amount } = args;
    if (args.poster !== poster || amount === 0n || amount !== posterPay(terms, participants))
      throw new IntegrityError(
        `${args.poster} was paid ${amount} as season ${seasonId}'s poster; its terms say otherwise.`,
      );
    rows.rewards.set({ ...held, posterPaid: `${amount}` });
  },
  RewardsReturned({ args, eventName }, rows, { timestamp }) {
    const { season, held, terms, until } = paying(rows, args.seasonId, eventName);
    const { seasonId, organiser, cancelledIn } = season;
    const isOver = cancelledIn !== null || (until !== null && timestamp >= until);
    if (!isOver || held.returned !== null)
      throw new IntegrityError(`Rewards of season ${seasonId} returned at a time when they couldn't.`);
    const left = terms.pool + terms.posterBudget - BigInt(held.claimed) - BigInt(held.posterPaid);
    if (args.organiser !== organiser || args.amount !== left)
      throw new IntegrityError(`${args.amount} of season ${seasonId} returned to ${args.organiser}; ${left} are left.`);
    rows.rewards.set({ ...held, returned: `${left}` });
  },
};
