import { type Address, getAddress, type Hex } from "viem";
import { type LedgerEntry, ledgerHash, ZERO_HASH } from "./commitments.ts";

/** Why points changed. */
export const REASON_PROVER = 1;
export const REASON_VERIFIER = 2;
export const REASON_PENALTY = 5;

/** An account's place in a season. */
export interface Standing {
  rank: number;
  account: Address;
  points: bigint;
  /** `seq` of the account's last ledger entry: who got there first ranks higher. */
  lastSeq: bigint;
}

/** A season's ledger, folded from its entries. */
export interface Ledger {
  seq: bigint;
  totalPoints: bigint;
  ledgerHash: Hex;
  /** Every account with an entry, also at zero points, in the order of rank; its length is the number of participants. */
  standings: Standing[];
}

/** The ranking rule: points descending, then the lower `lastSeq`, which is unique. */
export function compareStandings(
  a: Pick<Standing, "points" | "lastSeq">,
  b: Pick<Standing, "points" | "lastSeq">,
): number {
  if (a.points !== b.points) return a.points > b.points ? -1 : 1;
  return a.lastSeq === b.lastSeq ? 0 : a.lastSeq < b.lastSeq ? -1 : 1;
}

/**
 * Folds a season's ledger entries, in order. Throws a RangeError when `seq` has a gap or an account falls below zero:
 * entries were missed or invented.
 */
export function foldLedger(entries: readonly LedgerEntry[]): Ledger {
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
  const standings = [...accounts]
    .map(([account, entry]) => ({ account, ...entry }))
    .sort(compareStandings)
    .map((entry, i) => ({ rank: i + 1, ...entry }));
  return { seq, totalPoints, ledgerHash: hash, standings };
}
