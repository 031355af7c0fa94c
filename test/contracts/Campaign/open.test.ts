import { expect } from "chai";
import { network } from "hardhat";
import { CLOSING_MARGIN, protocol } from "../fixtures.ts";
import { draftSeason, inputs, layoutBytes, QUORUM, rulesOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const URI = "ipfs://season";

describe("Campaign.open", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const season = await draftSeason(p, networkHelpers);
    return { ...p, ...season, campaign: p.campaign.connect(p.organiser) };
  }

  async function withTask() {
    const p = await fixture();
    await p.campaign.addTask(1, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);
    return { ...p, needed: Number(await p.quorum.longest()) + CLOSING_MARGIN };
  }

  it("refuses an account that may not organise", async () => {
    const { campaign, other } = await networkHelpers.loadFixture(withTask);

    await expect(campaign.connect(other).open(1, URI))
      .to.be.revertedWithCustomError(campaign, "AccessManagedUnauthorized")
      .withArgs(other);
  });

  it("refuses a season that nobody drafted", async () => {
    const { campaign } = await networkHelpers.loadFixture(withTask);

    await expect(campaign.open(2, URI)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(2);
  });

  it("refuses another organiser's draft", async () => {
    const { campaign, manager, other } = await networkHelpers.loadFixture(withTask);
    await manager.grantRole(1, other, 0);

    await expect(campaign.connect(other).open(1, URI))
      .to.be.revertedWithCustomError(campaign, "NotTheOrganiser")
      .withArgs(1, other);
  });

  it("refuses a second opening", async () => {
    const { campaign } = await networkHelpers.loadFixture(withTask);
    await campaign.open(1, URI);

    await expect(campaign.open(1, URI)).to.be.revertedWithCustomError(campaign, "SeasonIsOpen").withArgs(1);
  });

  it("refuses a season without tasks", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.open(1, URI)).to.be.revertedWithCustomError(campaign, "SeasonWithoutTasks").withArgs(1);
  });

  it("refuses a start in the past", async () => {
    const { campaign, startsAt, endsAt, closesAt, needed } = await networkHelpers.loadFixture(withTask);
    await networkHelpers.time.setNextBlockTimestamp(startsAt + 1);

    await expect(campaign.open(1, URI))
      .to.be.revertedWithCustomError(campaign, "ImpossibleSchedule")
      .withArgs(startsAt, endsAt, closesAt, needed);
  });

  it("refuses an end that is not after the start", async () => {
    const p = await networkHelpers.loadFixture(withTask);
    const { campaign, startsAt, closesAt, needed } = p;
    await campaign.draft(startsAt, startsAt, closesAt, 0);
    await campaign.addTask(2, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);

    await expect(campaign.open(2, URI))
      .to.be.revertedWithCustomError(campaign, "ImpossibleSchedule")
      .withArgs(startsAt, startsAt, closesAt, needed);
  });

  it("refuses a close before the last attestation's settlement and the margin", async () => {
    const p = await networkHelpers.loadFixture(withTask);
    const { campaign, startsAt, endsAt, closesAt, needed } = p;
    await campaign.draft(startsAt, endsAt, closesAt - 1, 0);
    await campaign.addTask(2, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);

    await expect(campaign.open(2, URI))
      .to.be.revertedWithCustomError(campaign, "ImpossibleSchedule")
      .withArgs(startsAt, endsAt, closesAt - 1, needed);
  });

  it("counts on the slowest of the season's methods", async () => {
    const p = await networkHelpers.loadFixture(withTask);
    const { campaign, method, startsAt, endsAt, closesAt, needed } = p;
    await method.setLongest((await p.quorum.longest()) + 1n);
    await campaign.addTask(1, rulesOf(p), layoutBytes, inputs);
    await campaign.addTask(1, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);

    await expect(campaign.open(1, URI))
      .to.be.revertedWithCustomError(campaign, "ImpossibleSchedule")
      .withArgs(startsAt, endsAt, closesAt, needed + 1);
  });

  it("refuses a method so slow that time overflows", async () => {
    const p = await networkHelpers.loadFixture(withTask);
    await p.method.setLongest(2n ** 64n - 1n);
    await p.campaign.addTask(1, rulesOf(p), layoutBytes, inputs);

    await expect(p.campaign.open(1, URI)).to.be.revertedWithPanic(0x11);
  });

  it("opens a season that starts now and closes as soon as it may, and names the block of its seed", async () => {
    const { campaign, organiser, startsAt, endsAt, closesAt } = await networkHelpers.loadFixture(withTask);
    await networkHelpers.time.setNextBlockTimestamp(startsAt);

    await expect(campaign.open(1, URI))
      .to.emit(campaign, "SeasonOpened")
      .withArgs(1, organiser, startsAt, endsAt, closesAt, URI);

    expect((await campaign.seasonOf(1)).seedBlock).to.equal((await networkHelpers.time.latestBlock()) + 2);
  });
});
