import type { Address } from "viem";
import { compareStandings, rankAfter } from "../../sdk/ledger.ts";
import type { Standing } from "../../sdk/wire.ts";
import { createAccountIndex } from "./account-index.ts";
import { Chunk, leading } from "./chunk.ts";
import { type Around, type Position, positionOf, type Standings, type Unranked } from "./standings.ts";

/** The standings of a season in memory: about 250 bytes an account; a rank in about 1 µs. */
export interface SeasonCache extends Standings {
  size(): number;
  /** Adds standings that are behind all others, in order; those of accounts that are in it already replace them. */
  append(standings: readonly Unranked[]): void;
  /** Adds an account's standing, or replaces it. */
  put(standing: Unranked): void;
  remove(account: Address): void;
}

interface Found {
  chunk: Chunk;
  at: number;
}

const MOST_ROWS = 256;
/** Above this number of standings a chunk is split. */
const PLACES = 2 * MOST_ROWS;

/** The index gives an account's chunk, and its position there when it was last looked for. */
const numberOf = ({ id }: Chunk, at: number): number => id * PLACES + at;
const idIn = (number: number): number => Math.floor(number / PLACES);
const isIn =
  ({ id }: Chunk) =>
  (number: number): boolean =>
    idIn(number) === id;
const guessIn = (number: number): number => number % PLACES;

export function createSeasonCache(): SeasonCache {
  const accounts = createAccountIndex();
  /** In order; none is empty. */
  const chunks: Chunk[] = [];
  /** By their ids; nothing at ids that are free. */
  const named: (Chunk | undefined)[] = [];
  const free: number[] = [];
  let isCounted = true;

  function count(): void {
    let ahead = 0;
    let last: { points: bigint; rank: number } | undefined;
    for (const [index, chunk] of chunks.entries()) {
      const { edges } = chunk;
      chunk.index = index;
      chunk.ahead = ahead;
      chunk.firstRank = rankAfter(last, edges.first, ahead + 1);
      last = { points: edges.last, rank: edges.tie === 0 ? chunk.firstRank : ahead + edges.tie + 1 };
      ahead += chunk.length;
    }
    isCounted = true;
  }

  function find(account: Address): Found | undefined {
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

  /** The last chunk that begins no later than a position, or the first. */
  const chunkOf = (position: Position): Chunk | undefined =>
    chunks[Math.max(0, leading(chunks.length, (i) => !isAhead(position, chunks[i] as Chunk, 0)) - 1)];

  function add(index: number, standings: readonly Unranked[]): Chunk {
    const chunk = new Chunk(free.pop() ?? named.length, accounts.size(), standings);
    named[chunk.id] = chunk;
    chunks.splice(index, 0, chunk);
    return chunk;
  }

  function insert(standing: Unranked): void {
    const position = positionOf(standing);
    const chunk = chunkOf(position) ?? add(0, []);
    const at = leading(chunk.length, (at) => !isAhead(position, chunk, at));
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
    const found = find(account);
    if (!found) return;
    const { chunk, at } = found;
    accounts.remove(account, isIn(chunk));
    chunk.remove(at);
    if (chunk.length === 0) {
      named[chunk.id] = undefined;
      free.push(chunk.id);
      chunks.splice(chunks.indexOf(chunk), 1);
    }
    isCounted = false;
  }

  /** Standings of places `from` + 1 to `to` as JSON with commas between; `index` is of the chunk that has the first, or before. */
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

  /** How many standings are at a position or ahead of it. */
  function standingsUpTo(position: Position): number {
    if (!isCounted) count();
    const chunk = chunkOf(position);
    return chunk ? chunk.ahead + leading(chunk.length, (at) => !isAhead(position, chunk, at)) : 0;
  }

  function around(account: Address, most: number): Around | undefined {
    if (!isCounted) count();
    const found = find(account);
    if (!found) return undefined;
    const { chunk, at } = found;
    const ahead = chunk.ahead + at;
    const first = Math.max(0, ahead - most);
    let { index } = chunk;
    while ((chunks[index] as Chunk).ahead > first) index--;
    const before = json(first, ahead, index);
    const after = json(ahead + 1, ahead + 1 + most, chunk.index);
    return { item: chunk.slice(at, at + 1), neighbours: ["[", before, before && after && ",", after, "]"] };
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
      const from = standingsUpTo(position);
      return slice(from, from + limit);
    },
    pageFrom: (place, limit) => slice(place - 1, place - 1 + limit),
    rankOf(account) {
      if (!isCounted) count();
      const found = find(account);
      return found?.chunk.rankAt(found.at);
    },
    standingOf(account) {
      const found = around(account, 0);
      return found && JSON.parse(found.item);
    },
    around,
  };
}

/** Whether a position is ahead of a chunk's standing. */
const isAhead = (position: Position, chunk: Chunk, at: number): boolean =>
  compareStandings(position, chunk.positionAt(at)) < 0;
