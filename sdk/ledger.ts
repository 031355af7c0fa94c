import { checksum as getAddress } from "ox/Address";
import type { Address, Hex } from "viem";
import { type LedgerEntry, ledgerHash, ZERO_HASH } from "./commitments.ts";

/** An account's standing in a season. */
export interface Standing {
  /** From 1: accounts with equal points share a rank, and the ranks after them are skipped (1, 2, 2, 4). */
  rank: number;
  /** From 1: position in the list, different for each account. */
  place: number;
  account: Address;
  points: bigint;
  /** `seq` of the account's last ledger entry: orders the list among equal points, and decides nothing. */
  lastSeq: bigint;
}

/** A season's ledger, folded from its entries. */
export interface Ledger {
  seq: bigint;
  totalPoints: bigint;
  ledgerHash: Hex;
  /** Every account with an entry, also at zero points, in order; its length is the number of participants. */
  standings: Standing[];
}

/** What the ranking rule looks at. */
type Ranked = Pick<Standing, "points" | "lastSeq">;

/** The order of standings: points descending, then the lower `lastSeq`, which is unique. */
export function compareStandings(a: Ranked, b: Ranked): number {
  if (a.points !== b.points) return a.points > b.points ? -1 : 1;
  return a.lastSeq === b.lastSeq ? 0 : a.lastSeq < b.lastSeq ? -1 : 1;
}

/** The rank at a place whose account has these points; `ahead` stands right before it, undefined where nobody does. */
export function rankAfter<P>(ahead: { points: P; rank: number } | undefined, points: P, place: number): number {
  return ahead?.points === points ? ahead.rank : place;
}

/** Puts accounts in order and gives each its rank and place. */
export function rankAll<T extends Ranked>(accounts: readonly T[]): (T & Pick<Standing, "rank" | "place">)[] {
  let ahead: (T & Pick<Standing, "rank" | "place">) | undefined;
  return [...accounts].sort(compareStandings).map((account, i) => {
    ahead = { ...account, rank: rankAfter(ahead, account.points, i + 1), place: i + 1 };
    return ahead;
  });
}

/**
 * Folds a season's ledger entries, in order. Throws a RangeError when `seq` has a gap or an account falls below zero:
 * entries were missed or invented.
 */
export function foldLedger(entries: Iterable<LedgerEntry>): Ledger {
  const accounts = new Map<Address, { points: bigint; lastSeq: bigint }>();
  let hash = ZERO_HASH;
  let seq = 0n;
  let totalPoints = 0n;
  for (const entry of entries) {
    if (entry.seq !== seq + 1n)
      throw new RangeError(
        `The ledger goes from seq ${seq} to seq ${entry.seq}; ${seq + 1n} is missing or out of place.`,
      );
    seq = entry.seq;
    const account = getAddress(entry.account);
    const points = (accounts.get(account)?.points ?? 0n) + entry.delta;
    if (points < 0n) throw new RangeError(`Account ${account} falls to ${points} points at seq ${seq}.`);
    accounts.set(account, { points, lastSeq: seq });
    totalPoints += entry.delta;
    hash = ledgerHash(hash, entry);
  }
  const standings = rankAll([...accounts].map(([account, entry]) => ({ account, ...entry })));
  return { seq, totalPoints, ledgerHash: hash, standings };
}
