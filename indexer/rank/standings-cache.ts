import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { Db } from "../store/sqlite/database.ts";
import { createSeasonCache, type SeasonCache } from "./season-cache.ts";
import { positionOf, type Standings } from "./standings.ts";
import type { Stored } from "./stored.ts";

interface Held {
  cache: SeasonCache;
  /** Accounts to be read again. */
  changed: Set<Address>;
  isWhole: boolean;
}

/** Standings read at once: about a millisecond. */
const AT_ONCE = 256;

/** Most changes that are followed one by one, in up to a tenth of a second before an answer; for more, all is read again. */
const MOST_CHANGED = 1_500;

/**
 * The newest seasons' standings, in memory once they are asked for: up to `most` accounts, those of later seasons first.
 * `stored` reads the database.
 */
export function createStandingsCache(db: Db, stored: Stored, most: number) {
  const seasons = new Map<number, Held>();
  const accountsFrom = db
    .prepare<[number], number>("SELECT sum(participants) FROM seasons WHERE season_id >= ?")
    .pluck();
  const fits = (season: number): boolean => most > 0 && (accountsFrom.get(season) ?? 0) <= most;
  /** One is read at a time. */
  let reading: Held | undefined;

  function makeRoom(): void {
    for (const season of seasons.keys()) if (!fits(season)) drop(season);
  }

  function drop(season: number): void {
    if (seasons.get(season) === reading) reading = undefined;
    seasons.delete(season);
  }

  function begin(season: number): void {
    if (reading || !fits(season)) return;
    makeRoom();
    const held = { cache: createSeasonCache(), changed: new Set<Address>(), isWhole: false };
    seasons.set(season, held);
    reading = held;
    readOn(season, held);
  }

  /** Reads the standings after one, then those that changed meanwhile. */
  function readOn(season: number, held: Held, last?: Standing): void {
    inTurn(season, held, () => {
      const page = stored.of(season).page(last && positionOf(last), AT_ONCE);
      held.cache.append(page);
      if (page.length === AT_ONCE) readOn(season, held, page.at(-1));
      else catchUp(season, held);
    });
  }

  function catchUp(season: number, held: Held): void {
    inTurn(season, held, () => {
      readAgain(season, held, AT_ONCE);
      if (held.changed.size > 0) return catchUp(season, held);
      held.isWhole = true;
      reading = undefined;
    });
  }

  /** Reads a part of a season after all other work that waits, unless the season was dropped. */
  function inTurn(season: number, held: Held, read: () => void): void {
    setImmediate(() => {
      if (seasons.get(season) !== held || !db.open) return;
      try {
        read();
      } catch {
        // The next request is answered from the database.
        drop(season);
      }
    });
  }

  /** Reads again up to so many of those that changed. */
  function readAgain(season: number, { cache, changed }: Held, most: number): void {
    let left = most;
    for (const account of changed) {
      if (left-- === 0) return;
      const standing = stored.unranked(season, account);
      if (standing) cache.put(standing);
      else cache.remove(account);
      changed.delete(account);
    }
  }

  /** Reads again all that changed, unless the season has grown too large. */
  function bringUpToDate(season: number, held: Held): SeasonCache | undefined {
    if (held.changed.size === 0) return held.cache;
    makeRoom();
    if (!seasons.has(season)) return undefined;
    readAgain(season, held, MOST_CHANGED);
    return held.cache;
  }

  function changed(season: number, account: Address): void {
    const held = seasons.get(season);
    held?.changed.add(account);
    if (held?.isWhole && held.changed.size > MOST_CHANGED) drop(season);
  }

  return {
    /** The standings of a season as they are now; undefined while they are being read, and where they are too many. */
    of(season: number): Standings | undefined {
      const held = seasons.get(season);
      if (held?.isWhole) return bringUpToDate(season, held);
      if (!held) begin(season);
      return undefined;
    },
    /** How many accounts are held. */
    size: (): number => [...seasons.values()].reduce((sum, { cache }) => sum + cache.size(), 0),
    /** An account's standing changed: it is read again before the season is next asked for. */
    changed,
    /** An account's name changed, which all its standings show. */
    renamed(account: Address): void {
      for (const season of seasons.keys()) changed(season, account);
    },
    /** Drops what is held, as when a transaction failed or the database was emptied. */
    forget(): void {
      seasons.clear();
      reading = undefined;
    },
  };
}
