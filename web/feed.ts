import type { Query } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { AsOf, StreamEvents } from "../sdk/wire.ts";
import { queries } from "./api.ts";
import { type Change, touches } from "./changes.ts";
import { nowInSeconds } from "./clock.ts";
import { announce } from "./components/live.tsx";
import { group } from "./format.ts";
import { hearNews, undoNews } from "./news/heard.ts";
import { server } from "./prefix.ts";
import { joinStream } from "./stream/join.ts";
import type { Said } from "./stream/source.ts";

/** How the page learns what is new. */
export interface Feed {
  /** `live` by the stream, `polling` while there is none, `offline` while the server can't be reached. */
  mode: "live" | "polling" | "offline";
  /** The newest block that the server reported. */
  asOf: AsOf | undefined;
  /** The last reorganisation of the chain, and when the page learned of it, in unix seconds. */
  reorg: { blockNumber: number; heardAt: number } | undefined;
}

// Answers are asked again at most this often.
const REFRESH = 1_000;
const POLL = 5_000;

let feed: Feed = { mode: "polling", asOf: undefined, reorg: undefined };
const listeners = new Set<() => void>();
let changes: Change[] = [];
let refreshing: ReturnType<typeof setTimeout> | undefined;

function publish(news: Partial<Feed>): void {
  feed = { ...feed, ...news };
  for (const listen of listeners) listen();
}

/** Soon requests again the shown answers that a change affects. */
function refresh(change: Change): void {
  changes.push(change);
  if (refreshing !== undefined) return;
  refreshing = setTimeout(askAnew, REFRESH);
}

function askAnew(): void {
  const pending = changes;
  const isTouched = ({ queryKey: [path] }: Query) =>
    typeof path === "string" && pending.some((one) => touches(one, path));
  // Requesting again would cancel what a visitor just asked for: more of a list.
  const isGrowing = ({ state }: Query) => state.fetchStatus === "fetching" && state.fetchMeta?.fetchMore !== undefined;
  if (queries.getQueryCache().findAll({ predicate: isTouched }).some(isGrowing)) {
    refreshing = setTimeout(askAnew, REFRESH);
    return;
  }
  refreshing = undefined;
  changes = [];
  void queries.invalidateQueries({ predicate: isTouched });
}

let polling: ReturnType<typeof setInterval> | undefined;
let stream: ReturnType<typeof joinStream> | undefined;

function hear(said: Said): void {
  if (said.kind === "event") {
    handlers[said.name](JSON.parse(said.data));
    return;
  }
  clearInterval(polling);
  if (said.kind === "open") {
    // What happened while this page was disconnected is not sent again.
    if (feed.mode !== "live") refresh({ kind: "everything" });
    publish({ mode: "live" });
  } else if (said.kind === "lost") publish({ mode: "offline" });
  else {
    publish({ mode: "polling" });
    polling = setInterval(() => refresh({ kind: "everything" }), POLL);
  }
}

const handlers: { [K in keyof StreamEvents]: (data: StreamEvents[K]) => void } = {
  points: (receipt) => refresh({ kind: "points", receipt }),
  status: (attestation) => refresh({ kind: "status", attestation }),
  request: (request) => refresh({ kind: "request", request }),
  news(news) {
    hearNews(news);
    refresh({ kind: "news", news });
  },
  head: ({ asOf }) => publish({ asOf }),
  reorg({ asOf, blockNumber }) {
    publish({ asOf, reorg: { blockNumber, heardAt: nowInSeconds() } });
    undoNews(blockNumber);
    announce(`The chain was reorganised: what happened above block ${group(blockNumber)} is undone.`);
    refresh({ kind: "everything" });
  },
};

/** Begins anew where the server was away, though the stream seemed to be open all the time. */
export function reconnect(): void {
  if (feed.mode === "live") stream?.reopen();
}

function subscribe(listener: () => void): () => void {
  stream ??= joinStream(`${server()}/v1/stream?news=true`, hear);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How the page learns what is new; the first use begins to listen. */
export const useFeed = (): Feed => useSyncExternalStore(subscribe, () => feed);
