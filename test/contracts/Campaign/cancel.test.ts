import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";
import { draftSeason, inputs, layoutBytes, QUORUM, rulesOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Campaign.cancel", () => {
  async function fixture() {
    const p = await protocol(ethers);
    await draftSeason(p, networkHelpers);
    const campaign = p.campaign.connect(p.organiser);
    await campaign.addTask(1, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);
    return { ...p, campaign };
  }

  async function cancelled() {
    const p = await fixture();
    await p.campaign.cancel(1);
    return p;
  }

  it("refuses a season that nobody drafted", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.cancel(2)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(2);
  });

  it("refuses everybody but the draft's organiser", async () => {
    const { campaign, manager, other } = await networkHelpers.loadFixture(fixture);
    await manager.grantRole(1, other, 0);

    await expect(campaign.connect(other).cancel(1))
      .to.be.revertedWithCustomError(campaign, "NotTheOrganiser")
      .withArgs(1, other);
  });

  it("refuses an open season", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);
    await campaign.open(1, "");

    await expect(campaign.cancel(1)).to.be.revertedWithCustomError(campaign, "SeasonIsOpen").withArgs(1);
  });

  it("refuses a draft that is cancelled already", async () => {
    const { campaign } = await networkHelpers.loadFixture(cancelled);

    await expect(campaign.cancel(1)).to.be.revertedWithCustomError(campaign, "SeasonIsCancelled").withArgs(1);
  });

  it("leaves a draft that takes no task, is never opened and gets no seed", async () => {
    const p = await networkHelpers.loadFixture(cancelled);
    const { campaign } = p;

    await expect(campaign.addTask(1, rulesOf(p), layoutBytes, inputs))
      .to.be.revertedWithCustomError(campaign, "SeasonIsCancelled")
      .withArgs(1);
    await expect(campaign.open(1, "")).to.be.revertedWithCustomError(campaign, "SeasonIsCancelled").withArgs(1);
    await expect(campaign.seed(1)).to.be.revertedWithCustomError(campaign, "SeasonNotOpen").withArgs(1);
  });

  it("cancels a draft, also for an organiser that may no longer organise, and no other draft", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { campaign, manager, organiser } = p;
    await draftSeason(p, networkHelpers);
    await manager.revokeRole(1, organiser);

    await expect(campaign.cancel(1)).to.emit(campaign, "SeasonCancelled").withArgs(1, organiser);

    expect((await campaign.seasonOf(1)).cancelled).to.equal(true);
    expect((await campaign.seasonOf(2)).cancelled).to.equal(false);
  });
});
