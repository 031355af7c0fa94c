import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { disputeUnit, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { baseIndex, unitSeed } from "../../../sdk/commitments.ts";
import { addressOf, WINDOW } from "../fixtures.ts";
import {
  attestBatch,
  batchOf,
  bondFor,
  changed,
  disputed,
  FRAUD_TASK,
  fraudProtocol,
  honest,
  layers,
  passWindow,
  shown,
  wrongRow,
} from "../fraud.ts";
import { bases, Status, shownInput } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Each unit's leaf holds 3 activations of layer 0's rows, then 2 of layer 1's. */
const places = [0, 1, 2, 3, 4].map((at) => (at < 3 ? { at, layer: 0, row: at } : { at, layer: 1, row: at - 3 }));

describe("FraudProof.refuteBatch", () => {
  /** A recorded batch of units 10 to 14, the hidden neuron 2 of unit 13 off by one. */
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    const [challenger] = p.accounts as [typeof p.prover];
    const made = await batchOf(p, p.prover, 10, 5, (leaf, i) => (i === 3 ? changed(leaf, 2) : leaf));
    const id = await attestBatch(p, p.prover, made);
    const args = (index = 3, place: { layer: number; row: number } = { layer: 0, row: 2 }) =>
      disputed(p, p.prover, made, index, place, 10);
    return { ...p, fraud: p.fraud.connect(challenger), challenger, made, id, args };
  }

  it("refuses a batch that nobody made", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    for (const fields of [{ prover: addressOf(p.other) }, { count: 6 }, { method: 2 }, { root: p.id }])
      await expect(p.fraud.refuteBatch({ ...batch, ...fields }, unit, row))
        .to.be.revertedWithCustomError(p.fraud, "NotOpen")
        .withArgs(await p.registry.batchIdOf({ ...batch, ...fields }));
  });

  it("refuses a batch twice, and after its window", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const snapshot = await networkHelpers.takeSnapshot();
    await p.fraud.refuteBatch(...p.args());
    await expect(p.fraud.refuteBatch(...p.args()))
      .to.be.revertedWithCustomError(p.fraud, "NotOpen")
      .withArgs(p.id);

    await snapshot.restore();
    const until = Number((await p.registry.recordOf(p.id)).attestedAt) + WINDOW;
    await networkHelpers.time.setNextBlockTimestamp(until);
    await expect(p.fraud.refuteBatch(...p.args()))
      .to.be.revertedWithCustomError(p.fraud, "WindowOver")
      .withArgs(p.id, until);
  });

  it("refuses once it is settled and awarded", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await passWindow(p);
    await p.fraud.settle(p.id);
    await p.campaign.awardBatch(p.prover, p.made.batch);

    await expect(p.fraud.refuteBatch(...p.args()))
      .to.be.revertedWithCustomError(p.fraud, "NotOpen")
      .withArgs(p.id);
  });

  it("refuses a leaf moved to another place", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    for (const index of [0n, 1n, 2n, 4n, 5n, 7n, 2n ** 32n + 3n, 2n ** 256n - 1n])
      await expect(p.fraud.refuteBatch(batch, { ...unit, index }, row))
        .to.be.revertedWithCustomError(p.fraud, "WrongUnitProof")
        .withArgs(index);
  });

  it("refuses activations that are not the unit's: another's, changed, shorter, longer", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    const neighbour = disputeUnit(p.made.leaves, 2).activations;
    for (const activations of [neighbour, `${unit.activations}00`, unit.activations.slice(0, -2), "0x"])
      await expect(p.fraud.refuteBatch(batch, { ...unit, activations }, row))
        .to.be.revertedWithCustomError(p.fraud, "WrongUnitProof")
        .withArgs(3);
  });

  it("refuses a short or long proof of the unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    for (const proof of [[], unit.proof.slice(1), [...unit.proof, unit.proof[0] as Hex]])
      await expect(p.fraud.refuteBatch(batch, { ...unit, proof }, row))
        .to.be.revertedWithCustomError(p.fraud, "WrongUnitProof")
        .withArgs(3);
  });

  it("refuses layers and rows that the model doesn't have, and rows of other places", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    for (const [l, r] of [
      [2n, 0n],
      [0n, 3n],
      [1n, 2n],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
    ] as const)
      await expect(p.fraud.refuteBatch(batch, unit, { ...row, layer: l, row: r }))
        .to.be.revertedWithCustomError(p.fraud, "NoSuchRow")
        .withArgs(l, r);
    const [, , other] = p.args(3, { layer: 1, row: 1 });

    await expect(p.fraud.refuteBatch(batch, unit, { ...row, data: other.data, proof: other.proof }))
      .to.be.revertedWithCustomError(p.fraud, "WrongRowProof")
      .withArgs(0, 2);
  });

  it("refuses another base input than the unit's, and another account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [batch, unit, row] = p.args();
    const index = baseIndex(unitSeed(p.seed, FRAUD_TASK, addressOf(p.prover), 13n), bases.length);
    const others = [0, 1, 2].filter((i) => i !== index).map(shownInput);
    for (const input of [
      ...others,
      { ...unit.input, base: `${unit.input.base.slice(0, -2)}77` as Hex },
      { ...unit.input, header: `${unit.input.header}00` as Hex },
      { ...unit.input, proof: unit.input.proof.slice(1) },
    ])
      await expect(p.fraud.refuteBatch(batch, { ...unit, input }, row))
        .to.be.revertedWithCustomError(p.campaign, "WrongBaseInput")
        .withArgs(index);
  });

  it("refuses every row of every honest unit of the same batch", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const index of [0, 1, 2, 4]) {
      const right = new Int8Array(honest(p, p.prover, 10 + index).buffer).subarray(4);
      for (const { at, layer, row } of places)
        await expect(p.fraud.refuteBatch(...p.args(index, { layer, row })))
          .to.be.revertedWithCustomError(p.fraud, "RowIsRight")
          .withArgs(layer, row, right[at]);
    }
  });

  it("doesn't look at the input where a later layer is disputed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await batchOf(p, p.prover, 0, 2, (leaf, i) => (i === 1 ? changed(leaf, 4, 99) : leaf));
    await attestBatch(p, p.prover, made);
    const [batch, unit, row] = disputed(p, p.prover, made, 1, { layer: 1, row: 1 });

    await expect(p.fraud.refuteBatch(batch, { ...unit, input: shownInput(0) }, row)).to.emit(p.fraud, "RowRefuted");
  });

  for (const index of [0, 1, 4])
    for (const { at, layer, row } of places)
      it(`refutes unit ${index}'s wrong activation ${row} of layer ${layer + 1}, and shows both numbers`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const made = await batchOf(p, p.other, 20, 5, (leaf, i) => (i === index ? changed(leaf, at, 50) : leaf));
        const id = await attestBatch(p, p.other, made);
        const right = honest(p, p.other, 20 + index);
        const wrong = changed(right, 4 + at, 50);
        expect(wrongRow(wrong)).to.deep.include({ layer, row });
        const refuted = p.fraud.refuteBatch(...disputed(p, p.other, made, index, { layer, row }, 20));

        await expect(refuted)
          .to.emit(p.fraud, "RowRefuted")
          .withArgs(
            ...[id, p.challenger, index, layer, row],
            ...[new Int8Array(wrong.buffer)[4 + at], new Int8Array(right.buffer)[4 + at]],
          );
        await expect(refuted).to.emit(p.registry, "StatusChanged").withArgs(id, Status.Refuted, p.challenger);
      });

  it("takes another account's honest work for what it is: wrong on one's own input", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const count = 8;
    const theirs = await batchOf(p, p.other, 0, count);
    const copied = await batchOf(p, p.prover, 0, count, (_, i) => theirs.leaves[i] as Uint8Array);
    await attestBatch(p, p.prover, copied);
    const found = copied.leaves
      .map((leaf, i) => findWrongRow(layers, Uint8Array.from([...honest(p, p.prover, i).slice(0, 4), ...leaf])))
      .flatMap((wrong, index) => (wrong ? [{ wrong, index }] : []));
    expect(found).to.not.have.length(0);
    const { wrong, index } = found[0] as (typeof found)[0];

    await expect(p.fraud.refuteBatch(...disputed(p, p.prover, copied, index, wrong)))
      .to.emit(p.fraud, "RowRefuted")
      .withArgs(await p.registry.batchIdOf(copied.batch), p.challenger, index, ...Object.values(wrong));
  });

  it("refuses to derive the input from another account's seed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const honestOne = await batchOf(p, p.prover, 0, 3);
    await attestBatch(p, p.prover, honestOne);
    for (const index of [0, 1, 2]) {
      const [batch, unit, row] = disputed(p, p.prover, honestOne, index, { layer: 0, row: 0 });
      const input = shown(p, p.other, index);
      const refuted = p.fraud.refuteBatch(batch, { ...unit, input }, row);

      if (input.base === unit.input.base) await expect(refuted).to.be.revertedWithCustomError(p.fraud, "RowIsRight");
      else await expect(refuted).to.be.revertedWithCustomError(p.campaign, "WrongBaseInput");
    }
  });

  it("pays half of every unit's bond to the challenger and burns the rest", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.fraud.refuteBatch(...p.args());

    expect((await p.bonds.bondOf(p.fraud, p.prover)).locked).to.equal(0);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(bondFor(5) / 2n);
    expect(await p.bonds.burned()).to.equal(bondFor(5) - bondFor(5) / 2n);
  });
});
