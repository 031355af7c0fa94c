import type { Address } from "viem";
import type { Standing } from "../../sdk/wire.ts";
import { leading } from "./leading.ts";
import type { Unranked } from "./standings.ts";

/** What orders standings. */
export type Key = Pick<Standing, "points" | "lastSeq">;

const RANK = '{"rank":';
const ACCOUNT = ',"account":"';

/** Standings next to each other in a ranking, kept as the JSON that is sent. */
export class Chunk {
  readonly id: number;
  /** Standings ahead of this chunk. */
  ahead: number;
  /** Chunks ahead of it. */
  index = 0;
  /** The standings, each with a comma behind it. */
  #written = "";
  /** Where each of them begins, and the end. */
  #starts: number[] = [];
  /** What `ahead` was when they were written. */
  #rankedBehind = 0;
  /** The standings from behind their ranks on, from a change of them until they are written again. */
  #rests: string[] | undefined;

  constructor(id: number, ahead: number, standings: readonly Unranked[]) {
    this.id = id;
    this.ahead = ahead;
    this.#write(standings.map(restOf));
  }

  get length(): number {
    return this.#rests?.length ?? this.#starts.length - 1;
  }

  /** Where an account stands, looked for at a place first; -1 if it doesn't. */
  indexOf(account: Address, guess: number): number {
    const text = this.#text();
    if (guess < this.length && text.startsWith(account, this.#restAt(guess) + ACCOUNT.length)) return guess;
    const found = text.indexOf(account);
    return found < 0 ? found : leading(this.length, (at) => (this.#starts[at] as number) <= found) - 1;
  }

  /** Standings from one to before another, at least one, as JSON with commas between. */
  slice(from: number, to: number): string {
    const text = this.#text();
    return text.slice(this.#starts[from], (this.#starts[to] as number) - 1);
  }

  keyAt(at: number): Key {
    return JSON.parse(this.slice(at, at + 1));
  }

  insert(at: number, standing: Unranked): void {
    this.#unwritten().splice(at, 0, restOf(standing));
  }

  remove(at: number): void {
    this.#unwritten().splice(at, 1);
  }

  /** Removes the standings from `at` on, and returns them. */
  cut(at: number): Unranked[] {
    const standings = JSON.parse(`[${this.slice(at, this.length)}]`);
    this.#unwritten().splice(at);
    return standings;
  }

  #text(): string {
    if (this.#rests || this.#rankedBehind !== this.ahead) this.#write(this.#unwritten());
    return this.#written;
  }

  #write(rests: readonly string[]): void {
    const texts = rests.map((rest, i) => `${RANK}${this.ahead + 1 + i}${rest},`);
    let end = 0;
    this.#starts = [0, ...texts.map(({ length }) => (end += length))];
    this.#written = texts.join("");
    this.#rests = undefined;
    this.#rankedBehind = this.ahead;
  }

  #unwritten(): string[] {
    this.#rests ??= this.#starts.slice(1).map((end, at) => this.#written.slice(this.#restAt(at), end - 1));
    return this.#rests;
  }

  /** Where what is behind a written rank begins. */
  #restAt(at: number): number {
    const rank = this.#rankedBehind + 1 + at;
    let digits = 1;
    for (let least = 10; least <= rank; least *= 10) digits++;
    return (this.#starts[at] as number) + RANK.length + digits;
  }
}

const restOf = (standing: Unranked): string => {
  const { account, points, verified, pending, refuted, caught, lastSeq, lastChangeAt } = standing;
  return `,${JSON.stringify({ account, points, verified, pending, refuted, caught, lastSeq, lastChangeAt }).slice(1)}`;
};
