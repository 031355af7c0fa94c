import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";
import { MAX_ACCOUNT_POINTS, VERIFIER_CAP } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const YEAR = 365 * 86_400;

describe("Campaign.draft", () => {
  async function fixture() {
    return protocol(ethers);
  }

  it("refuses to be deployed with a closing margin above a year", async () => {
    const { campaign, registry, manager } = await networkHelpers.loadFixture(fixture);

    await expect(ethers.deployContract("Campaign", [registry, YEAR + 1, manager]))
      .to.be.revertedWithCustomError(campaign, "ImpossibleMargin")
      .withArgs(YEAR + 1);
  });

  it("refuses an account that may not organise", async () => {
    const { campaign, other } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.connect(other).draft(1, 2, 3, 4))
      .to.be.revertedWithCustomError(campaign, "AccessManagedUnauthorized")
      .withArgs(other);
  });

  it("refuses a season whose id would not fit a context", async () => {
    const { campaign, organiser } = await networkHelpers.loadFixture(fixture);
    const slotOfSeasonCount = 1;
    await networkHelpers.setStorageAt(await campaign.getAddress(), slotOfSeasonCount, 2 ** 24 - 1);
    expect(await campaign.seasonCount()).to.equal(2 ** 24 - 1);

    await expect(campaign.connect(organiser).draft(1, 2, 3, 4))
      .to.be.revertedWithCustomError(campaign, "UnknownSeason")
      .withArgs(2 ** 24);
  });

  for (const cap of [MAX_ACCOUNT_POINTS + 1n, 2n ** 64n - 1n])
    it(`refuses a season in which a verifier could earn ${cap} points`, async () => {
      const { campaign, organiser } = await networkHelpers.loadFixture(fixture);

      await expect(campaign.connect(organiser).draft(1, 2, 3, cap))
        .to.be.revertedWithCustomError(campaign, "TooManyPoints")
        .withArgs(cap, MAX_ACCOUNT_POINTS);
    });

  it("takes the most points that a verifier may earn", async () => {
    const { campaign, organiser } = await networkHelpers.loadFixture(fixture);
    await campaign.connect(organiser).draft(1, 2, 3, MAX_ACCOUNT_POINTS);

    const { verifierCap, mostPoints } = await campaign.seasonOf(1);
    expect([verifierCap, mostPoints]).to.deep.equal([MAX_ACCOUNT_POINTS, MAX_ACCOUNT_POINTS]);
  });

  it("keeps what the organiser drafts, counted from 1", async () => {
    const { campaign, organiser } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.connect(organiser).draft(10, 20, 30, VERIFIER_CAP))
      .to.emit(campaign, "SeasonDrafted")
      .withArgs(1, organiser, VERIFIER_CAP);
    await campaign.connect(organiser).draft(11, 21, 31, 0);

    expect(await campaign.seasonCount()).to.equal(2);
    expect(await campaign.seasonOf(1)).to.deep.equal([
      ...[10n, 20n, 30n, 0n, 0n],
      ...[0n, VERIFIER_CAP, organiser.address, VERIFIER_CAP, false, ethers.ZeroHash],
    ]);
  });

  it("is deployed with any margin up to a year", async () => {
    const { registry, manager } = await networkHelpers.loadFixture(fixture);

    const campaign = await ethers.deployContract("Campaign", [registry, YEAR, manager]);

    expect(await campaign.closingMargin()).to.equal(YEAR);
    expect(await campaign.registry()).to.equal(registry);
  });
});
