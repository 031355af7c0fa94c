import type { Hex } from "viem";

/** What was made last, by name. */
export interface Kept<T> {
  /** What has a name; made if it isn't kept. What fails isn't kept. */
  get(name: Hex, make: () => Promise<T>): Promise<T>;
  forget(name: Hex): void;
}

/** Keeps the last few things that were asked for. */
export function keepLast<T>(most: number): Kept<T> {
  // In the order in which they were used last.
  const kept = new Map<Hex, Promise<T>>();
  return {
    get(name, make) {
      const found = kept.get(name) ?? make();
      kept.delete(name);
      kept.set(name, found);
      for (const oldest of [...kept.keys()].slice(0, -most)) kept.delete(oldest);
      found.catch(() => kept.get(name) === found && kept.delete(name));
      return found;
    },
    forget: (name) => void kept.delete(name),
  };
}
