import { useSyncExternalStore } from "react";

// One timer ticks for all times on the page, while any is shown.
const listeners = new Set<() => void>();
let now = nowInSeconds();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time in unix seconds. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = nowInSeconds();
    for (const listen of listeners) listen();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in unix seconds, every second anew. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
