import { getAddress, type Hex, keccak256, numberToHex, toHex } from "viem";
import type { AsOf, Standing } from "../../../sdk/wire.ts";
import { Book, type PointChange } from "../../../web/audit/book.ts";
import type { Block, Chain } from "../../../web/audit/chain.ts";

/** The i-th of the accounts in the tests. */
export const account = (i: number) => getAddress(numberToHex(0xabc000 + i, { size: 20 }));

/** A point change of season 1; `delta` points to the i-th account. */
export const change = (seq: number, i: number, delta: number, blockNumber = seq): PointChange => ({
  ...{ seasonId: 1n, account: account(i), subject: keccak256(toHex(seq)), seq: BigInt(seq), delta: BigInt(delta) },
  ...{ reason: delta < 0 ? 5 : 1, blockNumber },
});

export function bookOf(changes: readonly PointChange[]): Book {
  const book = new Book();
  for (const one of changes) book.append(one);
  return book;
}

/** What an honest API says of everybody. */
export const standingsOf = (book: Book): Standing[] =>
  Array.from({ length: book.participants }, (_, i) => {
    const score = book.scoreAt(i + 1);
    if (!score) throw new Error(`There is no place ${i + 1}.`);
    const { account, points, lastSeq } = score;
    return {
      ...{ rank: book.rankOf(account) as number, place: i + 1, account: getAddress(account), points: String(points) },
      ...{ verified: 0, pending: 0, refuted: 0, caught: 0, lastSeq: String(lastSeq), lastChangeAt: 0 },
    };
  });

export const hashOf = (number: number, fork = 0): Hex => keccak256(toHex(`block ${number} of fork ${fork}`));

export const asOfBlock = (book: Book, blockNumber: number, fork = 0): AsOf => {
  const seq = book.seqAt(blockNumber);
  return {
    ...{ chainId: 31337, blockNumber, blockHash: hashOf(blockNumber, fork), finalizedBlock: 0 },
    ...{ seq: String(seq), ledgerHash: book.hashAt(seq) },
  };
};

/** A chain in memory. `lie` stands between it and who asks. */
export class FakeChain implements Chain {
  changes: PointChange[] = [];
  head_: Block = { number: 0, hash: hashOf(0) };
  /** Blocks above this number are of another fork than 0. */
  forkAbove = Number.POSITIVE_INFINITY;
  asked: string[] = [];
  down = false;

  extendTo(number: number, changes: readonly PointChange[] = []): void {
    this.changes.push(...changes);
    this.head_ = { number, hash: this.#hash(number) };
  }

  /** Replaces all blocks above a number. */
  reorganise(above: number, to: number, changes: readonly PointChange[]): void {
    this.forkAbove = above;
    this.changes = this.changes.filter(({ blockNumber }) => blockNumber <= above);
    this.extendTo(to, changes);
  }

  #hash(number: number): Hex {
    return hashOf(number, number > this.forkAbove ? 1 : 0);
  }

  #answer<T>(call: string, value: () => T): Promise<T> {
    this.asked.push(call);
    return this.down ? Promise.reject(new Error("The RPC is down.")) : Promise.resolve(value());
  }

  chainId = () => this.#answer("chainId", () => 31337);
  head = () => this.#answer("head", () => this.head_);
  hashOf = (number: number) =>
    this.#answer("hashOf", () => (number > this.head_.number ? undefined : this.#hash(number)));
  points = (_: bigint, from: number, to: number) =>
    this.#answer(`points ${from}..${to}`, () =>
      this.changes.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to),
    );
  ledger = () =>
    this.#answer("ledger", () => {
      const book = this.book();
      const { seq, participants, totalPoints, ledgerHash } = book;
      return { seq, participants, totalPoints, ledgerHash };
    });
  entry = (_: bigint, of: string) => this.#answer("entry", () => this.book().score(of) ?? { points: 0n, lastSeq: 0n });

  book = (): Book => bookOf(this.changes.filter(({ blockNumber }) => blockNumber <= this.head_.number));
}
