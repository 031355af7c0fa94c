import type { Address, Hex } from "viem";
import { type LedgerEntry, ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import { compareStandings } from "../../sdk/ledger.ts";

/** A ledger entry as it was folded, with what it replaced. */
export interface FoldedEntry extends LedgerEntry {
  blockNumber: number;
  /** The ledger hash after it. */
  ledgerHash: Hex;
  /** The account's points after it. */
  points: bigint;
  /** `lastSeq` of the account before it; undefined where it is its first. */
  previousSeq: bigint | undefined;
}

/** An account's score, as the book has it by now. */
export interface Score {
  /** Lower case. */
  account: string;
  points: bigint;
  lastSeq: bigint;
}

/** A point change from the chain; `delta` is negative if points are burned. */
export type PointChange = LedgerEntry & { blockNumber: number };

/** A season's ledger, folded entry by entry, that can be taken back to any earlier entry. */
export class Book {
  #entries: FoldedEntry[] = [];
  #scores = new Map<string, Score>();
  #totalPoints = 0n;
  // In the order of the list; undefined until a rank is asked for, since sorting once beats moving 100,000 accounts.
  #order: Score[] | undefined;

  get seq(): bigint {
    return BigInt(this.#entries.length);
  }

  get ledgerHash(): Hex {
    return this.#entries.at(-1)?.ledgerHash ?? ZERO_HASH;
  }

  get totalPoints(): bigint {
    return this.#totalPoints;
  }

  get participants(): number {
    return this.#scores.size;
  }

  /**
   * Folds the next entry. Throws a RangeError when `seq` has a gap or the account falls below zero: an entry is missing
   * or made up.
   */
  append(change: PointChange): void {
    const next = this.seq + 1n;
    if (change.seq !== next)
      throw new RangeError(`The ledger goes from seq ${this.seq} to seq ${change.seq}; ${next} is missing.`);
    const account = change.account.toLowerCase();
    const before = this.#scores.get(account);
    const points = (before?.points ?? 0n) + change.delta;
    if (points < 0n) throw new RangeError(`Account ${change.account} falls to ${points} points at seq ${next}.`);
    const hash = ledgerHash(this.ledgerHash, change);
    this.#entries.push({ ...change, ledgerHash: hash, points, previousSeq: before?.lastSeq });
    this.#totalPoints += change.delta;
    this.#change(account, before, { account, points, lastSeq: next });
  }

  /** Takes the ledger back to an earlier `seq`; returns the entries undone, oldest first. */
  undoTo(seq: bigint): FoldedEntry[] {
    const undone: FoldedEntry[] = [];
    while (this.seq > seq) {
      const entry = this.#entries.pop() as FoldedEntry;
      const account = entry.account.toLowerCase();
      const lastSeq = entry.previousSeq;
      const before = lastSeq === undefined ? undefined : { account, points: entry.points - entry.delta, lastSeq };
      this.#totalPoints -= entry.delta;
      this.#change(account, this.#scores.get(account), before);
      undone.push(entry);
    }
    return undone.reverse();
  }

  /** What `look` sees of the ledger as of an earlier `seq`. */
  at<T>(seq: bigint, look: () => T): T {
    const undone = this.undoTo(seq);
    try {
      return look();
    } finally {
      for (const entry of undone) this.#redo(entry);
    }
  }

  /** The last entry of a block up to this one. */
  seqAt(blockNumber: number): bigint {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as FoldedEntry).blockNumber <= blockNumber) low = middle + 1;
      else high = middle;
    }
    return BigInt(low);
  }

  /** The entry of that `seq`; undefined where there is none. */
  entry(seq: bigint): FoldedEntry | undefined {
    return this.#entries[Number(seq) - 1];
  }

  /** The ledger hash after the entry of that `seq`. */
  hashAt(seq: bigint): Hex {
    return this.entry(seq)?.ledgerHash ?? ZERO_HASH;
  }

  /** The account at a place of the list, from 1 on; undefined beyond the last. */
  scoreAt(place: number): Score | undefined {
    return this.#ordered()[place - 1];
  }

  score(account: Address | string): Score | undefined {
    return this.#scores.get(account.toLowerCase());
  }

  /** The account's place in the list, from 1 on; undefined without an entry. */
  placeOf(account: Address | string): number | undefined {
    const score = this.score(account);
    return score && indexIn(this.#ordered(), score) + 1;
  }

  /** The account's rank: one more than how many have more points; undefined without an entry. */
  rankOf(account: Address | string): number | undefined {
    const score = this.score(account);
    return score && indexIn(this.#ordered(), { ...score, lastSeq: 0n }) + 1;
  }

  /** An account's points by reason, as far as the ledger goes by now. */
  reasonsOf(account: Address | string): Map<number, bigint> {
    const reasons = new Map<number, bigint>();
    let seq = this.score(account)?.lastSeq;
    while (seq !== undefined) {
      const { reason, delta, previousSeq } = this.entry(seq) as FoldedEntry;
      reasons.set(reason, (reasons.get(reason) ?? 0n) + delta);
      seq = previousSeq;
    }
    return reasons;
  }

  #redo(entry: FoldedEntry): void {
    const account = entry.account.toLowerCase();
    this.#entries.push(entry);
    this.#totalPoints += entry.delta;
    this.#change(account, this.#scores.get(account), { account, points: entry.points, lastSeq: entry.seq });
  }

  #change(account: string, before: Score | undefined, after: Score | undefined): void {
    if (after) this.#scores.set(account, after);
    else this.#scores.delete(account);
    const order = this.#order;
    if (!order) return;
    if (before) order.splice(indexIn(order, before), 1);
    if (after) order.splice(indexIn(order, after), 0, after);
  }

  #ordered(): Score[] {
    this.#order ??= [...this.#scores.values()].sort(compareStandings);
    return this.#order;
  }
}

/** The index that a score has, or would have, in the order. */
function indexIn(order: readonly Score[], score: Score): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareStandings(order[middle] as Score, score) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
