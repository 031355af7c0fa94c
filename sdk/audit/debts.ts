import type { Address } from "viem";
import type { LedgerEntry } from "../commitments.ts";

/** What the ledger says of an account's debt. */
interface Debt {
  /** Penalties that took points when they were burned: the ledger names them. */
  charged: bigint;
  /** Points that were taken. */
  taken: bigint;
  /** The least that it owes: a penalty that took no points is in no entry. */
  owed: bigint;
}

/**
 * What accounts owe for refuted attestations, in points. A penalty is added to the debt, and the debt is taken from the
 * account's points; what is left of it, from what the account earns later. So an account with points owes nothing. Twin of
 * `contracts/libraries/PointsLedger.sol`, for debts below 2^63 points.
 */
export interface Debts {
  /** The least that an account owes by now. */
  owedBy(account: Address): bigint;
  /**
   * Takes note of a penalty's entry. Returns what is wrong with its amount.
   *
   * @param points What the account had before it.
   */
  penalise(entry: LedgerEntry, penalty: bigint, points: bigint): string | undefined;
  /**
   * Takes note of what is taken from an award. Returns what is wrong with its amount.
   *
   * @param points What the account had before it, the award among it.
   */
  collect(entry: LedgerEntry, awarded: bigint, points: bigint): string | undefined;
  /** Accounts that have or had a debt. */
  accounts(): Iterable<Address>;
  /**
   * What an account paid and owes by now must be the penalties that the ledger names, and some of those that it doesn't.
   * Returns what is wrong.
   *
   * @param owed What the campaign says that it owes.
   * @param hidden Penalties of its refuted attestations that the ledger doesn't name, burned or not.
   */
  balance(account: Address, owed: bigint, hidden: readonly bigint[]): string | undefined;
}

/** Starts without debts. */
export function createDebts(): Debts {
  const debts = new Map<Address, Debt>();
  const of = (account: Address): Debt => {
    const known = debts.get(account) ?? { charged: 0n, taken: 0n, owed: 0n };
    debts.set(account, known);
    return known;
  };

  return {
    owedBy: (account) => debts.get(account)?.owed ?? 0n,
    penalise({ account, delta }, penalty, points) {
      const debt = of(account);
      debt.charged += penalty;
      debt.taken -= delta;
      debt.owed = most(debt.owed + penalty + delta, 0n);
      const due = least(penalty, points);
      if (-delta > penalty) return `burns more than the penalty of ${penalty} points`;
      return -delta === due ? undefined : `burns for a penalty of ${penalty} points, which takes ${due} here`;
    },
    collect({ account, delta }, awarded, points) {
      const debt = of(account);
      const [taken, known] = [-delta, least(debt.owed, awarded)];
      debt.taken += taken;
      // Less than the award is the whole debt, penalties among it that no entry names.
      debt.owed = taken < awarded ? 0n : most(debt.owed - taken, 0n);
      if (taken > awarded) return `collects more than the ${awarded} just awarded`;
      if (points > awarded) return `collects from an account that had ${points - awarded} points, so it owed none`;
      return taken < known ? `collects less than the ${known} that are owed` : undefined;
    },
    accounts: () => debts.keys(),
    balance(account, owed, hidden) {
      const { charged, taken } = debts.get(account) ?? { charged: 0n, taken: 0n };
      if (isSumOfSome(taken + owed - charged, hidden)) return undefined;
      const others = hidden.length === 0 ? "there is no other" : `the others are ${hidden.join(", ")}`;
      return `${account} paid ${taken} points of penalties and owes ${owed}; the ledger names penalties of ${charged}, and ${others}.`;
    },
  };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** So many different sums are looked at; beyond, whatever isn't more than all together is taken for a sum. */
const MOST_SUMS = 10_000;

function isSumOfSome(wanted: bigint, parts: readonly bigint[]): boolean {
  let sums = new Set([0n]);
  for (const part of parts) {
    sums = new Set([...sums, ...[...sums].map((sum) => sum + part)]);
    if (sums.size > MOST_SUMS) return wanted >= 0n && wanted <= parts.reduce((sum, each) => sum + each, 0n);
  }
  return sums.has(wanted);
}
