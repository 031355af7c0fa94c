import { expect } from "chai";
import fc from "fast-check";
import { type Prize, prizeOf, shareOf } from "../../sdk/rewards.ts";

const amounts = fc.bigInt({ min: 0n, max: 10n ** 24n });
const prizeLists = fc
  .array(fc.record({ places: fc.integer({ min: 1, max: 9 }), amount: amounts }), { minLength: 1, maxLength: 8 })
  .map((prizes) => prizes.sort((a, b) => (a.amount < b.amount ? 1 : -1)));
/** How many accounts share each rank. */
const ranks = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });

/** Prizes place by place, as the rules say it. */
const placed = (prizes: readonly Prize[]): bigint[] =>
  prizes.flatMap(({ places, amount }) => Array<bigint>(places).fill(amount));

describe("rewards", () => {
  it("give nothing to no points, also where nobody has any", () => {
    expect(shareOf(1_000n, 0n, 0n)).to.equal(0n);
  });

  it("give nothing to places behind the last prize", () => {
    expect(prizeOf([{ places: 2, amount: 5n }], 3, 9)).to.equal(0n);
  });

  it("share a pool by points, never more than all of it", () => {
    fc.assert(
      fc.property(amounts, fc.array(fc.bigInt({ min: 0n, max: 2n ** 31n }), { minLength: 1 }), (pool, points) => {
        const total = points.reduce((sum, each) => sum + each, 0n);
        const shares = points.map((each) => shareOf(pool, each, total));
        const paid = shares.reduce((sum, each) => sum + each, 0n);
        expect(paid <= pool).to.equal(true);
        if (total > 0n) expect(pool - paid < BigInt(points.length)).to.equal(true);
      }),
    );
  });

  it("give each of a rank the mean of the prizes of its places, never more than all of them", () => {
    fc.assert(
      fc.property(prizeLists, ranks, (prizes, counts) => {
        const byPlace = placed(prizes);
        let first = 1;
        let paid = 0n;
        for (const count of counts) {
          const held = byPlace.slice(first - 1, first - 1 + count).reduce((sum, each) => sum + each, 0n);
          const prize = prizeOf(prizes, first, first + count - 1);
          expect(prize).to.equal(held / BigInt(count));
          paid += prize * BigInt(count);
          first += count;
        }
        expect(paid <= byPlace.reduce((sum, each) => sum + each, 0n)).to.equal(true);
      }),
    );
  });
});
