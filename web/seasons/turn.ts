import type { Season } from "../../sdk/wire.ts";

/** When a season's next phase begins, in unix seconds; null where it has none or that isn't known. */
export function nextTurn({ state, startsAt, endsAt, closesAt }: Season): number | null {
  return state === "open" ? startsAt : state === "running" ? endsAt : state === "ended" ? closesAt : null;
}

// The stream reports points and attestations, not the time, nor seasons that are drafted or opened.
const NOW_AND_THEN = 30;
// A phase that is due begins with the chain's next block.
const SOON = 3;

/** In how many seconds seasons may have changed since they were read; `now` in unix seconds. */
export function untilNews(seasons: readonly Season[], now: number): number {
  const turns = seasons.map(nextTurn).filter((at) => at !== null);
  return Math.max(SOON, Math.min(NOW_AND_THEN, ...turns.map((at) => at - now)));
}
