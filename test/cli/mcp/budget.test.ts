import { expect } from "chai";
import fc from "fast-check";
import { createBudget, OverBudgetError } from "../../../cli/mcp/budget.ts";

describe("a budget", () => {
  it("refuses what is more than a request may cost, or more than is left", () => {
    const budget = createBudget({ perRequest: 5n * 10n ** 17n, total: 10n ** 18n });
    expect(() => budget.reserve(5n * 10n ** 17n + 1n)).to.throw(
      OverBudgetError,
      "more than a request may: 0.5 ETH (--spend-per-request).",
    );
    budget.reserve(5n * 10n ** 17n);
    budget.reserve(4n * 10n ** 17n);
    expect(() => budget.reserve(2n * 10n ** 17n)).to.throw(
      OverBudgetError,
      "Fee and gas may cost 0.2 ETH, more than is left: 0.1 ETH of 1 ETH (--spend-total).",
    );
    expect(budget.used).to.equal(9n * 10n ** 17n);
  });

  it("gives back what wasn't spent, once", () => {
    const budget = createBudget({ perRequest: 10n, total: 10n });
    const reservation = budget.reserve(10n);
    reservation.spent(4n);
    reservation.spent(0n);
    expect(budget.used).to.equal(4n);
    budget.reserve(6n);
  });

  it("never has more used than its total, as long as nothing costs more than was set aside", () => {
    const amount = fc.bigInt({ min: 0n, max: 100n });
    fc.assert(
      fc.property(amount, amount, fc.array(fc.tuple(amount, amount)), (perRequest, total, requests) => {
        const budget = createBudget({ perRequest, total });
        for (const [most, share] of requests) {
          try {
            budget.reserve(most).spent((most * share) / 100n);
          } catch (error) {
            expect(error).to.be.instanceOf(OverBudgetError);
          }
          expect(budget.used <= total).to.equal(true);
        }
      }),
    );
  });
});
