import { expect } from "chai";
import { fraudProof } from "../../../../inference/methods/fraudProof/checks.ts";
import type { AttestationState } from "../../../../sdk/attestations.ts";
import type { FraudProofDetail } from "../../../../sdk/methods/fraudProof.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { batchOf, clientOf, input, leafOf, resultsOf, singleOf, traceFor, verify } from "../../verify/attested.ts";

const FRAUD_PROOF = 2;

/** Moves the first activation of layer 1, which is the fifth of a whole trace and the first of a leaf. */
const movedAt = (at: number) => (bytes: Uint8Array) => bytes.map((byte, i) => (i === at ? byte ^ 4 : byte));
const inUnit4 = (leaf: Uint8Array, unit: bigint) => (unit === 4n ? movedAt(0)(leaf) : leaf);

const claimed = (byte: number) => ((byte ^ 4) << 24) >> 24;
const correct = (byte: number) => (byte << 24) >> 24;

const refuted = (attestation: AttestationState, changes: Partial<FraudProofDetail["refutation"]> = {}) => {
  const index = attestation.kind === "batch" ? 1 : 0;
  const right = (attestation.kind === "batch" ? leafOf(4n)[0] : traceFor(input)[4]) as number;
  const place = { challenger: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", index, layer: 0, row: 0 };
  const refutation = { ...place, claimed: claimed(right), correct: correct(right), ...changes };
  return { ...attestation, status: Status.refuted, detail: { ...attestation.detail, refutation } };
};

describe("FraudProof's checks", () => {
  it("fail a trace that is not the one whose hash was signed, and recompute nothing of it", async () => {
    const single = singleOf(FRAUD_PROOF);
    const found = await verify({ ...single, detail: { trace: movedAt(4)(traceFor(input)), refutation: undefined } });
    expect(resultsOf(found).at(-1)).to.equal("trace failed");
    expect(found.checks.at(-1)?.hashes?.expected).to.equal(single.answer?.traceHash);
  });

  it("find the first wrong row of a run, of a batch and of its unit", async () => {
    const run = await verify(singleOf(FRAUD_PROOF, movedAt(4)));
    expect(resultsOf(run).slice(-2)).to.deep.equal(["trace held", "rows failed"]);
    expect(run.wrong).to.deep.include({ unit: undefined, layer: 0, row: 0 });
    const batch = batchOf(FRAUD_PROOF, inUnit4);
    const right = leafOf(4n)[0] as number;
    for (const unit of [undefined, 4n]) {
      const { wrong, checks } = await verify(batch, { unit });
      expect(wrong).to.deep.include({ unit: 4n, layer: 0, row: 0, claimed: claimed(right), correct: correct(right) });
      expect(checks.find(({ name }) => name === "rows")?.detail).to.equal(
        `The prover claims ${claimed(right)} in row 0 of layer 0 of unit 4; it is ${correct(right)}.`,
      );
    }
    expect((await verify(batch, { unit: 5n })).wrong).to.equal(undefined);
  });

  it("hold of what the model gives", async () => {
    expect(resultsOf(await verify(singleOf(FRAUD_PROOF))).slice(-2)).to.deep.equal(["trace held", "rows held"]);
    expect(resultsOf(await verify(batchOf(FRAUD_PROOF))).at(-1)).to.equal("rows held");
    const unit = await verify(batchOf(FRAUD_PROOF), { unit: 3n });
    expect(resultsOf(unit).slice(-4)).to.deep.equal(["input held", "rows held", "run held", "output held"]);
    expect(unit.good).to.equal(true);
  });
});

describe("FraudProof's refutation", () => {
  const client = clientOf(Status.refuted);

  it("is none where nobody showed a row, nor of another method's attestation", async () => {
    for (const attestation of [singleOf(FRAUD_PROOF), refuted(singleOf(7))]) {
      expect(fraudProof.rows?.describe(attestation)).to.equal(null);
      expect(await fraudProof.rows?.show(client, attestation)).to.equal(undefined);
    }
  });

  it("names the unit of a batch, by its number in its task", () => {
    const batch = refuted(batchOf(FRAUD_PROOF, inUnit4));
    const described = fraudProof.rows?.describe(batch);
    expect(described?.lines[0]).to.match(/^ {2}refuted {2}by 0x\w{40}, by row 0 of layer 0 of unit 4:$/);
    expect(described?.refutation).to.equal(batch.detail.refutation);
    const single = fraudProof.rows?.describe(refuted(singleOf(FRAUD_PROOF, movedAt(4))));
    expect(single?.lines[0]).to.match(/by row 0 of layer 0:$/);
  });

  it("is recomputed from the chain, and held against the contract's numbers", async () => {
    for (const attestation of [singleOf(FRAUD_PROOF, movedAt(4)), batchOf(FRAUD_PROOF, inUnit4)]) {
      const same = await fraudProof.rows?.show(client, refuted(attestation));
      expect(same?.row.unit).to.equal(attestation.kind === "batch" ? 4n : undefined);
      expect(same?.words).to.equal(
        "Both numbers are those that the contract computed when the attestation was refuted.",
      );
      const other = await fraudProof.rows?.show(client, refuted(attestation, { claimed: 99 }));
      expect(other?.words).to.equal(`That is not what the contract said: claimed 99, correct ${same?.row.correct}.`);
    }
  });

  it("can't be shown of a unit that the batch doesn't have", async () => {
    const batch = refuted(batchOf(FRAUD_PROOF), { index: 3 });
    const error = await fraudProof.rows?.show(client, batch).catch((thrown: Error) => thrown.message);
    expect(error).to.equal(`Batch ${batch.id} has no unit at position 3, by which it was refuted.`);
  });
});
