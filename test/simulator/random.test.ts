import { expect } from "chai";
import fc from "fast-check";
import { createRandom } from "./random.ts";

describe("seeded draws", () => {
  it("refuses to pick from nothing", () => {
    expect(() => createRandom(1).pick([])).to.throw(RangeError, "There is nothing to pick from.");
  });

  it("are the same for the same seed, and stay between both ends", () =>
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -9, max: 9 }), fc.nat({ max: 9 }), (seed, low, more) => {
        const [a, b] = [createRandom(seed), createRandom(seed)];
        for (let i = 0; i < 20; i++) {
          const drawn = a.between(low, low + more);
          expect(drawn)
            .to.equal(b.between(low, low + more))
            .and.within(low, low + more);
        }
      }),
    ));

  it("reach both ends", () => {
    const random = createRandom(7);
    expect(new Set(Array.from({ length: 200 }, () => random.between(0, 4))).size).to.equal(5);
  });

  it("of a fork don't follow from how many others are made", () => {
    const [a, b] = [createRandom(3), createRandom(3)];
    const [forkOfA, forkOfB] = [a.fork(), b.fork()];
    b.next();
    expect(forkOfA.next()).to.equal(forkOfB.next());
  });
});
