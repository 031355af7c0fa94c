import { expect } from "chai";
import { keccak256, numberToHex } from "viem";
import { type FraudProofDetail, fraudProof } from "../../../sdk/methods/fraudProof.ts";
import type { Judged } from "../../../sdk/methods/method.ts";
import { Status } from "../../../sdk/protocol.ts";
import { judged } from "../../fixtures/judged.ts";

const id = keccak256("0x03");
const CHALLENGER = numberToHex(12, { size: 20 });
const row = { index: 2, layer: 0, row: 3, claimed: -7, correct: 12 };

const traced = { eventName: "Traced", args: { uid: id, trace: "0x0102ff" } } as const;
const rowRefuted = {
  eventName: "RowRefuted",
  args: { id, challenger: CHALLENGER, unit: 2n, layer: 0n, row: 3n, claimed: -7, correct: 12 },
} as const;

/** What is known after these events. */
function after(...events: Parameters<typeof fraudProof.fold>[1][]): FraudProofDetail {
  const detail = fraudProof.begin();
  for (const event of events) fraudProof.fold(detail, event);
  return detail;
}

describe("methods/fraudProof", () => {
  describe("assurance", () => {
    const assuranceOf = (status: number, more: Partial<Judged> = {}, detail = fraudProof.begin()) =>
      fraudProof.assurance(judged(status, more), detail) ?? { proven: "", notProven: "" };
    const batch = { isBatch: true, count: 5, firstUnit: 5n, outputHash: null };
    const shown = (change: Partial<typeof row> = {}): FraudProofDetail => ({
      ...fraudProof.begin(),
      refutation: { challenger: CHALLENGER, ...row, ...change },
    });

    it("has nothing of its own to say of what isn't recorded, void or revoked", () => {
      for (const status of [Status.none, Status.void, Status.revoked])
        expect(fraudProof.assurance(judged(status), fraudProof.begin())).to.equal(undefined);
    });

    it("says while the window is open that one wrong row would refute it", () => {
      expect(assuranceOf(Status.pending)).to.deep.equal({
        proven:
          "All activations of the run are on chain, where the contract hashed them, and the prover has staked a bond on them.",
        notProven: "That the answer is true: until the window ends, anyone can refute it by showing one wrong row.",
      });
      expect(assuranceOf(Status.pending, batch).proven).to.match(
        /^All activations of the batch's 5 units are on chain, where the contract itself built their tree, and/,
      );
    });

    it("says of a verified attestation that somebody had to watch", () => {
      const { proven, notProven } = assuranceOf(Status.verified, { firstUnit: undefined });
      expect(proven).to.equal(
        "All activations of the run are on chain, where the contract hashed them, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window. The input is the one that the attestation names.",
      );
      expect(notProven).to.equal(
        "That a challenger was watching: one honest challenger who re-runs every attestation is trusted to have refuted a wrong row in time.",
      );
      expect(assuranceOf(Status.verified, batch).proven).to.match(
        /Each unit's input is the one assigned to it by the season's seed, its account and its number: no prover names it, and the contract derives it from the base input wherever a first layer is disputed\.$/,
      );
      expect(assuranceOf(Status.verified, batch).notProven).not.to.contain("Nor is the input");
    });

    it("doesn't call a single attestation's input proven before the campaign has paid for it", () => {
      const open = assuranceOf(Status.verified);
      expect(open.proven).to.match(/the campaign compares it with the assigned one when it pays\.$/);
      expect(open.notProven).to.match(/Nor is the input proven\.$/);
      const paid = assuranceOf(Status.verified, { isPaid: true });
      expect(paid.proven).to.match(
        /derived the unit's assigned input when it paid, and it is the one that .* names\.$/,
      );
      expect(paid.notProven).not.to.contain("Nor is the input");
    });

    it("makes up no row that it doesn't know", () => {
      expect(assuranceOf(Status.refuted)).to.deep.equal({
        proven: "The contract refuted the attestation by one wrong row.",
        notProven: "Anything about the other rows, nor whether the prover erred or lied.",
      });
    });

    it("says of a refuted batch which row was wrong, where, and what both numbers were", () => {
      const { proven, notProven } = assuranceOf(Status.refuted, batch, shown());
      expect(proven).to.equal(
        `${CHALLENGER} showed that row 3 of layer 0 of unit 7, at position 2 of the batch, is wrong, rows and layers counted from 0: the prover claimed -7, and the contract computed 12 from the registered model's row and the unit's assigned input, which it derived itself.`,
      );
      expect(notProven).to.equal(
        "Anything about the other rows, nor whether the prover erred or lied. One wrong row refutes all 5 units, and nothing is said of the 4 others.",
      );
    });

    it("says of a refuted single attestation what the wrong row was computed from", () => {
      const first = assuranceOf(Status.refuted, { firstUnit: 9n }, shown({ index: 0 })).proven;
      expect(first)
        .to.contain("row 3 of layer 0 of unit 9 is wrong")
        .and.to.match(/and the attestation's input\.$/);
      const free = assuranceOf(Status.refuted, { firstUnit: undefined }, shown({ index: 0, layer: 1 })).proven;
      expect(free).to.contain("row 3 of layer 1 is wrong");
      expect(free).to.match(/and the activations that the prover claimed below it\.$/);
    });
  });

  it("folds a single attestation's activations and the row that refuted it", () => {
    expect(after()).to.deep.equal({ trace: new Uint8Array(0), refutation: undefined });
    expect(after(traced, rowRefuted)).to.deep.equal({
      trace: Uint8Array.of(1, 2, 255),
      refutation: { challenger: CHALLENGER, ...row },
    });
  });

  it("names the refuted row, and the unit where the attestation is about units", () => {
    expect(fraudProof.stepOf(traced, 5n)).to.equal(undefined);
    const step = { step: "rowRefuted", by: CHALLENGER, ...row };
    expect(fraudProof.stepOf(rowRefuted, 5n)).to.deep.equal({ ...step, unit: "7" });
    expect(fraudProof.stepOf(rowRefuted, undefined)).to.deep.equal({ ...step, unit: null });
  });
});
