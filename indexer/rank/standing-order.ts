import type { EntryKey } from "../fold/entries.ts";
import type { Db } from "../store/sqlite/database.ts";
import { RANK_BYTES } from "./epochs.ts";
import type { Move } from "./moves.ts";
import { query } from "./queries.ts";

/** A season's participants by their numbers. */
interface Season {
  points: BigInt64Array;
  /** Those with an entry, by points, the most first, as it was before `changed`. */
  ordered: Uint32Array;
  /** Whether they have an entry now. */
  changed: Map<number, boolean>;
}

/** A season's ranked entries in their order. */
export type ReadEntries = (seasonId: number) => readonly (readonly [number: bigint, points: bigint, lastSeq: bigint])[];

/** The ranked entries of a file's table. */
export function readEntries(db: Db): ReadEntries {
  const rows = db.prepare<[number], [bigint, bigint, bigint]>(query("entries in order")).raw().safeIntegers();
  return (seasonId) => rows.all(seasonId);
}

export function createStandingOrder(entriesOf: ReadEntries) {
  const seasons = new Map<number, Season>();

  function read(seasonId: number): Season {
    const entries = entriesOf(seasonId);
    const ordered = Uint32Array.from(entries, ([number]) => Number(number));
    const season: Season = { points: new BigInt64Array(1_024), ordered, changed: new Map() };
    for (const [number, points] of entries) put(season, Number(number), points);
    seasons.set(seasonId, season);
    return season;
  }

  function follow({ seasonId, number }: Move, key: EntryKey | undefined): void {
    const season = seasons.get(seasonId) ?? read(seasonId);
    put(season, number, key?.points ?? 0n);
    // The ledger begins with 1: a last entry of 0 is none.
    season.changed.set(number, (key?.lastSeq ?? 0n) !== 0n);
  }

  return {
    /** The ranks of a season's participants by number, as uint32, little-endian; 0 for a number without an entry. */
    ranks(seasonId: number, participants: number): Buffer {
      const season = seasons.get(seasonId) ?? read(seasonId);
      if (season.changed.size > 0) merge(season);
      const { points, ordered } = season;
      const compare = comparing(points);
      const ranks = Buffer.alloc(RANK_BYTES * participants);
      let [place, rank, before] = [0, 0, 0];
      for (const number of ordered) {
        place++;
        if (place === 1 || compare(number, before) !== 0) rank = place;
        ranks.writeUInt32LE(rank, RANK_BYTES * (number - 1));
        before = number;
      }
      return ranks;
    },
    /** To be called before the parts of some moves are followed, which the table `entries` has already as a whole. */
    begin(moves: readonly Move[]): void {
      const held = new Set(seasons.keys());
      for (const move of moves) if (!held.has(move.seasonId)) follow(move, move.before);
    },
    /** Follows the entries. */
    changed(moves: readonly Move[]): void {
      for (const move of moves) follow(move, move.after);
    },
    /** Drops what is held: it is read from the table `entries` when it is asked for again. */
    forget(): void {
      seasons.clear();
    },
  };
}

/** The order of entries while the ranking is not built, in memory: about 16 bytes an account. */
export type StandingOrder = ReturnType<typeof createStandingOrder>;

function put(season: Season, number: number, points: bigint): void {
  if (number >= season.points.length) season.points = grown(season.points, number);
  season.points[number] = points;
}

function grown(array: BigInt64Array, index: number): BigInt64Array {
  const larger = new BigInt64Array(2 * Math.max(array.length, index));
  larger.set(array);
  return larger;
}

/** Puts what changed where its points belong: the others keep their order. */
function merge(season: Season): void {
  const { points, ordered, changed } = season;
  const compare = comparing(points);
  const moved: number[] = [];
  for (const [number, hasEntry] of changed) if (hasEntry) moved.push(number);
  moved.sort(compare);
  const merged = new Uint32Array(ordered.length + moved.length);
  let [count, next] = [0, 0];
  for (const number of ordered) {
    if (changed.has(number)) continue;
    while (next < moved.length && compare(moved[next] as number, number) < 0) merged[count++] = moved[next++] as number;
    merged[count++] = number;
  }
  merged.set(moved.slice(next), count);
  season.ordered = merged.subarray(0, count + moved.length - next);
  changed.clear();
}

/**
 * Compares participants by their points, the most first. Points, which are not negative, are compared by their 32-bit
 * halves: a bigint read of an array is an object, and these would be garbage by the million.
 */
function comparing({ buffer }: BigInt64Array): (a: number, b: number) => number {
  const halves = new Uint32Array(buffer);
  return (a, b) => half(halves, b, HIGH) - half(halves, a, HIGH) || half(halves, b, LOW) - half(halves, a, LOW);
}

// In memory's own order.
const [LOW, HIGH] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0];

const half = (halves: Uint32Array, index: number, which: number): number => halves[2 * index + which] as number;
