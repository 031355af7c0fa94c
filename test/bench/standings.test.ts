import { expect } from "chai";
import { measureOurs, standings } from "../../bench/standings.ts";
import { WrongUse } from "../../bench/wrong-use.ts";

describe("bench standings", () => {
  for (const accounts of ["0", "-1", "1.5", "many"])
    it(`refuses --accounts=${accounts}`, async () => {
      const refused = await standings([`--accounts=${accounts}`]).catch((error: unknown) => error);

      expect(refused).to.be.instanceOf(WrongUse);
      expect((refused as WrongUse).message).to.equal(`--accounts is ${accounts}; it must be a positive integer.`);
    });

  it("measures order, trees and proofs of as many accounts", () => {
    const { order, steps } = measureOurs(4_001);

    expect(order.map(({ place }) => place)).to.deep.equal(Array.from({ length: 4_001 }, (_, i) => i + 1));
    expect(steps.map(({ name, accounts }) => [name, accounts])).to.deep.equal(
      ["order", "trees", "proofs"].map((name) => [name, 4_001]),
    );
    for (const { seconds, rssMiB } of steps) expect(Math.min(seconds, rssMiB)).to.be.above(0);
  });
});
