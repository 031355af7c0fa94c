import type { Season } from "../../sdk/wire.ts";
import { duration } from "../format.ts";

/** A season's phase and the next one, in words; `now` in unix seconds. */
export function phaseOf({ state, startsAt, endsAt, closesAt }: Season, now: number): string {
  const until = (what: string, at: number | null) =>
    at !== null && at > now ? `, ${what} in ${duration(at - now)}` : "";
  switch (state) {
    case "drafted":
      return "drafted, not open yet";
    case "open":
      return startsAt !== null && startsAt > now ? `starts in ${duration(startsAt - now)}` : "waits for its seed";
    case "running":
      return `running${until("ends", endsAt)}`;
    case "ended":
      return `ended, points are still settled${until("closes", closesAt)}`;
    case "closed":
      return "closed: no point changes any more";
  }
}
