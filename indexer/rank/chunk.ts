import type { Address } from "viem";
import { rankAfter } from "../../sdk/ledger.ts";
import { asciiJson, type Position, type Unranked } from "./standings.ts";

const RANK = '{"rank":';
const ACCOUNT = ',"account":"';
const POINTS = '","points":"';
const LAST_SEQ = ',"lastSeq":"';

/** Where the points begin in the text after a written place: an address has 42 characters. */
const TO_POINTS = ACCOUNT.length + 42 + POINTS.length;

/** The first and last standings of a chunk, where it borders on its neighbours. */
interface Edges {
  /** Points of the first one. */
  first: bigint;
  /** Points of the last one. */
  last: bigint;
  /** Index of the first one with the last one's points. */
  tie: number;
}

/** Standings next to each other in a ranking, kept as the JSON that is sent, in ASCII. */
export class Chunk {
  readonly id: number;
  /** Standings ahead of this chunk. */
  ahead: number;
  /** Rank of the first one; above its place if standings ahead have the same points. */
  firstRank: number;
  /** Chunks ahead of it. */
  index = 0;
  /** The standings, each followed by a comma. */
  #written = "";
  /** Where each of them begins, and the end. */
  #starts: number[] = [];
  /** What `ahead` and `firstRank` were when they were written. */
  #writtenFor = { ahead: 0, firstRank: 0 };
  /** The text of each standing after its place; set when standings change, until they are written again. */
  #rests: string[] | undefined;
  #edges: Edges | undefined;

  constructor(id: number, ahead: number, standings: readonly Unranked[]) {
    this.id = id;
    this.ahead = ahead;
    this.firstRank = ahead + 1;
    this.#write(standings.map(restOf));
  }

  get length(): number {
    return this.#rests?.length ?? this.#starts.length - 1;
  }

  /** Of at least one standing. */
  get edges(): Edges {
    this.#edges ??= this.#findEdges();
    return this.#edges;
  }

  /** The index of an account, looked for at `guess` first; -1 if it isn't here. */
  indexOf(account: Address, guess: number): number {
    const text = this.#text();
    if (guess < this.length && text.startsWith(account, this.#restAt(guess) + ACCOUNT.length)) return guess;
    const found = text.indexOf(ACCOUNT + account);
    return found < 0 ? found : leading(this.length, (at) => (this.#starts[at] as number) <= found) - 1;
  }

  /** Standings from one to before another, at least one, as JSON with commas between. */
  slice(from: number, to: number): string {
    const text = this.#text();
    return text.slice(this.#starts[from], (this.#starts[to] as number) - 1);
  }

  rankAt(at: number): number {
    const text = this.#text();
    const from = (this.#starts[at] as number) + RANK.length;
    return Number(text.slice(from, text.indexOf(",", from)));
  }

  positionAt(at: number): Position {
    const [text, from] = this.#rests ? [this.#rests[at] as string, 0] : [this.#written, this.#restAt(at)];
    const lastSeq = text.indexOf(LAST_SEQ, from + TO_POINTS);
    return {
      points: numberIn(text, from + TO_POINTS),
      lastSeq: numberIn(text, lastSeq + LAST_SEQ.length),
    };
  }

  insert(at: number, standing: Unranked): void {
    this.#change().splice(at, 0, restOf(standing));
  }

  remove(at: number): void {
    this.#change().splice(at, 1);
  }

  /** Removes the standings from `at` on, and returns them. */
  cut(at: number): Unranked[] {
    const standings = JSON.parse(`[${this.slice(at, this.length)}]`);
    this.#change().splice(at);
    return standings;
  }

  #findEdges(): Edges {
    const { points: first } = this.positionAt(0);
    const { points: last } = this.positionAt(this.length - 1);
    return { first, last, tie: leading(this.length, (at) => this.positionAt(at).points !== last) };
  }

  #text(): string {
    const { ahead, firstRank } = this.#writtenFor;
    if (this.#rests || ahead !== this.ahead || firstRank !== this.firstRank) this.#write(this.#unwritten());
    return this.#written;
  }

  #write(rests: readonly string[]): void {
    const { ahead, firstRank } = this;
    let last: { points: string; rank: number } | undefined;
    let end = 0;
    const texts = rests.map((rest, i) => {
      const place = ahead + 1 + i;
      const points = rest.slice(TO_POINTS, rest.indexOf('"', TO_POINTS));
      last = { points, rank: i === 0 ? firstRank : rankAfter(last, points, place) };
      return `${RANK}${last.rank},"place":${place}${rest},`;
    });
    this.#starts = [0, ...texts.map(({ length }) => (end += length))];
    this.#written = texts.join("");
    this.#rests = undefined;
    this.#writtenFor = { ahead, firstRank };
  }

  #unwritten(): string[] {
    return this.#rests ?? this.#starts.slice(1).map((end, at) => this.#written.slice(this.#restAt(at), end - 1));
  }

  /** The texts after the places, to be changed. */
  #change(): string[] {
    this.#edges = undefined;
    this.#rests = this.#unwritten();
    return this.#rests;
  }

  /** Where the text after a written place begins. */
  #restAt(at: number): number {
    return this.#written.indexOf(ACCOUNT, this.#starts[at]);
  }
}

/** The decimal number in quotes that begins there. */
const numberIn = (text: string, from: number): bigint => BigInt(text.slice(from, text.indexOf('"', from)));

const restOf = (standing: Unranked): string => {
  const { account, points, verified, pending, refuted, caught, lastSeq, lastChangeAt, name } = standing;
  const rest = { account, points, verified, pending, refuted, caught, lastSeq, lastChangeAt, name };
  return `,${asciiJson(rest).slice(1)}`;
};

/** How many of `count` positions pass a test that only the first ones pass; calls it about log2(`count`) times. */
export function leading(count: number, test: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
