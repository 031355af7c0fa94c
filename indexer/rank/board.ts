import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import { createAccountIndex } from "./account-index.ts";
import { Chunk, type Key } from "./chunk.ts";
import { leading } from "./leading.ts";
import type { Around, Standings, Unranked } from "./standings.ts";

/** The standings of a season in memory: about 220 bytes an account; a rank in about 1 µs. */
export interface Board extends Standings {
  size(): number;
  /** Adds standings that are behind all others, in order; those of accounts that are on the board already replace them. */
  append(standings: readonly Unranked[]): void;
  /** Adds an account's standing, or replaces it. */
  put(standing: Unranked): void;
  remove(account: Address): void;
}

interface Place {
  chunk: Chunk;
  at: number;
}

const MOST_ROWS = 256;
/** More than there are rows before they are split. */
const PLACES = 2 * MOST_ROWS;

/** In the index an account has its chunk's id and where in the chunk it was when it was last looked for. */
const numberOf = ({ id }: Chunk, at: number): number => id * PLACES + at;
const idIn = (number: number): number => Math.floor(number / PLACES);
const isIn =
  ({ id }: Chunk) =>
  (number: number): boolean =>
    idIn(number) === id;
const guessIn = (number: number): number => number % PLACES;

export function createBoard(): Board {
  const accounts = createAccountIndex();
  /** In order; none is empty. */
  const chunks: Chunk[] = [];
  /** By their ids; nothing at ids that are free. */
  const named: (Chunk | undefined)[] = [];
  const free: number[] = [];
  let isCounted = true;

  function count(): void {
    let ahead = 0;
    for (const [index, chunk] of chunks.entries()) {
      chunk.index = index;
      chunk.ahead = ahead;
      ahead += chunk.length;
    }
    isCounted = true;
  }

  function placeOf(account: Address): Place | undefined {
    let chunk: Chunk | undefined;
    let at = -1;
    const number = accounts.find(account, (number) => {
      chunk = named[idIn(number)] as Chunk;
      at = chunk.indexOf(account, guessIn(number));
      return at >= 0;
    });
    if (number === undefined || !chunk) return undefined;
    if (guessIn(number) !== at) accounts.change(account, isIn(chunk), numberOf(chunk, at));
    return { chunk, at };
  }

  /** The last chunk that begins no later than a key, or the first. */
  const chunkOf = (key: Key): Chunk | undefined =>
    chunks[Math.max(0, leading(chunks.length, (i) => !isAhead(key, (chunks[i] as Chunk).keyAt(0))) - 1)];

  function add(index: number, standings: readonly Unranked[]): Chunk {
    const chunk = new Chunk(free.pop() ?? named.length, accounts.size(), standings);
    named[chunk.id] = chunk;
    chunks.splice(index, 0, chunk);
    return chunk;
  }

  function insert(standing: Unranked): void {
    const chunk = chunkOf(standing) ?? add(0, []);
    const at = leading(chunk.length, (at) => isAhead(chunk.keyAt(at), standing));
    chunk.insert(at, standing);
    accounts.add(standing.account, numberOf(chunk, at));
    if (chunk.length > MOST_ROWS) split(chunk);
    isCounted = false;
  }

  function split(chunk: Chunk): void {
    const standings = chunk.cut(MOST_ROWS / 2);
    const rear = add(chunks.indexOf(chunk) + 1, standings);
    for (const [at, { account }] of standings.entries()) accounts.change(account, isIn(chunk), numberOf(rear, at));
  }

  function remove(account: Address): void {
    const place = placeOf(account);
    if (!place) return;
    const { chunk, at } = place;
    accounts.remove(account, isIn(chunk));
    chunk.remove(at);
    if (chunk.length === 0) {
      named[chunk.id] = undefined;
      free.push(chunk.id);
      chunks.splice(chunks.indexOf(chunk), 1);
    }
    isCounted = false;
  }

  /** Standings of ranks `from` + 1 to `to` as JSON with commas between; `index` is of the chunk that has the first, or before. */
  function json(from: number, to: number, index: number): string {
    let text = "";
    for (let next = from, at = index; next < Math.min(to, accounts.size()); at++) {
      const chunk = chunks[at] as Chunk;
      const end = Math.min(to - chunk.ahead, chunk.length);
      if (chunk.ahead + end <= next) continue;
      text += `${text && ","}${chunk.slice(next - chunk.ahead, end)}`;
      next = chunk.ahead + end;
    }
    return text;
  }

  function slice(from: number, to: number): Standing[] {
    if (!isCounted) count();
    const index = leading(chunks.length, (i) => (chunks[i] as Chunk).ahead <= from) - 1;
    return JSON.parse(`[${json(from, to, index)}]`);
  }

  /** How many standings are at a key or ahead of it. */
  function standingsUpTo(key: Key): number {
    if (!isCounted) count();
    const chunk = chunkOf(key);
    return chunk ? chunk.ahead + leading(chunk.length, (at) => !isAhead(key, chunk.keyAt(at))) : 0;
  }

  function around(account: Address, most: number): Around | undefined {
    if (!isCounted) count();
    const place = placeOf(account);
    if (!place) return undefined;
    const { chunk, at } = place;
    const rank = chunk.ahead + at + 1;
    const first = Math.max(0, rank - 1 - most);
    let { index } = chunk;
    while ((chunks[index] as Chunk).ahead > first) index--;
    const before = json(first, rank - 1, index);
    const after = json(rank, rank + most, chunk.index);
    return {
      item: chunk.slice(at, at + 1),
      neighbours: `[${before}${before && after && ","}${after}]`,
    };
  }

  return {
    size: accounts.size,
    append(standings) {
      for (const { account } of standings) remove(account);
      for (let from = 0; from < standings.length; from += MOST_ROWS / 2) {
        const part = standings.slice(from, from + MOST_ROWS / 2);
        const chunk = add(chunks.length, part);
        for (const [at, { account }] of part.entries()) accounts.add(account, numberOf(chunk, at));
      }
      isCounted = false;
    },
    put(standing) {
      remove(standing.account);
      insert(standing);
    },
    remove,
    page(position, limit) {
      if (!position) return slice(0, limit);
      const from = standingsUpTo({ points: String(position.points), lastSeq: String(position.lastSeq) });
      return slice(from, from + limit);
    },
    pageFrom: (rank, limit) => slice(rank - 1, rank - 1 + limit),
    rankOf(account) {
      if (!isCounted) count();
      const place = placeOf(account);
      return place && place.chunk.ahead + place.at + 1;
    },
    standingOf(account) {
      const found = around(account, 0);
      return found && JSON.parse(found.item);
    },
    around,
  };
}

/** The ranking rule of ranking.sql. */
function isAhead(a: Key, b: Key): boolean {
  const difference = compare(a.points, b.points);
  return difference === 0 ? compare(a.lastSeq, b.lastSeq) < 0 : difference > 0;
}

/** Of numbers in decimals, without zeros in front. */
const compare = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
