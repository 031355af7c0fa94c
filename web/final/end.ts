import type { EventLocation, Season, SeasonRewards } from "../../sdk/wire.ts";
import { duration, exactTime, plural } from "../format.ts";
import { type Sentence, sentence, who } from "../sentence.ts";

/** A step of a season's end, in words. */
export interface EndStep {
  name: string;
  /** `now`: it's due, or under way. */
  state: "done" | "now" | "later";
  text: Sentence;
  /** The transaction that did it; null where none did, or not yet. */
  at: EventLocation | null;
}

/**
 * A season's end, step by step: what was done and in which transaction, what comes next and who can do it. Empty for a draft.
 *
 * @param now Unix seconds.
 * @param amountOf An amount of the rewards' token in words, from its smallest unit.
 */
export function endOf(season: Season, now: number, amountOf: (amount: string) => string): EndStep[] {
  if (season.closesAt === null) return [];
  const { rewards } = season;
  return [
    closing(season, season.closesAt),
    freezing(season),
    finalising(season),
    ...(rewards ? [claiming(season, rewards, now, amountOf)] : []),
  ];
}

function closing({ state, totals }: Season, closesAt: number): EndStep {
  const isClosed = state === "closed";
  return {
    ...{ name: "Closed", state: isClosed ? "done" : "later", at: null },
    text: isClosed
      ? sentence`No point has changed since ${exactTime(closesAt)}: ${plural(totals.participants, "account")} with ${plural(totals.totalPoints, "point")} in ${plural(totals.seq, "ledger entry", "ledger entries")}.`
      : sentence`On ${exactTime(closesAt)} the season closes; no point changes after that.`,
  };
}

function freezing({ seasonId, state, frozen, totals }: Season): EndStep {
  const command = { command: `proofboard season freeze ${seasonId}` };
  if (frozen)
    return {
      ...{ name: "Frozen", state: "done", at: frozen },
      text: sentence`The contract stored the number of ranked accounts, ${totals.participants}, and the ledger can't change any more.`,
    };
  return {
    ...{ name: "Freeze", state: state === "closed" ? "now" : "later", at: null },
    text: sentence`Anyone freezes it: ${command}.`,
  };
}

function finalising({ seasonId, frozen, final }: Season): EndStep {
  const command = { command: `proofboard season post ${seasonId}` };
  if (final)
    return {
      ...{ name: "Final", state: "done", at: final.finalised },
      text:
        final.participants === 0
          ? sentence`Nobody had points, so the order was final at once.`
          : sentence`${who(final.poster)} posted ${plural(final.participants, "account")} in order. The contract checked each one against the ledger, so nobody had to be believed.`,
    };
  return {
    ...{ name: "Final order", state: frozen ? "now" : "later", at: null },
    text: sentence`Anyone posts the accounts in order: ${command}. The contract checks each one; the first complete list is final.`,
  };
}

function claiming(
  { final }: Season,
  { pool, claimPeriod, claimUntil, claimed, returned }: SeasonRewards,
  now: number,
  amountOf: (amount: string) => string,
): EndStep {
  const name = "Claims";
  if (final === null || claimUntil === null)
    return {
      ...{ name, state: "later", at: null },
      text: sentence`Once the order is final, accounts have ${duration(claimPeriod)} to claim ${amountOf(pool)}.`,
    };
  const sofar = sentence`${amountOf(claimed)} of ${amountOf(pool)} claimed`;
  if (now < claimUntil)
    return { ...{ name, state: "now", at: null }, text: sentence`${sofar} so far; until ${exactTime(claimUntil)}.` };
  const rest =
    returned === null
      ? sentence`what is left returns to the organiser; anyone may send that.`
      : sentence`${amountOf(returned)} returned to the organiser.`;
  return {
    ...{ name, state: "done", at: null },
    text: sentence`Over since ${exactTime(claimUntil)}: ${sofar}; ${rest}`,
  };
}
