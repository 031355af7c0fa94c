import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";
import { draftSeason, openSeason } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Campaign.seed", () => {
  async function fixture() {
    const p = await protocol(ethers);
    await openSeason(p, networkHelpers);
    const { seedBlock } = await p.campaign.seasonOf(1);
    return { ...p, seedBlock: Number(seedBlock) };
  }

  it("refuses a season that nobody drafted", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.seed(2)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(2);
  });

  it("refuses a draft", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await draftSeason(p, networkHelpers);

    await expect(p.campaign.seed(2)).to.be.revertedWithCustomError(p.campaign, "SeasonNotOpen").withArgs(2);
  });

  it("refuses until the block that gives the seed is mined", async () => {
    const { campaign, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock - 1);

    await expect(campaign.seed(1)).to.be.revertedWithCustomError(campaign, "SeedNotReady").withArgs(1, seedBlock);
  });

  it("refuses a second seed", async () => {
    const { campaign, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock);
    await campaign.seed(1);

    await expect(campaign.seed(1)).to.be.revertedWithCustomError(campaign, "AlreadySeeded").withArgs(1);
  });

  it("takes the hash of the block that opening named, from anyone", async () => {
    const { campaign, other, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock);
    const block = await ethers.provider.getBlock(seedBlock);

    await expect(campaign.connect(other).seed(1)).to.emit(campaign, "SeasonSeeded").withArgs(1, block?.hash);

    const season = await campaign.seasonOf(1);
    expect(season.seed).to.equal(block?.hash);
    expect(season.seededAt).to.equal(await networkHelpers.time.latest());
  });

  it("takes the hash 256 blocks later", async () => {
    const { campaign, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock + 255);

    await expect(campaign.seed(1)).to.emit(campaign, "SeasonSeeded");
  });

  it("names a later block when the hash is gone, and stays unseeded", async () => {
    const { campaign, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock + 256);

    await expect(campaign.seed(1)).not.to.emit(campaign, "SeasonSeeded");

    const season = await campaign.seasonOf(1);
    expect([season.seed, season.seededAt]).to.deep.equal([ethers.ZeroHash, 0n]);
    expect(season.seedBlock).to.equal((await networkHelpers.time.latestBlock()) + 2);
    await expect(campaign.seed(1))
      .to.be.revertedWithCustomError(campaign, "SeedNotReady")
      .withArgs(1, season.seedBlock);
  });

  it("takes the later block's hash then", async () => {
    const { campaign, seedBlock } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(seedBlock + 256);
    await campaign.seed(1);
    await networkHelpers.mine(3);
    const block = await ethers.provider.getBlock(Number((await campaign.seasonOf(1)).seedBlock));

    await expect(campaign.seed(1)).to.emit(campaign, "SeasonSeeded").withArgs(1, block?.hash);
  });
});
