import { getAddress, type Hex, keccak256, numberToHex, toHex, toRlp } from "viem";
import type { RpcHeader } from "../../../sdk/headers.ts";
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
      name: null,
    };
  });

const fieldsOf = (number: number, fork: number) =>
  ({ number: numberToHex(1 + number), extraData: toHex(`fork ${fork}`) }) as const;

/** The hash of a block's header. */
export const hashOf = (number: number, fork = 0): Hex => keccak256(toRlp(Object.values(fieldsOf(number, fork))));

export const asOfBlock = (book: Book, blockNumber: number, fork = 0): AsOf => {
  const seq = book.seqAt(blockNumber);
  return {
    ...{ chainId: 31337, blockNumber, blockHash: hashOf(blockNumber, fork), finalizedBlock: 0 },
    ...{ seq: String(seq), ledgerHash: book.hashAt(seq) },
  };
};

/** A chain in memory. `lie` stands between it and who asks. */
export class FakeChain implements Chain {
  name = "http://first";
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

  #fork = (number: number) => (number > this.forkAbove ? 1 : 0);

  #hash(number: number): Hex {
    return hashOf(number, this.#fork(number));
  }

  #numberOf(hash: Hex): number {
    let number = this.head_.number;
    while (number > 0 && this.#hash(number) !== hash) number--;
    return number;
  }

  #answer<T>(call: string, value: () => T): Promise<T> {
    this.asked.push(call);
    return this.down ? Promise.reject(new Error("The RPC is down.")) : Promise.resolve(value());
  }

  chainId = () => this.#answer("chainId", () => 31337);
  head = () => this.#answer("head", () => this.head_);
  hashOf = (number: number) =>
    this.#answer("hashOf", () => (number > this.head_.number ? undefined : this.#hash(number)));
  header = (number: number): Promise<RpcHeader | undefined> =>
    this.#answer("header", () =>
      number > this.head_.number ? undefined : { ...fieldsOf(number, this.#fork(number)), hash: this.#hash(number) },
    );
  points = (_: bigint, from: number, to: number) =>
    this.#answer(`points ${from}..${to}`, () =>
      this.changes.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to),
    );
  ledger = (_ = 1n, hash: Hex = this.head_.hash) =>
    this.#answer("ledger", () => {
      const book = bookOf(this.changes.filter(({ blockNumber }) => blockNumber <= this.#numberOf(hash)));
      const { seq, participants, totalPoints, ledgerHash } = book;
      return { seq, participants, totalPoints, ledgerHash };
    });
  entry = (_: bigint, of: string) => this.#answer("entry", () => this.book().score(of) ?? { points: 0n, lastSeq: 0n });

  book = (): Book => bookOf(this.changes.filter(({ blockNumber }) => blockNumber <= this.head_.number));
}
