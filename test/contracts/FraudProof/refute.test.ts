import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex, toHex } from "viem";
import { disputeRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced } from "../../../inference/methods/fraudProof/evidence.ts";
import { answerHash } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRow, encodeRows, type Row } from "../../../sdk/layouts.ts";
import { addressOf, deployFraudProof, hash, integerLayout, publication, WINDOW } from "../fixtures.ts";
import {
  attestBatch,
  attestSingle,
  batchOf,
  changed,
  FRAUD_TASK,
  fraudProtocol,
  honest,
  layers,
  layout,
  type Single,
  singleOf,
  wrongRow,
} from "../fraud.ts";
import { contextOf, record, Status, unitAttestation } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Where the rows of each layer have their activation in a trace of widths 4, 3, 2. */
const places = [4, 5, 6, 7, 8].map((at) => (at < 7 ? { at, layer: 0, row: at - 4 } : { at, layer: 1, row: at - 7 }));

describe("FraudProof.refute", () => {
  /** A recorded attestation whose hidden neuron 1 is off by one; both outputs follow from it. */
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    const right = honest(p, p.prover, 0);
    const single = singleOf(p, p.prover, changed(right, 5));
    const uid = await attestSingle(p, p.prover, single);
    const [challenger] = p.accounts as [typeof p.prover];
    const refute = (
      shown: Partial<ReturnType<typeof disputeRow>> = {},
      { attestation, answer, trace }: Single = single,
      place = { layer: 0, row: 1 },
    ) =>
      p.fraud
        .connect(challenger)
        .refute(attestation, answer, trace, { ...disputeRow(layout, layers, place), ...shown });
    return { ...p, right, single, uid, challenger, refute };
  }

  it("refuses an attestation that nobody made", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attestation = { ...p.single.attestation, prover: addressOf(p.other) };

    await expect(p.refute({}, { ...p.single, attestation }))
      .to.be.revertedWithCustomError(p.fraud, "NotOpen")
      .withArgs(await p.registry.uidOf(attestation));
  });

  it("refuses attestations under other methods, or none", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation } = p.single;
    const mocks = await unitAttestation(p, p.prover, { answer: attestation.answer, inputHash: attestation.inputHash });
    const uid = await record(p, p.prover, mocks);
    await expect(p.refute({}, { ...p.single, attestation: mocks }))
      .to.be.revertedWithCustomError(p.fraud, "NotOpen")
      .withArgs(uid);
    const { modelId, inputHash } = attestation;
    await p.registry.connect(p.prover).attest(0, modelId, inputHash, FREE_CONTEXT, p.single.answer, "0x");
    const unverified = { ...attestation, method: 0 };

    await expect(p.refute({}, { ...p.single, attestation: unverified }))
      .to.be.revertedWithCustomError(p.fraud, "NotOpen")
      .withArgs(await p.registry.uidOf(unverified));
  });

  it("refuses an attestation of another FraudProof, whose bond this one doesn't hold", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const twin = await deployFraudProof(ethers, p);
    const { attestation, answer, trace } = p.single;

    await expect(twin.refute(attestation, answer, trace, disputeRow(layout, layers, { layer: 0, row: 1 })))
      .to.be.revertedWithCustomError(twin, "NotOpen")
      .withArgs(p.uid);
  });

  it("refuses the same attestation twice, another row too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.refute();

    for (const place of [
      { layer: 0, row: 1 },
      { layer: 1, row: 0 },
    ])
      await expect(p.refute({}, p.single, place))
        .to.be.revertedWithCustomError(p.fraud, "NotOpen")
        .withArgs(p.uid);
  });

  it("refuses from the end of the window on, settled or not", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const until = Number((await p.registry.recordOf(p.uid)).attestedAt) + WINDOW;
    await networkHelpers.time.setNextBlockTimestamp(until);
    await expect(p.refute()).to.be.revertedWithCustomError(p.fraud, "WindowOver").withArgs(p.uid, until);
    await p.fraud.settle(p.uid);

    await expect(p.refute()).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(p.uid);
  });

  it("refuses another trace or answer than the attested one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const trace of [p.right, p.single.trace.slice(1), new Uint8Array([...p.single.trace, 0]), new Uint8Array(0)])
      await expect(p.refute({}, { ...p.single, trace }))
        .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
        .withArgs(p.uid);
    for (const part of ["outputHash", "traceHash", "salt"] as const)
      await expect(p.refute({}, { ...p.single, answer: { ...p.single.answer, [part]: hash("other") } }))
        .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
        .withArgs(p.uid);
  });

  it("refuses a forged trace that comes with an answer to match", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const honestOne = singleOf(p, p.prover, p.right);
    const uid = await attestSingle(p, p.prover, honestOne);
    const forged = singleOf(p, p.prover, changed(p.right, 5));

    await expect(p.refute({}, { ...forged, attestation: honestOne.attestation }))
      .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
      .withArgs(uid);
    expect(answerHash(addressOf(p.prover), forged.answer)).to.not.equal(honestOne.attestation.answer);
  });

  it("refuses another layout than the model's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const other = encodeLayout({ ...integerLayout, widths: [4, 2, 3] });

    await expect(p.refute({ layoutBytes: bytesToHex(other) })).to.be.revertedWithCustomError(p.fraud, "WrongLayout");
  });

  it("refuses layers and rows that the model doesn't have", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [layer, row] of [
      [2n, 0n],
      [2n ** 256n - 1n, 0n],
      [0n, 3n],
      [1n, 2n],
      [0n, 2n ** 256n - 1n],
      [1n, 2n ** 255n],
    ] as const)
      await expect(p.refute({ layer, row })).to.be.revertedWithCustomError(p.fraud, "NoSuchRow").withArgs(layer, row);
  });

  it("refuses the row of another place, in another layer too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const { layer, row } of places) {
      if (layer === 0 && row === 1) continue;
      const { data, proof } = disputeRow(layout, layers, { layer, row });
      await expect(p.refute({ data, proof })).to.be.revertedWithCustomError(p.fraud, "WrongRowProof").withArgs(0, 1);
    }
  });

  it("refuses another model's row, proven in its own tree", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [first, last] = layers as [Row[], Row[]];
    const others = [first.map((row) => ({ ...row, bias: row.bias + 5000 })), last];
    const { data, proof } = disputeRow(layout, others, { layer: 0, row: 1 });

    await expect(p.refute({ data, proof })).to.be.revertedWithCustomError(p.fraud, "WrongRowProof").withArgs(0, 1);
  });

  it("refuses a row with any byte changed, cut or added", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const data = encodeRow(layers[0]?.[1] as Row);
    const broken = [...data.keys()].map((at) => changed(data, at));
    for (const bytes of [...broken, data.slice(0, -1), new Uint8Array([...data, 0]), new Uint8Array(0)])
      await expect(p.refute({ data: bytesToHex(bytes) })).to.be.revertedWithCustomError(p.fraud, "WrongRowProof");
  });

  it("refuses a short, long or changed proof", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proof } = disputeRow(layout, layers, { layer: 0, row: 1 });
    const [sibling, ...rest] = proof as [Hex, ...Hex[]];
    for (const other of [[], rest, [...proof, sibling], [toHex(1, { size: 32 }), ...rest]])
      await expect(p.refute({ proof: other }))
        .to.be.revertedWithCustomError(p.fraud, "WrongRowProof")
        .withArgs(0, 1);
  });

  it("refuses a row that is right, naming its value", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const { at, layer, row } of places) {
      if (at === 5 || layer === 1) continue;
      await expect(p.refute({}, p.single, { layer, row }))
        .to.be.revertedWithCustomError(p.fraud, "RowIsRight")
        .withArgs(layer, row, new Int8Array(p.right.buffer)[at]);
    }
  });

  it("refuses every row of an honest attestation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const single = singleOf(p, p.prover, p.right, await contextOf(p, FRAUD_TASK));
    await attestSingle(p, p.prover, single);

    for (const { at, layer, row } of places)
      await expect(p.refute({}, single, { layer, row }))
        .to.be.revertedWithCustomError(p.fraud, "RowIsRight")
        .withArgs(layer, row, new Int8Array(p.right.buffer)[at]);
  });

  it("refuses a batch in place of a single attestation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await batchOf(p, p.prover, 0, 1);
    await attestBatch(p, p.prover, made);
    const { root, count: _, ...fields } = made.batch;
    const attestation = { ...fields, inputHash: root, answer: root };

    await expect(p.refute({}, { ...p.single, attestation })).to.be.revertedWithCustomError(p.fraud, "NotOpen");
  });

  for (const { at, layer, row } of places)
    it(`refutes a wrong activation ${row} of layer ${layer + 1}, and shows both numbers`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const trace = changed(p.right, at, 100);
      const single = singleOf(p, p.prover, trace);
      const uid = await attestSingle(p, p.prover, single);
      expect(wrongRow(trace)).to.deep.include({ layer, row });
      const refuted = p.refute({}, single, { layer, row });

      await expect(refuted)
        .to.emit(p.fraud, "RowRefuted")
        .withArgs(
          ...[uid, p.challenger, 0, layer, row],
          ...[new Int8Array(trace.buffer)[at], new Int8Array(p.right.buffer)[at]],
        );
      await expect(refuted).to.emit(p.registry, "StatusChanged").withArgs(uid, Status.Refuted, p.challenger);
    });

  it("pays half of the bond to the challenger and burns the rest, the odd wei too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const before = await p.bonds.bondOf(p.fraud, p.prover);
    await p.refute();

    const after = await p.bonds.bondOf(p.fraud, p.prover);
    expect([after.locked, after.free]).to.deep.equal([0n, before.free]);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(3000);
    expect(await p.bonds.burned()).to.equal(3001);
  });

  it("refutes in the window's last second", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestedAt } = await p.registry.recordOf(p.uid);
    await networkHelpers.time.setNextBlockTimestamp(Number(attestedAt) + WINDOW - 1);

    await p.refute();

    expect(await p.registry.statusOf(p.uid)).to.equal(Status.Refuted);
  });

  it("refutes a lie of a model of one layer and one neuron, whose proof is empty", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const rows = [[{ shift: 1, lo: -128, bias: 3, weights: Int8Array.of(1, 2, 3, 4) }]];
    const one = { ...integerLayout, widths: [4, 1], output: { ...integerLayout.output, dims: [1, 1] } };
    const bytes = encodeLayout(one);
    const modelId = (await p.models.publish.staticCall(publication, bytes, encodeRows(rows), "")) as Hex;
    await p.models.publish(publication, bytes, encodeRows(rows), "");
    const trace = Uint8Array.of(1, 1, 1, 1, 6);
    const { method, prover } = p.single.attestation;
    const made = buildTraced(bytes, { prover, method, modelId, context: FREE_CONTEXT, salt: hash("salt"), trace });
    await attestSingle(p, p.prover, { trace, ...made });

    await expect(p.fraud.refute(made.attestation, made.answer, trace, disputeRow(bytes, rows, { layer: 0, row: 0 })))
      .to.emit(p.fraud, "RowRefuted")
      .withArgs(await p.registry.uidOf(made.attestation), p.admin, 0, 0, 0, 6, 7);
  });
});
