import { useEffect, useSyncExternalStore } from "react";
import { useRoute, useSearchParams } from "wouter";
import type { Season } from "../sdk/wire.ts";
import { useSeasons } from "./api.ts";
import { keep, readKept } from "./storage.ts";

const KEY = "proofboard.season";

/** What says which season a visitor wants to see, by their numbers; each is undefined where it says nothing. */
export interface Wish {
  /** Named by the page's address. */
  named?: string | undefined;
  /** Looked at last in this tab. */
  chosen?: string | undefined;
  /** The running one that was looked at last in this browser. */
  kept?: string | undefined;
}

/** The season shown unless another is chosen: the newest that runs or awards, else the newest that was opened. */
export function currentSeason(seasons: readonly Season[]): Season | undefined {
  const rank = ({ state }: Season) => ["running", "ended", "open", "closed"].indexOf(state);
  const opened = seasons.filter(({ state }) => state !== "drafted");
  return opened.find((one) => rank(one) === 0) ?? opened.find((one) => rank(one) === 1) ?? opened[0] ?? seasons[0];
}

/** The season to show of all, newest first: one that begins to run takes no visitor away from another that still runs. */
export function seasonFor(seasons: readonly Season[], wish: Wish): Season | undefined {
  const byId = (id: string | undefined) => seasons.find(({ seasonId }) => seasonId === id);
  return byId(wish.named) ?? byId(wish.chosen) ?? runningOf(byId(wish.kept)) ?? currentSeason(seasons);
}

/** The season to work in: likewise, but only one that runs. */
export function runningSeasonFor(seasons: readonly Season[], wish: Wish): Season | undefined {
  const byId = (id: string | undefined) => runningOf(seasons.find(({ seasonId }) => seasonId === id));
  return byId(wish.named) ?? byId(wish.chosen) ?? byId(wish.kept) ?? runningOf(currentSeason(seasons));
}

const runningOf = (season: Season | undefined): Season | undefined =>
  season?.state === "running" ? season : undefined;

let wish: Wish = { chosen: inTab(), kept: readKept(KEY) };
const listeners = new Set<() => void>();

/** What this tab was shown before it was loaded again. */
function inTab(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(news: Pick<Wish, "chosen" | "kept">): void {
  wish = { ...wish, ...news };
  if (news.kept !== undefined) keep(KEY, news.kept);
  try {
    if (news.chosen !== undefined) sessionStorage.setItem(KEY, news.chosen);
  } catch {
    // Storage is switched off or full.
  }
  for (const listen of listeners) listen();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useWish(): Wish {
  const [, home] = useRoute("/seasons/:id/*?");
  const [search] = useSearchParams();
  const named = home?.id ?? search.get("season") ?? undefined;
  return { ...useSyncExternalStore(subscribe, () => wish), named };
}

/** The season that the page shows: see {@link seasonFor}. It stays shown on other pages, and after a reload. */
export const useShownSeason = (): Season | undefined => useSeasonBy(seasonFor);

/** The season that a visitor works in: see {@link runningSeasonFor}. */
export const useRunningSeason = (): Season | undefined => useSeasonBy(runningSeasonFor);

function useSeasonBy(choose: typeof seasonFor): Season | undefined {
  const asked = useWish();
  const items = useSeasons().data?.items;
  const season = items && choose(items, asked);
  const { named, chosen, kept } = asked;
  const id = season?.seasonId;
  const isRunning = season?.state === "running";
  useEffect(() => {
    if (id === undefined) return;
    if (id === named && id !== chosen) remember({ chosen: id });
    if (isRunning && id !== kept) remember({ kept: id });
  }, [id, isRunning, named, chosen, kept]);
  return season;
}
