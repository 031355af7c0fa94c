import { expect } from "chai";
import fc from "fast-check";
import { amountsOf, prizeRows } from "../../../web/final/split.ts";
import { closed, rewards } from "./seasons.ts";

const of = (...ranked: [rank: number, points: number][]) =>
  ranked.map(([rank, points]) => ({ rank, points: String(points) }));

const totalOf = (participants: number, totalPoints = "60") => ({ ...closed.totals, participants, totalPoints });

describe("a season's split", () => {
  it("has no places where the pool is shared by points", () => {
    expect(prizeRows({ prizes: [] })).to.deep.equal([]);
  });

  it("names the places of each prize", () => {
    expect(prizeRows(rewards).map(({ places, amount }) => `${places}: ${amount}`)).to.deep.equal([
      ...["1: 50", "2 to 3: 20", "4: 10"],
    ]);
  });

  it("gives equal ranks the mean of their prizes, and nothing beyond the last prize", () => {
    const standings = of([1, 30], [1, 30], [3, 9], [4, 8], [5, 0]);
    expect(amountsOf(standings, { totals: totalOf(5), rewards })).to.deep.equal([35n, 35n, 20n, 10n, 0n]);
  });

  it("doesn't say what the last rank gets where more accounts may share it", () => {
    expect(amountsOf(of([1, 30], [2, 9], [2, 9]), { totals: totalOf(4), rewards })).to.deep.equal([
      ...[50n, undefined, undefined],
    ]);
  });

  it("shares by points, rounded down, never more than the pool", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 20 }), fc.bigInt(0n, 2n ** 100n), (points, pool) => {
        const total = points.reduce((sum, one) => sum + one, 0);
        const amounts = amountsOf(of(...points.map((one): [number, number] => [1, one])), {
          totals: totalOf(points.length, String(total)),
          rewards: { pool: String(pool), prizes: [] },
        });
        const sum = amounts.reduce<bigint>((all, one) => all + (one as bigint), 0n);
        expect(sum <= pool).to.equal(true);
        expect(total === 0 || pool - sum < BigInt(points.length)).to.equal(true);
      }),
    );
  });
});
