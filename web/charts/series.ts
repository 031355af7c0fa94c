import type { ActivityAnswer, NetworkTenth, ProfilesAnswer, Standing } from "../../sdk/wire.ts";
import { short } from "../format.ts";

/** A line of a chart: a value for each of the chart's times. */
interface Line {
  label: string;
  /** Null where there is none. */
  values: (number | null)[];
}

/** Times in unix seconds, ascending, and lines over them. */
export interface Series {
  times: number[];
  lines: Line[];
}

/**
 * Points at the start of a season, none, at the end of each epoch that is over, and now. Values are for drawing: above 2^53 they are rounded.
 *
 * @param start When the season started, unix seconds.
 * @param now Time of the block that `standings` are of, unix seconds.
 */
export function pointsOverTime(
  { epochs, items }: ProfilesAnswer,
  standings: readonly Standing[],
  start: number,
  now: number,
): Series {
  const past = epochs.filter(({ endsAt }) => endsAt < now);
  return {
    times: [start, ...past.map(({ endsAt }) => endsAt), now],
    lines: items.map(({ account, history }) => {
      const standing = standings.find((one) => one.account === account);
      const before = past.map((_, i) => history[i]?.points ?? "0");
      return {
        label: short(account),
        values: ["0", ...before, standing?.points ?? "0"].map(Number),
      };
    }),
  };
}

/**
 * An account's rank at the end of each epoch that is over, and at its last point change where that came later.
 *
 * @param standing The account's, as it is now.
 */
export function rankOverTime(
  { epochs, items }: Pick<ProfilesAnswer, "epochs" | "items">,
  { account, rank, lastChangeAt }: Pick<Standing, "account" | "rank" | "lastChangeAt">,
): Series {
  const history = items.find((one) => one.account === account)?.history ?? [];
  const isLater = lastChangeAt > (epochs.at(-1)?.endsAt ?? 0);
  return {
    times: [...epochs.map(({ endsAt }) => endsAt), ...(isLater ? [lastChangeAt] : [])],
    lines: [{ label: "Rank", values: [...epochs.map((_, i) => history[i]?.rank ?? null), ...(isLater ? [rank] : [])] }],
  };
}

const MINUTE = 60;

/** Attestations recorded in each minute, by method; minutes without any are zero. */
export function attestationsPerMinute({ items }: ActivityAnswer): Series {
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return { times: [], lines: [] };
  const times: number[] = [];
  // After days without blocks the chart would be empty, so only the last hours are shown.
  const from = Math.max(first.minute, last.minute - 180 * MINUTE);
  for (let time = from; time <= last.minute; time += MINUTE) times.push(time);
  const methods = new Map(items.map(({ method }) => [method.id, method.name]));
  return {
    times,
    lines: [...methods]
      .sort(([a], [b]) => a - b)
      .map(([id, label]) => {
        const counts = new Map(items.filter(({ method }) => method.id === id).map((item) => [item.minute, item.count]));
        return { label, values: times.map((time) => counts.get(time) ?? 0) };
      }),
  };
}

/** How many accounts attested, and earned as verifiers, in each tenth of a season, at the tenth's start. */
export const takingPart = (tenths: readonly NetworkTenth[]): Series => ({
  times: tenths.map(({ startsAt }) => startsAt),
  lines: [
    { label: "Provers", values: tenths.map(({ provers }) => provers) },
    { label: "Verifiers", values: tenths.map(({ verifiers }) => verifiers) },
  ],
});
