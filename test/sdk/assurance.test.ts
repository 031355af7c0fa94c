import { expect } from "chai";
import { assuranceOf } from "../../sdk/assurance.ts";
import { knownMethods, methodName } from "../../sdk/methods/index.ts";
import { Status } from "../../sdk/protocol.ts";
import { judged } from "../fixtures/judged.ts";

const UNKNOWN = 7;
const SIGNED = "The prover said so: its transaction recorded this attestation.";
const numbers = [0, ...knownMethods().map(([, { id }]) => id), UNKNOWN];

describe("assurance", () => {
  it("says nothing in favour of what isn't recorded", () => {
    for (const method of numbers)
      expect(assuranceOf(method, judged(Status.none))).to.deep.equal({
        proven: "Nothing.",
        notProven: `That the answer is true: ${methodName(method)} says nothing of it.`,
      });
  });

  it("says of every method's verified attestation what it proves and whom it trusts", () => {
    const trusted = ["nobody settles", "honest majority", "honest challenger"];
    for (const [i, trust] of trusted.entries()) {
      const { proven, notProven } = assuranceOf(i, judged(i === 0 ? Status.pending : Status.verified));
      expect(proven).not.to.equal("");
      expect(notProven, methodName(i)).to.contain(trust);
    }
  });

  it("never says that a pending, void or revoked answer is true", () => {
    for (const status of [Status.pending, Status.void, Status.revoked])
      for (const method of numbers)
        expect(assuranceOf(method, judged(status)).notProven).to.match(/^That the answer is true/);
  });

  it("says how an attestation stands that no method has settled", () => {
    expect(assuranceOf(0, judged(Status.pending))).to.deep.equal({
      proven: SIGNED,
      notProven: "That the answer is true: nobody settles an attestation without a method.",
    });
    expect(assuranceOf(1, judged(Status.pending))).to.deep.equal({
      proven: SIGNED,
      notProven: "That the answer is true: Quorum has not settled it yet.",
    });
    expect(assuranceOf(1, judged(Status.void))).to.deep.equal({
      proven: SIGNED,
      notProven: "That the answer is true or false: Quorum couldn't decide, so it is void.",
    });
    expect(assuranceOf(2, judged(Status.revoked))).to.deep.equal({
      proven: SIGNED,
      notProven: "That the answer is true: the prover took the attestation back.",
    });
  });

  it("says of an unknown method what the registry records, and that nothing more is known", () => {
    for (const [status, settled] of [
      [Status.verified, "verified"],
      [Status.refuted, "refuted"],
    ] as const)
      expect(assuranceOf(UNKNOWN, judged(status))).to.deep.equal({
        proven: `The registry's method number 7 settled it as ${settled}.`,
        notProven: "What that means: unknown method 7: nothing is known of what it proves.",
      });
    expect(assuranceOf(UNKNOWN, judged(Status.pending))).to.deep.equal({
      proven: SIGNED,
      notProven: "That the answer is true: unknown method 7 has not settled it yet.",
    });
  });

  it("takes what a method began with where its events aren't known", () => {
    for (const [, { id, begin }] of knownMethods())
      for (const status of Object.values(Status))
        expect(assuranceOf(id, judged(status))).to.deep.equal(assuranceOf(id, judged(status), begin()));
  });
});
