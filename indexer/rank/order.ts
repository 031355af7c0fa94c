import type { EntryKey } from "../fold/entries.ts";
import type { Db } from "../store/sqlite/database.ts";
import { query } from "./queries.ts";

/** The position of an entry in a season: its points negated, and its last ledger entry. Lower is better. */
export interface Key {
  behind: bigint;
  lastSeq: bigint;
}

/** The entries of every season in order, counted: a place is found and updated through few rows, however many there are. */
export interface Order {
  /** How many entries stand ahead of a key, whether or not an entry has it. */
  ahead(season: number, key: Key): number;
  /** Rank and place of an entry, from 1 on. */
  rankAndPlace(season: number, key: Key): { rank: number; place: number };
  /** The entry at a place from 1 on; undefined beyond the last. */
  at(season: number, place: number): Key | undefined;
  /** Adds the entry of the participant of a number. */
  enter(season: number, to: Key, number: number): void;
  move(season: number, from: Key, to: Key): void;
  leave(season: number, from: Key): void;
  /** Makes the whole order anew from the table `entries`. */
  build(): void;
}

type Place = [season: number, behind: bigint, lastSeq: bigint];
type Mark = [season: number, level: number, behind: bigint, lastSeq: bigint];
type Range = { season: number; toBehind: bigint; toSeq: bigint } & Key;

interface Placed {
  key: Key;
  height: number;
}

/** A mark, and how many entries from there on are to be passed over. */
interface Stop {
  from: Key;
  skipped: number;
}

/** Levels of marks. The heights in ranking.sql are up to this. */
const LEVELS = 3;

/** Counts, or entries, read at a time: mostly enough to get from one mark to the next of the level above. */
const AT_ONCE = 128;

/** Before every entry: points fit in 63 bits, and the ledger begins with 1. */
const FIRST: Key = { behind: -(2n ** 63n), lastSeq: 0n };

