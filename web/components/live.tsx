import { useSyncExternalStore } from "react";

// A screen reader gets the newest announcement, at most once in this time.
const PAUSE = 4_000;

let announced = "";
let next: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** Has a screen reader speak a sentence; of several at once only the last. */
export function announce(sentence: string): void {
  next = sentence;
  if (timer === undefined) speak();
}

function speak(): void {
  timer = undefined;
  if (next === undefined) return;
  announced = next;
  next = undefined;
  timer = setTimeout(speak, PAUSE);
  for (const listen of listeners) listen();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The place from which screen readers read announcements; it is on the page once. */
export function LiveRegion() {
  return (
    <div className="unseen" role="status" aria-live="polite">
      {useSyncExternalStore(subscribe, () => announced)}
    </div>
  );
}
