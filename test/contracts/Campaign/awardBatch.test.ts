import { expect } from "chai";
import { network } from "hardhat";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { addressOf } from "../fixtures.ts";
import {
  attestBatch,
  batchOf,
  FRAUD,
  FRAUD_TASK,
  FRAUD_UNITS,
  type Fraud,
  fraudProtocol,
  passWindow,
  refutedBatch,
  verifiedBatch,
} from "../fraud.ts";
import { contextOf, MOCK, POINTS, replay, Status, settle } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Campaign.awardBatch", () => {
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    return { ...p, campaign: p.campaign.connect(p.other) };
  }

  /** Whether each of the prover's units of FraudProof's task is spent. */
  const spent = ({ campaign, prover }: Fraud, units: number[]) =>
    Promise.all(units.map((unit) => campaign.isSpent(1, FRAUD_TASK, prover, unit)));

  it("refuses any account but the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 2);

    await expect(p.campaign.awardBatch(p.other, batch))
      .to.be.revertedWithCustomError(p.campaign, "WrongAccount")
      .withArgs(p.other, p.prover);
  });

  it("refuses a batch that nobody recorded: no units, more units, another account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 2);
    await expect(p.campaign.awardBatch(p.prover, { ...batch, count: 0 }))
      .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
      .withArgs(batch.context);
    await expect(p.campaign.awardBatch(p.prover, { ...batch, count: FRAUD_UNITS + 1 }))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(FRAUD_UNITS, FRAUD_UNITS);

    for (const forged of [
      { ...batch, count: 3 },
      { ...batch, context: await contextOf(p, FRAUD_TASK, 1n) },
      { ...batch, prover: addressOf(p.other) },
    ])
      await expect(p.campaign.awardBatch(forged.prover, forged))
        .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
        .withArgs(await p.registry.batchIdOf(forged), Status.None, Status.Verified);
  });

  it("refuses units of another campaign, another model and another method than the task's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 2);
    const twin = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);
    await expect(twin.awardBatch(p.prover, batch))
      .to.be.revertedWithCustomError(twin, "NotAUnit")
      .withArgs(batch.context);
    await expect(p.campaign.awardBatch(p.prover, { ...batch, modelId: p.floatModel }))
      .to.be.revertedWithCustomError(p.campaign, "WrongModel")
      .withArgs(p.floatModel, p.integerModel);

    await expect(p.campaign.awardBatch(p.prover, { ...batch, method: MOCK }))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(MOCK, FRAUD);
  });

  it("refuses a batch that is pending, refuted or revoked", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const pending = await batchOf(p, p.prover, 0, 2);
    await attestBatch(p, p.prover, pending);
    const refuted = await refutedBatch(p, p.prover, 10, 2);
    const revoked = await batchOf(p, p.prover, 20, 2);
    await p.registry.connect(p.prover).revokeBatch(revoked.batch);

    for (const [{ batch }, status] of [
      [pending, Status.Pending],
      [refuted, Status.Refuted],
      [revoked, Status.Revoked],
    ] as const)
      await expect(p.campaign.awardBatch(p.prover, batch))
        .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
        .withArgs(await p.registry.batchIdOf(batch), status, Status.Verified);
  });

  it("refuses units attested outside the season, and a closed season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = await contextOf(p);
    const common = { prover: addressOf(p.prover), method: MOCK, modelId: p.integerModel, context };
    const { batch, traces } = buildBatch(common, [Uint8Array.of(1), Uint8Array.of(2)]);
    const intime = await verifiedBatch(p, p.prover, 0, 1);
    await networkHelpers.time.setNextBlockTimestamp(p.endsAt);
    await p.registry.connect(p.prover).attestBatch(MOCK, p.integerModel, context, 2, "0x", traces);
    const id = await p.registry.batchIdOf(batch);
    await settle(p, id as `0x${string}`, Status.Verified);
    await expect(p.campaign.awardBatch(p.prover, batch))
      .to.be.revertedWithCustomError(p.campaign, "WrongTime")
      .withArgs(p.endsAt, p.startsAt, p.endsAt);
    await networkHelpers.time.setNextBlockTimestamp(p.closesAt);

    await expect(p.campaign.awardBatch(p.prover, intime.batch))
      .to.be.revertedWithCustomError(p.campaign, "SeasonClosed")
      .withArgs(1, p.closesAt);
  });

  it("refuses a batch twice", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 5, 2);
    await p.campaign.awardBatch(p.prover, batch);

    await expect(p.campaign.awardBatch(p.prover, batch))
      .to.be.revertedWithCustomError(p.campaign, "UnitSpent")
      .withArgs(1, FRAUD_TASK, p.prover, 5);
  });

  for (const [first, count, named] of [
    [254, 2, 255],
    [255, 300, 255],
    [0, 257, 255],
    [256, 1, 256],
    [250, 100, 255],
    [200, 57, 255],
  ] as const)
    it(`refuses units ${first} to ${first + count - 1} whole once 255 and 256 are paid, naming ${named}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const paid = await verifiedBatch(p, p.prover, 255, 2);
      const later = await verifiedBatch(p, p.prover, first, count);
      await p.campaign.awardBatch(p.prover, paid.batch);

      await expect(p.campaign.awardBatch(p.prover, later.batch))
        .to.be.revertedWithCustomError(p.campaign, "UnitSpent")
        .withArgs(1, FRAUD_TASK, p.prover, named);

      expect(await spent(p, [254, 255, 256, 257])).to.deep.equal([false, true, true, false]);
    });

  it("refuses a batch with a unit that a refuted attestation killed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 8);
    const refuted = await refutedBatch(p, p.prover, 3, 1);
    await p.campaign.burnBatch(refuted.batch);

    await expect(p.campaign.awardBatch(p.prover, batch))
      .to.be.revertedWithCustomError(p.campaign, "UnitSpent")
      .withArgs(1, FRAUD_TASK, p.prover, 3);
  });

  it("pays all units at once, in one entry, on anyone's transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch, id } = await verifiedBatch(p, p.prover, 3, 5);

    await expect(p.campaign.awardBatch(p.prover, batch))
      .to.emit(p.campaign, "PointsAwarded")
      .withArgs(1, p.prover, id, 1, 5n * POINTS, 1);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([5n * POINTS, 1n, 0n]);
    expect(await spent(p, [2, 3, 4, 5, 6, 7, 8])).to.deep.equal([false, true, true, true, true, true, false]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("pays an account's every unit across the words of the bitmap, and not one more", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, FRAUD_UNITS);
    await p.campaign.awardBatch(p.prover, batch);

    expect(new Set(await spent(p, [...Array(FRAUD_UNITS).keys()]))).to.deep.equal(new Set([true]));
    expect(await spent(p, [FRAUD_UNITS, 767, 768])).to.deep.equal([false, false, false]);
    expect((await p.campaign.entryOf(1, p.prover)).points).to.equal(BigInt(FRAUD_UNITS) * POINTS);
  });

  it("keeps one account's units from another's, and one task's from another's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 3);
    await p.campaign.awardBatch(p.prover, batch);

    expect(await p.campaign.isSpent(1, FRAUD_TASK, p.other, 0)).to.equal(false);
    expect(await p.campaign.isSpent(1, 2, p.prover, 0)).to.equal(false);
    const theirs = await verifiedBatch(p, p.other, 0, 3);
    await p.campaign.awardBatch(p.other, theirs.batch);
    expect((await p.campaign.ledgerOf(1)).participants).to.equal(2);
  });

  it("pays in full and then takes what the account owes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const refuted = await refutedBatch(p, p.prover, 10, 1);
    await p.campaign.burnBatch(refuted.batch);
    const { batch, id } = await verifiedBatch(p, p.prover, 0, 4);
    const paid = p.campaign.awardBatch(p.prover, batch);

    await expect(paid)
      .to.emit(p.campaign, "PointsAwarded")
      .withArgs(1, p.prover, id, 1, 4n * POINTS, 1);
    await expect(paid)
      .to.emit(p.campaign, "PointsBurned")
      .withArgs(1, p.prover, id, 5, 4n * POINTS, 2);
    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 2n, 6n * POINTS]);
  });

  it("pays no verifiers, whatever the method says of them", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.method.setVerifiers([p.other]);
    const common = { prover: addressOf(p.prover), method: MOCK, modelId: p.integerModel, context: await contextOf(p) };
    const { batch, traces } = buildBatch(common, [Uint8Array.of(1)]);
    await p.registry.connect(p.prover).attestBatch(MOCK, p.integerModel, common.context, 1, "0x", traces);
    await settle(p, (await p.registry.batchIdOf(batch)) as `0x${string}`, Status.Verified);
    await p.campaign.awardBatch(p.prover, batch);

    expect(await p.campaign.verifierPointsOf(1, p.other)).to.equal(0);
  });

  it("pays until the last second before the season closes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await batchOf(p, p.prover, 0, 1);
    await networkHelpers.time.increaseTo(p.endsAt - 2);
    const id = await attestBatch(p, p.prover, made);
    await passWindow(p);
    await p.fraud.settle(id);
    await networkHelpers.time.setNextBlockTimestamp(p.closesAt - 1);

    await p.campaign.awardBatch(p.prover, made.batch);

    expect((await p.campaign.entryOf(1, p.prover)).points).to.equal(POINTS);
  });
});
