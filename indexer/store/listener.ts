import type { Address } from "viem";

/** Where an entry stands in the order of its season. */
export interface EntryKey {
  points: bigint;
  lastSeq: bigint;
}

/**
 * An account's last ledger entry before and after a transaction's part; undefined where there was or is none. Its tally may
 * have changed too.
 */
export interface EntryChange {
  seasonId: bigint;
  account: Address;
  /** The participant's, from 1 on. */
  number: number;
  before: EntryKey | undefined;
  after: EntryKey | undefined;
}

/** Told, within the transaction, of what standings and their history follow from. */
export interface EntryListener {
  /**
   * Earliest end (unix s) of an epoch not closed yet, Infinity if none: the store tells what changed and calls `reach`
   * before it applies an event of a block with timestamp >= this.
   */
  nextEpochEnd(): number;
  /**
   * Every entry change up to here is told, and written in `seasons`: close all epochs that ended at or before this block
   * time. Also called at the end of each append with the cursor's time, and after seasons open.
   */
  reach(timestamp: number): void;
  /**
   * The rows of `entries` may not hold `after` yet, nor what was told before in the transaction. Coalesced: one change an
   * account and season.
   */
  changed(changes: readonly EntryChange[]): void;
  /** An account's tally changed, and its entry did not. */
  tallied(seasonId: bigint, account: Address): void;
  /** After a rollback to a block of this time, all changes told. */
  retreat(timestamp: number): void;
  /** Seasons or their times changed (opened, or undone). */
  seasonsChanged(): void;
  /** The transaction failed and is rolled back: what was told in it never happened, so nothing may be remembered of it. */
  abandoned(): void;
}