export function createOrder(db: Db): Order {
  const markBefore = db.prepare<Mark, [bigint, bigint]>(query("mark before")).raw().safeIntegers();
  const countsFrom = db.prepare<[...Mark, number, number], number>(query("counts from")).pluck();
  const markFrom = db.prepare<[...Mark, number], [bigint, bigint]>(query("mark from")).raw().safeIntegers();
  const placeAt = db.prepare<[...Place, number], [bigint, bigint]>(query("place at")).raw().safeIntegers();
  const equalAhead = db.prepare<[...Place, number], number>(query("equal ahead")).pluck();
  const placesBetween = db.prepare<[Range], number>(query("places between")).pluck();
  const marksBetween = db.prepare<[Range & { level: number }], number>(query("marks between")).pluck();
  const height = db.prepare<Place, number>(query("height")).pluck();
  const enterPlace = db.prepare<[...Place, number]>(query("enter"));
  const movePlace = db.prepare<[bigint, bigint, ...Place]>(query("move"));
  const leavePlace = db.prepare<Place>(query("leave"));
  const shiftMark = db.prepare<[...Mark, number]>(query("shift"));
  const unmark = db.prepare<Mark, number>(query("unmark")).pluck();
  const sweepMark = db.prepare<Mark>(query("sweep"));
  const countOf = db.prepare<Mark, number>(query("count of mark")).pluck();

  const placed = (season: number, key: Key): Placed => ({
    key,
    height: height.get(season, key.behind, key.lastSeq) as number,
  });

  /** The last mark of a level before a key; above the highest level there is the beginning alone. */
  function before(season: number, level: number, { behind, lastSeq }: Key): Key {
    if (level > LEVELS) return FIRST;
    const found = markBefore.get(season, level, behind, lastSeq);
    return found ? keyOf(found) : FIRST;
  }

  /** Entries from a mark of the level above on, up to before a key; that of a mark where the level is not 0. */
  function between(season: number, level: number, from: Key, to: Key): number {
    const range = { season, ...from, toBehind: to.behind, toSeq: to.lastSeq };
    return (level === 0 ? placesBetween.get(range) : marksBetween.get({ ...range, level })) as number;
  }

  function shift(season: number, level: number, { behind, lastSeq }: Key, by: number): void {
    if (by === 0) return;
    shiftMark.run(season, level, behind, lastSeq, by);
    // Any other mark counts its own entry at least.
    if (by < 0 && behind === FIRST.behind) sweepMark.run(season, level, behind, lastSeq);
  }

  /** Takes an entry's own mark away; answers the mark that now counts for it. */
  function merge(season: number, level: number, from: Key): Key {
    const count = unmark.get(season, level, from.behind, from.lastSeq) as number;
    const into = before(season, level, from);
    shift(season, level, into, count);
    return into;
  }

  /** Keeps the marks right when an entry left `from`, came to `to`, or both. The places are right already. */
  function mark(season: number, from: Placed | undefined, to: Placed | undefined): void {
    let lower: Stop | undefined = to && { from: to.key, skipped: 0 };
    for (let level = 1; level <= LEVELS; level++) {
      const left = from && (level <= from.height ? merge(season, level, from.key) : before(season, level, from.key));
      const joined = to && before(season, level, to.key);
      const split = to && level <= to.height;
      if (!split && left && joined && left.lastSeq === joined.lastSeq) continue;
      if (left) shift(season, level, left, -1);
      if (split && joined && lower) {
        const passed: number = lower.skipped + between(season, level - 1, joined, lower.from);
        const rest = (countOf.get(season, level, joined.behind, joined.lastSeq) ?? 0) - passed;
        shift(season, level, joined, -rest);
        shift(season, level, to.key, rest + 1);
        lower = { from: joined, skipped: passed };
      } else if (joined) shift(season, level, joined, 1);
    }
  }

  /** The last mark of a level within as many entries after `from`; undefined when there aren't as many. */
  function descend(season: number, level: number, { from, skipped }: Stop): Stop | undefined {
    const at: Mark = [season, level, from.behind, from.lastSeq];
    let left = skipped;
    for (let passed = 0; ; ) {
      const counts = countsFrom.all(...at, AT_ONCE, passed);
      for (const count of counts) {
        if (left < count) return { from: keyOf(markFrom.get(...at, passed) as [bigint, bigint]), skipped: left };
        left -= count;
        passed++;
      }
      if (counts.length < AT_ONCE) return undefined;
    }
  }

  function ahead(season: number, key: Key): number {
    let count = 0;
    let upTo = key;
    for (let level = 0; level <= LEVELS; level++) {
      const from = before(season, level + 1, key);
      count += between(season, level, from, upTo);
      upTo = from;
    }
    return count;
  }

  return {
    ahead,
    rankAndPlace(season, key) {
      const place = 1 + ahead(season, key);
      const equal = equalAhead.get(season, key.behind, key.lastSeq, AT_ONCE) as number;
      return { rank: equal < AT_ONCE ? place - equal : 1 + ahead(season, firstOf(key)), place };
    },
    at(season, place) {
      let stop: Stop | undefined = { from: FIRST, skipped: place - 1 };
      for (let level = LEVELS; stop && level > 0; level--) stop = descend(season, level, stop);
      const found = stop && placeAt.get(season, stop.from.behind, stop.from.lastSeq, stop.skipped);
      return found && keyOf(found);
    },
    enter(season, to, number) {
      enterPlace.run(season, to.behind, to.lastSeq, number);
      mark(season, undefined, placed(season, to));
    },
    move(season, from, to) {
      const left = placed(season, from);
      movePlace.run(to.behind, to.lastSeq, season, from.behind, from.lastSeq);
      mark(season, left, placed(season, to));
    },
    leave(season, from) {
      const left = placed(season, from);
      leavePlace.run(season, from.behind, from.lastSeq);
      mark(season, left, undefined);
    },
    build() {
      for (const part of ["places", "marks", "lowest counts"]) db.exec(query(`build ${part}`));
      const counts = db.prepare(query("build counts"));
      for (let level = 2; level <= LEVELS; level++) counts.run(level);
      db.exec(query("build end"));
    },
  };
}

/** Where an entry stands by its points and last ledger entry. */
export const keyAt = ({ points, lastSeq }: EntryKey): Key => ({ behind: -points, lastSeq });

/** Before every entry with the same points: the ledger begins with 1. */
export const firstOf = ({ behind }: Key): Key => ({ behind, lastSeq: 0n });

const keyOf = ([behind, lastSeq]: [bigint, bigint]): Key => ({ behind, lastSeq });
