import { expect } from "chai";
import fc from "fast-check";
import { withReserve } from "../../sdk/gas.ts";

const MOST = 2n ** 24n;

describe("the gas of a transaction", () => {
  it("is more than estimated, and at most 2^24 wherever that is enough", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 21_000n, max: 2n ** 30n }), (estimate) => {
        const gas = withReserve(estimate);
        expect(gas >= estimate).to.equal(true);
        expect(gas <= MOST).to.equal(estimate <= MOST);
      }),
    );
  });

  it("follows an estimate beyond that, on a chain that allows it", () => {
    expect(withReserve(142_905_000n)).to.equal(214_387_500n);
    expect([withReserve(MOST), withReserve(MOST + 1n)]).to.deep.equal([MOST, 25_195_825n]);
  });
});
