import { formatEther } from "viem";

/** A spending limit would be passed; nothing was sent. */
export class OverBudgetError extends Error {
  override name = "OverBudgetError";
}

/** What may be spent, in wei. */
export interface Limits {
  perRequest: bigint;
  /** For as long as the process lives. */
  total: bigint;
}

/** Money that is set aside for one request. */
interface Reservation {
  /** What it cost in the end, in wei: what is left can be spent again. */
  spent(wei: bigint): void;
}

/** Counts what is spent, and holds it within limits. */
export interface Budget {
  readonly limits: Limits;
  /** Wei that are spent or set aside. */
  readonly used: bigint;
  /** Sets the most that a request can cost aside, in wei. Throws an {@link OverBudgetError} where a limit would be passed. */
  reserve(most: bigint): Reservation;
}

const eth = (wei: bigint): string => `${formatEther(wei)} ETH`;

export function createBudget(limits: Limits): Budget {
  let used = 0n;
  return {
    limits,
    get used() {
      return used;
    },
    reserve(most) {
      const { perRequest, total } = limits;
      if (most > perRequest)
        throw new OverBudgetError(
          `Fee and gas may cost ${eth(most)}, more than a request may: ${eth(perRequest)} (--spend-per-request).`,
        );
      if (used + most > total)
        throw new OverBudgetError(
          `Fee and gas may cost ${eth(most)}, more than is left: ${eth(total - used)} of ${eth(total)} (--spend-total).`,
        );
      used += most;
      let isOpen = true;
      return {
        spent(wei) {
          if (isOpen) used += wei - most;
          isOpen = false;
        },
      };
    },
  };
}
