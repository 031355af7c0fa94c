import { useEffect, useSyncExternalStore } from "react";
import { useRoute, useSearchParams } from "wouter";
import type { Season } from "../sdk/wire.ts";
import { useSeasons } from "./api.ts";

// The season that the visitor last looked at stays the one of the status strip on other pages.
let chosen: string | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The season shown unless another is chosen: the newest that runs or awards, else the newest that was opened. */
export function currentSeason(seasons: readonly Season[]): Season | undefined {
  const rank = ({ state }: Season) => ["running", "ended", "open", "closed"].indexOf(state);
  const opened = seasons.filter(({ state }) => state !== "drafted");
  return opened.find((one) => rank(one) === 0) ?? opened.find((one) => rank(one) === 1) ?? opened[0] ?? seasons[0];
}

/** The season that the page shows: the one its address names, else the one looked at before, else the current one. */
export function useShownSeason(): Season | undefined {
  const [, home] = useRoute("/seasons/:id/*?");
  const [search] = useSearchParams();
  const named = home?.id ?? search.get("season") ?? undefined;
  useEffect(() => {
    if (named === undefined || named === chosen) return;
    chosen = named;
    for (const listen of listeners) listen();
  }, [named]);
  const kept = useSyncExternalStore(subscribe, () => chosen);
  const items = useSeasons().data?.items;
  return items && (items.find(({ seasonId }) => seasonId === (named ?? kept)) ?? currentSeason(items));
}
