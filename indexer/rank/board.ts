import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import type { Standings, Unranked } from "./standings.ts";

/** The standings of a season in memory: about 300 bytes an account, 500 once it was asked for; a rank in about 1 µs. */
export interface Board extends Standings {
  size(): number;
  /** Adds an account's standing, or replaces it. */
  put(standing: Unranked): void;
  remove(account: Address): void;
}

type Key = Pick<Standing, "points" | "lastSeq">;

interface Row extends Unranked {
  chunk: Chunk;
  /** The standing as JSON from behind its rank on, once it was asked for. */
  json: string | undefined;
}

/** Rows in order, between those of other chunks; never none. */
interface Chunk {
  rows: Row[];
  /** Rows of all chunks ahead, once they are counted. */
  ahead: number;
}

const MOST_ROWS = 256;

export function createBoard(): Board {
  const rows = new Map<Address, Row>();
  const chunks: Chunk[] = [];
  let isCounted = true;

  function count(): void {
    let ahead = 0;
    for (const chunk of chunks) {
      chunk.ahead = ahead;
      ahead += chunk.rows.length;
    }
    isCounted = true;
  }

  /** The last chunk that begins no later than a key, or the first. */
  const chunkOf = (key: Key): Chunk | undefined =>
    chunks[Math.max(0, leading(chunks, (chunk) => !isAhead(key, chunk.rows[0] as Row)) - 1)];

  function insert(standing: Unranked): Row {
    const chunk = chunkOf(standing) ?? addChunk(0);
    const row = { ...standing, chunk, json: undefined };
    chunk.rows.splice(
      leading(chunk.rows, (other) => isAhead(other, row)),
      0,
      row,
    );
    if (chunk.rows.length > MOST_ROWS) split(chunk);
    isCounted = false;
    return row;
  }

  function addChunk(at: number, ...rows: Row[]): Chunk {
    const chunk = { rows, ahead: 0 };
    chunks.splice(at, 0, chunk);
    return chunk;
  }

  function split(chunk: Chunk): void {
    const rear = addChunk(chunks.indexOf(chunk) + 1, ...chunk.rows.splice(MOST_ROWS / 2));
    for (const row of rear.rows) row.chunk = rear;
  }

  function remove(account: Address): void {
    const row = rows.get(account);
    if (!row) return;
    const { chunk } = row;
    rows.delete(account);
    chunk.rows.splice(chunk.rows.indexOf(row), 1);
    if (chunk.rows.length === 0) chunks.splice(chunks.indexOf(chunk), 1);
    isCounted = false;
  }

  function rankOf(row: Row): number {
    if (!isCounted) count();
    return row.chunk.ahead + row.chunk.rows.indexOf(row) + 1;
  }

  /** How many rows are at a key or ahead of it. */
  function rowsUpTo(key: Key): number {
    if (!isCounted) count();
    const chunk = chunkOf(key);
    return chunk ? chunk.ahead + leading(chunk.rows, (row) => !isAhead(key, row)) : 0;
  }

  function slice(from: number, to: number): Standing[] {
    if (!isCounted) count();
    const found: Standing[] = [];
    for (let at = leading(chunks, ({ ahead }) => ahead <= from) - 1, next = from; next < to; at++) {
      const chunk = chunks[at];
      if (!chunk) break;
      for (let i = next - chunk.ahead; i < chunk.rows.length && next < to; i++)
        found.push(new Ranked(chunk.rows[i] as Row, ++next));
    }
    return found;
  }

  return {
    size: () => rows.size,
    put(standing) {
      remove(standing.account);
      rows.set(standing.account, insert(standing));
    },
    remove,
    page(position, limit) {
      if (!position) return slice(0, limit);
      const from = rowsUpTo({ points: String(position.points), lastSeq: String(position.lastSeq) });
      return slice(from, from + limit);
    },
    pageFrom: (rank, limit) => slice(rank - 1, rank - 1 + limit),
    rankOf(account) {
      const row = rows.get(account);
      return row && rankOf(row);
    },
    standingOf(account) {
      const row = rows.get(account);
      return row && new Ranked(row, rankOf(row));
    },
    neighbours: ({ rank }, around) => {
      const found = slice(Math.max(0, rank - 1 - around), rank + around);
      found.splice(Math.min(around, rank - 1), 1);
      return found;
    },
  };
}

/** How many items lead by a test that holds for the first ones only. */
function leading<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  let low = 0;
  for (let high = items.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (test(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The ranking rule of ranking.sql. */
function isAhead(a: Key, b: Key): boolean {
  const difference = compare(a.points, b.points);
  return difference === 0 ? compare(a.lastSeq, b.lastSeq) < 0 : difference > 0;
}

/** Of numbers in decimals, without zeros in front. */
const compare = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** A row and its rank. */
class Ranked implements Standing {
  readonly rank: number;
  readonly account: Address;
  readonly points: string;
  readonly verified: number;
  readonly pending: number;
  readonly refuted: number;
  readonly caught: number;
  readonly lastSeq: string;
  readonly lastChangeAt: number;
  readonly #row: Row;

  constructor(row: Row, rank: number) {
    this.rank = rank;
    this.account = row.account;
    this.points = row.points;
    this.verified = row.verified;
    this.pending = row.pending;
    this.refuted = row.refuted;
    this.caught = row.caught;
    this.lastSeq = row.lastSeq;
    this.lastChangeAt = row.lastChangeAt;
    this.#row = row;
  }

  static jsonOf(standing: Standing): string {
    if (!(#row in standing)) return JSON.stringify(standing);
    const row = standing.#row;
    row.json ??= JSON.stringify(standing).slice(`{"rank":${standing.rank}`.length);
    return `{"rank":${standing.rank}${row.json}`;
  }
}

/** A standing as JSON; what doesn't change with the rank is written once for one that is on a board. */
export const jsonOf = Ranked.jsonOf;
