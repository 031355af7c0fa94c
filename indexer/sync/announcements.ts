import type { Header } from "../ingest/blocks.ts";

/** What a transaction did to the folded chain. */
export interface Announcement {
  kind: "appended" | "reorganised";
  /** The last folded block after it. */
  cursor: Header;
  /** The lowest block that was appended, or undone. */
  from: number;
  /** The highest block that was undone, where that may be more than listeners were told of. */
  head?: number;
  /** The chain may still have what was undone: the database doesn't any more, as another took its place. */
  isLost?: boolean;
}

/** Announces each transaction to listeners, right after it. */
export interface Announcements {
  announce(announcement: Announcement): void;
  /** Calls `listener`, which must not throw, from now on and until the returned function is called. */
  subscribe(listener: (announcement: Announcement) => void): () => void;
}

export function createAnnouncements(): Announcements {
  const listeners = new Set<(announcement: Announcement) => void>();
  return {
    announce(announcement) {
      for (const listener of listeners) listener(announcement);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
