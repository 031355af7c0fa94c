import { expect } from "chai";
import fc from "fast-check";
import { createUndone } from "../../../../indexer/serve/stream/undone.ts";

describe("undone blocks", () => {
  it("are any above the final one, until it is known how high an earlier process came", () => {
    const undone = createUndone(10);
    expect([10, 11, 10 ** 9].map(undone.forkBelow)).to.deep.equal([undefined, 10, 10]);
    undone.settle(20);
    expect([10, 20, 21].map(undone.forkBelow)).to.deep.equal([undefined, 10, undefined]);
  });

  it("reach no lower than what was undone itself", () => {
    const undone = createUndone(0);
    undone.settle(0);
    undone.add(5, 8);
    expect([5, 6, 8, 9].map(undone.forkBelow)).to.deep.equal([undefined, 5, 5, undefined]);
  });

  it("reach down through reorganisations that overlap", () => {
    const undone = createUndone(0);
    undone.settle(0);
    undone.add(100, 105);
    undone.add(98, 102);
    expect([98, 99, 104, 106].map(undone.forkBelow)).to.deep.equal([undefined, 98, 98, undefined]);
    undone.add(90, 98);
    undone.add(105, 110);
    expect([99, 105, 106].map(undone.forkBelow)).to.deep.equal([90, 90, 105]);
  });

  it("are never forgotten, however many reorganisations there were", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 5 })), { minLength: 1_100 }),
        (reorgs) => {
          const undone = createUndone(0);
          undone.settle(0);
          for (const [fork, depth] of reorgs) undone.add(fork, fork + depth);
          for (const [fork, depth] of reorgs) expect(undone.forkBelow(fork + depth)).to.be.at.most(fork);
        },
      ),
      { numRuns: 3 },
    );
  });
});
