import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { News } from "../../sdk/wire.ts";
import { Account } from "../components/account.tsx";
import { announce } from "../components/live.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { plural, short } from "../format.ts";
import { idOf, useNews } from "./heard.ts";
import { newsWords } from "./words.ts";
import "./news.css";

/** Milliseconds between two announcements of news to a screen reader. */
const QUIET = 30_000;

/** What is happening, newest first; it can be paused. */
export default function NewsFeed() {
  const query = useNews();
  const [held, hold] = useState<readonly News[]>();
  const isPaused = held !== undefined;
  useSpoken(query.data, isPaused);
  return (
    <section className="card news" aria-labelledby="news-heading">
      <div className="news-head">
        <h2 id="news-heading">What is happening</h2>
        <button type="button" aria-pressed={isPaused} onClick={() => hold(isPaused ? undefined : query.data)}>
          {isPaused ? "Go on" : "Pause"}
        </button>
      </div>
      <Answered query={query} what="the news">
        {(items) => {
          const shown = held ?? items;
          if (shown.length === 0) return <Empty>Nothing has happened yet.</Empty>;
          const more = isPaused ? items.findIndex((item) => idOf(item) === idOf(shown[0] as News)) : 0;
          return (
            <>
              {more !== 0 && (
                <p className="muted">{more < 0 ? "Much" : plural(more, "thing")} more since you paused.</p>
              )}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <div className="news-list" role="log" aria-live="off" aria-labelledby="news-heading" tabIndex={0}>
                <ul className="bare">
                  {shown.map((item) => (
                    <Item key={idOf(item)} item={item} />
                  ))}
                </ul>
              </div>
            </>
          );
        }}
      </Answered>
    </section>
  );
}

function Item({ item }: { item: News }) {
  const words = newsWords(item);
  if (words === undefined) return null;
  const { what, about, href } = words;
  return (
    <li>
      {"account" in item && (
        <Account
          address={item.account}
          called={item.name}
          copy={false}
          {...("seasonId" in item && item.seasonId !== null && { season: item.seasonId })}
        />
      )}{" "}
      {what} <Link href={href}>{about}</Link> <Time at={item.at.timestamp} />
    </li>
  );
}

/** Tells screen readers how much is new, and the newest of it, now and then. */
function useSpoken(items: readonly News[] | undefined, isPaused: boolean): void {
  const spoken = useRef<{ id: string; at: number }>(undefined);
  useEffect(() => {
    const [newest] = items ?? [];
    if (items === undefined || newest === undefined) return;
    const { id, at } = spoken.current ?? {};
    const now = performance.now();
    if (id === idOf(newest) || (at !== undefined && (isPaused || now - at < QUIET))) return;
    spoken.current = { id: idOf(newest), at: now };
    if (id === undefined) return;
    const count = items.findIndex((item) => idOf(item) === id);
    const words = newsWords(newest);
    const who = "account" in newest ? `${short(newest.account)} ` : "";
    if (words)
      announce(
        `${count < 0 ? "Much is" : plural(count, "thing is", "things are")} new. ${who}${words.what} ${words.about}.`,
      );
  }, [items, isPaused]);
}
