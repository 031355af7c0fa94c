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

function participants(order: StandingOrder, seasonId: number): [number: number, points: bigint][] {
  const seen: [number, bigint][] = [];
  order.each(seasonId, (number, points) => seen.push([number, points]));
  return seen;
}

describe("the order of entries while the ranking is not built", () => {
  it("is what the table gives, whatever changed since it was last asked for", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { db, flush } = openEntries();
        const order = createStandingOrder(readEntries(db));
        const inOrder = db
          .prepare("SELECT number, points FROM entries ORDER BY -points, last_seq")
          .raw()
          .safeIntegers();
        const expectInOrder = () =>
          expect(participants(order, 1).map(([number, points]) => [BigInt(number), points])).to.deep.equal(
            inOrder.all(),
          );
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
          if (then === "ask") expectInOrder();
          if (then === "forget") order.forget();
        }
        expectInOrder();
        expect(participants(order, 2)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it("takes participants by the thousand, and seasons apart", () => {
    const order = createStandingOrder(readEntries(openEntries().db));
    expect([participants(order, 1), participants(order, 2)]).to.deep.equal([[], []]);
    const changes = Array.from({ length: 5_000 }, (_, i) => ({
      ...{ seasonId: 1 + (i % 2), account: "0x" as const, number: i + 1, before: undefined },
      after: { points: BigInt(i), lastSeq: BigInt(i + 1) },
    }));
    order.changed(changes);
    const downFrom = (first: number) =>
      Array.from({ length: 2_500 }, (_, i) => [first - 2 * i, BigInt(first - 2 * i - 1)]);
    expect(participants(order, 1)).to.deep.equal(downFrom(4_999));
    expect(participants(order, 2)).to.deep.equal(downFrom(5_000));
  });
});
