import { expect } from "chai";
import { keccak256 } from "viem";
import { INVALID, UNAVAILABLE } from "../../sdk/commitments.ts";
import { type Judged, methodNames, proofOf } from "../../sdk/proofs.ts";

const [right, wrong] = [keccak256("0x01"), keccak256("0x02")];
const attestation = (method: number, status: number, more: Partial<Judged> = {}): Judged => ({
  ...{ method, status, isUnit: true, outputHash: right, panel: { size: 3, votes: [right, right, right] } },
  traced: { count: 1, isBatch: false, isUnit: true, isInputPaid: false, dispute: null },
  ...more,
});

describe("proofs", () => {
  it("says nothing in favour of what isn't recorded", () => {
    expect(proofOf(attestation(1, 0)).proven).to.equal("Nothing.");
  });

  it("says of every method's verified attestation what it proves and whom it trusts", () => {
    const trusted = ["nobody settles", "honest majority", "honest challenger", "ceremony", "hardware's vendor"];
    for (const [i, trust] of trusted.entries()) {
      const { proven, notProven } = proofOf(attestation(i, i === 0 ? 1 : 2));
      expect(proven).not.to.equal("");
      expect(notProven, methodNames[i]).to.contain(trust);
    }
  });

  it("never says that a pending, void or revoked answer is true", () => {
    for (const status of [1, 4, 5])
      for (const method of [0, 1, 2, 3, 4])
        expect(proofOf(attestation(method, status)).notProven).to.match(/^That the answer is true/);
  });

  it("counts the members of a panel that got the prover's output", () => {
    const { proven } = proofOf(attestation(1, 2));
    expect(proven).to.equal(
      "A drawn panel of 3 re-ran the model on the assigned input, and all of them got the prover's output, byte for byte.",
    );
    const split = attestation(1, 2, { isUnit: false, panel: { size: 3, votes: [right, wrong, right] } });
    expect(proofOf(split).proven).to.contain("the input that the attestation names, and 2 of them got the prover's");
  });

  it("makes up no numbers of a panel that it doesn't know", () => {
    const { proven } = proofOf(attestation(1, 2, { panel: null }));
    expect(proven).to.contain("A drawn panel re-ran").and.to.contain("enough of its members got the prover's output");
    expect(proofOf(attestation(1, 3, { panel: null })).proven).to.match(/enough of its members got something else\.$/);
  });

  it("counts those that got something else, also where more could not know", () => {
    const votes = [wrong, right, wrong, UNAVAILABLE, wrong];
    expect(proofOf(attestation(1, 3, { panel: { size: 5, votes } })).proven).to.match(
      /panel of 5 .* and 3 of them got one and the same other output\.$/,
    );
  });

  it("says that a panel found no valid run, and of a unit that its input may not be the assigned one", () => {
    const panel = { size: 2, votes: [INVALID, INVALID] };
    const ofUnit = proofOf(attestation(1, 3, { panel })).proven;
    expect(ofUnit).to.match(/and all of them found no valid run, or another input than the assigned one\.$/);
    const free = proofOf(attestation(1, 3, { panel, isUnit: false })).proven;
    expect(free).to.match(/and all of them found no valid run\.$/);
  });

  it("doesn't call an answer wrong that nobody saw", () => {
    const { proven, notProven } = proofOf(attestation(1, 3, { outputHash: null }));
    expect(proven).to.equal("The prover committed to an answer and didn't reveal it in time.");
    expect(notProven).to.equal("That the hidden answer was wrong.");
  });

  it("says of a refuted batch which row was wrong, where, and what both numbers were", () => {
    const dispute = { by: "0xC", index: 2, unit: "7", layer: 0, row: 3, claimed: -7, correct: 12 };
    const traced = { count: 5, isBatch: true, isUnit: true, isInputPaid: false, dispute };
    const { proven, notProven } = proofOf(attestation(2, 3, { traced }));
    expect(proven).to.match(/^0xC showed that row 3 of layer 0 of unit 7, at position 2 of the batch, is wrong/);
    expect(proven).to.match(/claimed -7, .* computed 12 .* assigned input, which it derived itself\.$/);
    expect(notProven).to.contain("the 4 others");
  });

  it("doesn't call a single attestation's input proven before the campaign has paid for it", () => {
    const traced = { count: 1, isBatch: false, isUnit: true, isInputPaid: false, dispute: null };
    expect(proofOf(attestation(2, 2, { traced })).notProven).to.match(/Nor is the input proven\.$/);
    const paid = proofOf(attestation(2, 2, { traced: { ...traced, isInputPaid: true } }));
    expect(paid.notProven).not.to.contain("Nor is the input");
  });
});
