import { expect } from "chai";
import { methodNames, proofOf } from "../../sdk/proofs.ts";

describe("proofs", () => {
  it("says nothing in favour of what isn't recorded", () => {
    expect(proofOf(1, 0).proven).to.equal("Nothing.");
  });

  it("says of every method's verified statement what it proves and whom it trusts", () => {
    const trusted = ["nobody settles", "honest majority", "honest challenger", "ceremony", "hardware's vendor"];
    for (const [i, trust] of trusted.entries()) {
      const { proven, notProven } = proofOf(i, i === 0 ? 1 : 2);
      expect(proven).not.to.equal("");
      expect(notProven, methodNames[i]).to.contain(trust);
    }
  });

  it("never says that a pending, void or revoked answer is true", () => {
    for (const status of [1, 4, 5])
      for (const method of [0, 1, 2, 3, 4])
        expect(proofOf(method, status).notProven).to.match(/^That the answer is true/);
  });
});
