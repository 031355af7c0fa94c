import { expect } from "chai";
import { standings } from "../../bench/standings.ts";
import { WrongUse } from "../../bench/wrong-use.ts";

describe("bench standings", () => {
  for (const accounts of ["0", "-1", "1.5", "many"])
    it(`refuses --accounts=${accounts}`, async () => {
      const refused = await standings([`--accounts=${accounts}`]).catch((error: unknown) => error);

      expect(refused).to.be.instanceOf(WrongUse);
      expect((refused as WrongUse).message).to.equal(`--accounts is ${accounts}; it must be a positive integer.`);
    });

  it("measures order, trees and proofs, and OpenZeppelin's trees and proofs, which take at least 3 times as long", async () => {
    const rows = await standings(["--accounts", "1000"]);
    const peer = rows.at(-1)?.peer;

    expect(peer).to.match(/^@openzeppelin\/merkle-tree@\d/);
    expect(rows.map(({ name, accounts, peer }) => [name, accounts, peer])).to.deep.equal([
      ...["order", "trees", "proofs"].map((name) => [name, 1_000, undefined]),
      ...["trees", "proofs", "ratio"].map((name) => [name, 1_000, peer]),
    ]);
    expect(rows.at(-1)).to.have.property("times").that.is.at.least(3);
  });
});
