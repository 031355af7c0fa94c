import { expect } from "chai";
import { network } from "hardhat";
import { attestBatch, batchOf, FRAUD_TASK, fraudProtocol, refutedBatch, verifiedBatch } from "../fraud.ts";
import { MOCK, POINTS, replay, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const PENALTY = 10n * POINTS;

describe("Campaign.burnBatch", () => {
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    return { ...p, campaign: p.campaign.connect(p.other) };
  }

  it("refuses a batch that is pending, verified or unknown", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const verified = await verifiedBatch(p, p.prover, 10, 2);
    const pending = await batchOf(p, p.prover, 0, 2);
    await attestBatch(p, p.prover, pending);
    const unknown = await batchOf(p, p.prover, 0, 3);

    for (const [{ batch }, status] of [
      [verified, Status.Verified],
      [pending, Status.Pending],
      [unknown, Status.None],
    ] as const)
      await expect(p.campaign.burnBatch(batch))
        .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
        .withArgs(await p.registry.batchIdOf(batch), status, Status.Refuted);
  });

  it("refuses no units, another model and another method", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await refutedBatch(p, p.prover, 0, 2);

    await expect(p.campaign.burnBatch({ ...batch, count: 0 }))
      .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
      .withArgs(batch.context);
    await expect(p.campaign.burnBatch({ ...batch, modelId: p.floatModel })).to.be.revertedWithCustomError(
      p.campaign,
      "WrongModel",
    );
    await expect(p.campaign.burnBatch({ ...batch, method: MOCK })).to.be.revertedWithCustomError(
      p.campaign,
      "WrongMethod",
    );
  });

  it("refuses a batch twice, and a closed season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const first = await refutedBatch(p, p.prover, 0, 2);
    const second = await refutedBatch(p, p.prover, 4, 2);
    await p.campaign.burnBatch(first.batch);
    await expect(p.campaign.burnBatch(first.batch))
      .to.be.revertedWithCustomError(p.campaign, "AlreadyBurned")
      .withArgs(first.id);
    await networkHelpers.time.setNextBlockTimestamp(p.closesAt);

    await expect(p.campaign.burnBatch(second.batch))
      .to.be.revertedWithCustomError(p.campaign, "SeasonClosed")
      .withArgs(1, p.closesAt);
  });

  it("burns ten times the points of every unit, and has the rest owed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 12);
    await p.campaign.awardBatch(p.prover, batch);
    const refuted = await refutedBatch(p, p.prover, 20, 3);

    await expect(p.campaign.burnBatch(refuted.batch))
      .to.emit(p.campaign, "PointsBurned")
      .withArgs(1, p.prover, refuted.id, 5, 12n * POINTS, 2);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 2n, 3n * PENALTY - 12n * POINTS]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("leaves what the penalty doesn't take", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await verifiedBatch(p, p.prover, 0, 12);
    await p.campaign.awardBatch(p.prover, batch);
    const refuted = await refutedBatch(p, p.prover, 20, 1);
    await p.campaign.burnBatch(refuted.batch);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([2n * POINTS, 2n, 0n]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("kills the batch's units across the words of the bitmap, and no others", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch } = await refutedBatch(p, p.prover, 250, 300);
    await p.campaign.burnBatch(batch);
    const spent = (unit: number) => p.campaign.isSpent(1, FRAUD_TASK, p.prover, unit);

    for (const unit of [250, 255, 256, 511, 512, 549]) expect(await spent(unit)).to.equal(true);
    for (const unit of [0, 249, 550, 599, 767]) expect(await spent(unit)).to.equal(false);
    expect((await p.campaign.entryOf(1, p.prover)).owed).to.equal(300n * PENALTY);
  });

  it("burns for units that were paid for another batch, which stay spent", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const paid = await verifiedBatch(p, p.prover, 0, 4);
    await p.campaign.awardBatch(p.prover, paid.batch);
    const refuted = await refutedBatch(p, p.prover, 2, 4);
    await p.campaign.burnBatch(refuted.batch);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 2n, 4n * PENALTY - 4n * POINTS]);
    for (let unit = 0; unit < 6; unit++) expect(await p.campaign.isSpent(1, FRAUD_TASK, p.prover, unit)).to.equal(true);
  });
});
