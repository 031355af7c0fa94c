import { expect } from "chai";
import { network } from "hardhat";
import { draftSeason, runSeason } from "../seasons.ts";
import { endedSeason } from "./ended.ts";

const { ethers, networkHelpers } = await network.create();

describe("Standings.freeze", () => {
  async function fixture() {
    return endedSeason(ethers, networkHelpers);
  }

  async function closed() {
    const p = await fixture();
    await networkHelpers.time.increaseTo(p.closesAt);
    return p;
  }

  it("refuses a season that nobody drafted", async () => {
    const { standings, campaign } = await networkHelpers.loadFixture(closed);

    await expect(standings.freeze(2)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(2);
  });

  it("refuses a draft whose close is over, and a cancelled one", async () => {
    const p = await networkHelpers.loadFixture(closed);
    const { standings, campaign, organiser } = p;
    await draftSeason(p, networkHelpers);
    const { closesAt } = await draftSeason(p, networkHelpers);
    await campaign.connect(organiser).cancel(3);
    await networkHelpers.time.increaseTo(closesAt);

    for (const seasonId of [2, 3])
      await expect(standings.freeze(seasonId))
        .to.be.revertedWithCustomError(campaign, "SeasonNotOpen")
        .withArgs(seasonId);
  });

  it("refuses a season in the last second before it closes", async () => {
    const { standings, closesAt } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(closesAt - 1);

    await expect(standings.freeze(1)).to.be.revertedWithCustomError(standings, "SeasonNotClosed").withArgs(1, closesAt);
  });

  it("refuses a season that is frozen", async () => {
    const { standings } = await networkHelpers.loadFixture(closed);
    await standings.freeze(1);

    await expect(standings.freeze(1)).to.be.revertedWithCustomError(standings, "AlreadyFrozen").withArgs(1);
  });

  it("freezes a season for anybody from the second on in which it closes, and reports its ledger's head", async () => {
    const { standings, campaign, closesAt, stranger } = await networkHelpers.loadFixture(fixture);
    const { seq, participants, totalPoints, ledgerHash } = await campaign.ledgerOf(1);
    await networkHelpers.time.setNextBlockTimestamp(closesAt);

    await expect(standings.connect(stranger).freeze(1))
      .to.emit(standings, "SeasonFrozen")
      .withArgs(1, seq, ledgerHash, participants, totalPoints);

    expect([participants, totalPoints]).to.deep.equal([6n, 210n]);
    expect(await standings.endOf(1)).to.deep.equal([6n, ethers.ZeroAddress, 0n, true, 210n, 0n]);
    expect(await standings.campaign()).to.equal(campaign);
  });

  it("makes the order of a season without participants final at once", async () => {
    const p = await networkHelpers.loadFixture(closed);
    const { standings, stranger } = p;
    const { closesAt } = await runSeason(p, networkHelpers);
    await networkHelpers.time.setNextBlockTimestamp(closesAt);

    await expect(standings.connect(stranger).freeze(2)).to.emit(standings, "SeasonFinalised").withArgs(2, stranger, 0);

    expect(await standings.endOf(2)).to.deep.equal([0n, stranger.address, BigInt(closesAt), true, 0n, 0n]);
    await expect(standings.post(2, 1, [stranger]))
      .to.be.revertedWithCustomError(standings, "AlreadyFinal")
      .withArgs(2);
  });
});
