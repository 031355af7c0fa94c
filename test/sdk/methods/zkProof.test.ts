import { expect } from "chai";
import { keccak256 } from "viem";
import type { Judged } from "../../../sdk/methods/method.ts";
import { type ZkProofDetail, zkProof } from "../../../sdk/methods/zkProof.ts";
import { Status } from "../../../sdk/protocol.ts";
import { judged } from "../../fixtures/judged.ts";

const uid = keccak256("0x03");
const proven = { eventName: "Proven", args: { uid, isTest: true, evidence: "0x0102ff" } } as const;
const admitted = { eventName: "VerifyingKeyAdmitted", args: { modelId: uid, keyHash: uid, isTest: true } } as const;

function after(...events: Parameters<typeof zkProof.fold>[1][]): ZkProofDetail {
  const detail = zkProof.begin();
  for (const event of events) zkProof.fold(detail, event);
  return detail;
}

describe("methods/zkProof", () => {
  it("knows what was proven, and nothing from the admission of a key", () => {
    expect(after()).to.deep.equal({ proven: undefined });
    expect(after(admitted)).to.deep.equal({ proven: undefined });
    expect(after(proven)).to.deep.equal({ proven: { isTest: true, evidence: Uint8Array.of(1, 2, 255) } });
  });

  it("has one step, the proof", () => {
    expect(zkProof.stepOf(proven, undefined)).to.deep.equal({ step: "proven", isTest: true });
    expect(zkProof.stepOf(admitted, undefined)).to.equal(undefined);
  });

  describe("assurance", () => {
    const assuranceOf = (more: Partial<Judged> = {}, detail = after(proven)) =>
      zkProof.assurance(judged(Status.verified, more), detail) ?? { proven: "", notProven: "" };

    it("has nothing of its own to say of what isn't verified", () => {
      for (const status of [Status.none, Status.pending, Status.refuted, Status.void, Status.revoked])
        expect(zkProof.assurance(judged(status), zkProof.begin())).to.equal(undefined);
    });

    it("says that a TEST key's proofs can be forged", () => {
      expect(assuranceOf().notProven).to.match(
        /^That nobody forged it: the model's key is a TEST key, and whoever made it can prove anything by it\./,
      );
    });

    it("says of a ceremony's key that one of its makers is trusted", () => {
      const detail = after({ ...proven, args: { ...proven.args, isTest: false } });
      expect(assuranceOf({}, detail).notProven).to.match(
        /^That nobody forged it: at least one of those who made the model's key is trusted to have destroyed/,
      );
    });

    it("says who compared the input", () => {
      const named = "The input is the one that the attestation names.";
      expect(assuranceOf({ firstUnit: undefined }).proven).to.contain(named);
      expect(assuranceOf({ firstUnit: 3n, isPaid: false })).to.satisfy(
        ({ proven, notProven }: { proven: string; notProven: string }) =>
          proven.includes(named) && notProven.endsWith("Nor is the input proven."),
      );
      const paid = assuranceOf({ firstUnit: 3n, isPaid: true });
      expect(paid.proven).to.contain("The campaign derived the unit's assigned input when it paid");
      expect(paid.notProven).to.not.contain("Nor is the input proven.");
    });
  });
});
