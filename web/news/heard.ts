import { useMemo, useSyncExternalStore } from "react";
import type { News, NewsPage } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";

/** News that are kept and shown. */
const MOST = 30;

let heard: readonly News[] = [];
const listeners = new Set<() => void>();

function change(next: readonly News[]): void {
  heard = next;
  for (const listen of listeners) listen();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keeps news that came over the stream. */
export const hearNews = (news: News): void => change([news, ...heard].slice(0, MOST));

/** Drops news of blocks above one: they are undone. */
export const undoNews = (blockNumber: number): void => change(heard.filter(({ at }) => at.blockNumber <= blockNumber));

/** A name for an item: where its event is. */
export const idOf = ({ at }: Pick<News, "at">): string => `${at.blockNumber}-${at.logIndex}`;

/** News of both lists, each once, newest first. */
export function merged(some: readonly News[], others: readonly News[]): News[] {
  const found = new Map([...others, ...some].map((item) => [idOf(item), item]));
  return [...found.values()]
    .sort(({ at: a }, { at: b }) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex)
    .slice(0, MOST);
}

/** What happened, newest first: as the server tells it, and what the stream told since. */
export function useNews() {
  const query = useAnswer<NewsPage>("/v1/news");
  const live = useSyncExternalStore(subscribe, () => heard);
  const items = query.data?.items;
  return { ...query, data: useMemo(() => items && merged(live, items), [live, items]) };
}
