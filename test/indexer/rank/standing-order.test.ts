import { expect } from "chai";
import fc from "fast-check";
import { createStandingOrder, readEntries, type StandingOrder } from "../../../indexer/rank/standing-order.ts";
import { openEntries } from "./entries.ts";

const points = fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 2n ** 63n - 3n, max: 2n ** 63n - 1n }));
/**
 * Whose entry changes to how many points, or goes; whether it is reported before the table has it; and whether the order is
 * asked for, or forgotten, after it.
 */
const step = fc.tuple(
  fc.nat({ max: 30 }),
  fc.option(points, { nil: undefined }),
  fc.boolean(),
  fc.constantFrom("", "", "ask", "forget"),
);

/** Ranks of the numbers from 1 to `most`; 0 for one without an entry. */
function ranksOf(order: StandingOrder, seasonId: number, most: number): number[] {
  const ranks = order.ranks(seasonId, most);
  return Array.from({ length: most }, (_, i) => ranks.readUInt32LE(4 * i));
}

describe("the order of entries while the ranking is not built", () => {
  it("is what the table gives, whatever changed since it was last asked for", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { db, flush } = openEntries();
        const order = createStandingOrder(readEntries(db));
        const ranked = db
          .prepare<[], [number, number]>("SELECT number, rank() OVER (ORDER BY points DESC) FROM entries")
          .raw();
        const expectRanked = () => {
          const expected = new Map(ranked.all());
          expect(ranksOf(order, 1, 31)).to.deep.equal(Array.from({ length: 31 }, (_, i) => expected.get(i + 1) ?? 0));
        };
        const held = new Map<number, { points: bigint; lastSeq: bigint }>();
        for (const [i, [account, points, first, then]] of steps.entries()) {
          const number = account + 1;
          const before = held.get(account);
          const after = points === undefined ? undefined : { points, lastSeq: BigInt(i + 1) };
          if (after) held.set(account, after);
          else held.delete(account);
          const report = () => order.changed([{ seasonId: 1, account: "0x", number, before, after }]);
          if (first) report();
          flush([{ account, before, after }]);
          if (!first) report();
          if (then === "ask") expectRanked();
          if (then === "forget") order.forget();
        }
        expectRanked();
        expect(ranksOf(order, 2, 0)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it("takes participants by the thousand, and seasons apart", () => {
    const order = createStandingOrder(readEntries(openEntries().db));
    expect([order.ranks(1, 0).length, order.ranks(2, 0).length]).to.deep.equal([0, 0]);
    const changes = Array.from({ length: 5_000 }, (_, i) => ({
      ...{ seasonId: 1 + (i % 2), account: "0x" as const, number: i + 1, before: undefined },
      after: { points: BigInt(i), lastSeq: BigInt(i + 1) },
    }));
    order.changed(changes);
    // The odd numbers, or the even ones: the highest has the most points.
    const downTo = (last: number) =>
      Array.from({ length: 5_000 }, (_, i) => ((last - i) % 2 === 1 ? (last - (i + 1)) / 2 + 1 : 0));
    expect(ranksOf(order, 1, 5_000)).to.deep.equal(downTo(4_999));
    expect(ranksOf(order, 2, 5_000)).to.deep.equal(downTo(5_000));
  });
});
