import { expect } from "chai";
import { network } from "hardhat";
import { finalSeason, proofAt, rewardedSeason } from "../Rewards/rewarded.ts";

const { ethers, networkHelpers } = await network.create();

/** Of season 1. */
const badgeAt = (place: number) => 2n ** 32n + BigInt(place);

describe("Badges.mint", () => {
  async function unfinished() {
    const p = await rewardedSeason(ethers, networkHelpers);
    return { ...p, badges: await ethers.deployContract("Badges", [p.standings]) };
  }

  async function fixture() {
    const p = await finalSeason(ethers, networkHelpers);
    return { ...p, badges: await ethers.deployContract("Badges", [p.standings]) };
  }

  async function minted() {
    const p = await fixture();
    const { standing, proof } = proofAt(p, 2);
    await p.badges.mint(1, standing, proof);
    return { ...p, owner: p.signers[1] as typeof p.prover };
  }

  it("refuses while the order isn't final", async () => {
    const p = await networkHelpers.loadFixture(unfinished);
    const { standing, proof } = proofAt(p, 1);

    await expect(p.badges.mint(1, standing, proof))
      .to.be.revertedWithCustomError(p.badges, "NotAStanding")
      .withArgs(1, 1);
  });

  it("refuses a better rank, more points, another account and another season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { standing, proof } = proofAt(p, 4);
    for (const [seasonId, other] of [
      [1, { rank: 1 }],
      [1, { points: standing.points + 1n }],
      [1, { account: p.stranger.address }],
      [2, {}],
    ] as const)
      await expect(p.badges.mint(seasonId, { ...standing, ...other }, proof))
        .to.be.revertedWithCustomError(p.badges, "NotAStanding")
        .withArgs(seasonId, 4);
  });

  it("refuses to mint a badge twice", async () => {
    const p = await networkHelpers.loadFixture(minted);
    const { standing, proof } = proofAt(p, 2);

    await expect(p.badges.mint(1, standing, proof))
      .to.be.revertedWithCustomError(p.badges, "BadgeAlreadyMinted")
      .withArgs(badgeAt(2));
  });

  it("refuses every transfer and approval", async () => {
    const { badges, owner, other } = await networkHelpers.loadFixture(minted);
    const owned = badges.connect(owner);
    const badge = badgeAt(2);
    for (const sent of [
      () => owned.transferFrom(owner, other, badge),
      () => owned["safeTransferFrom(address,address,uint256)"](owner, other, badge),
      () => owned["safeTransferFrom(address,address,uint256,bytes)"](owner, other, badge, "0x"),
      () => owned.approve(other, badge),
    ])
      await expect(sent()).to.be.revertedWithCustomError(badges, "BadgeIsBound").withArgs(badge);
    await expect(owned.setApprovalForAll(other, true))
      .to.be.revertedWithCustomError(badges, "BadgeIsBound")
      .withArgs(0);
  });

  it("knows nothing of a badge that nobody minted", async () => {
    const { badges } = await networkHelpers.loadFixture(minted);
    for (const view of [badges.locked, badges.tokenURI])
      await expect(view(badgeAt(1)))
        .to.be.revertedWithCustomError(badges, "ERC721NonexistentToken")
        .withArgs(badgeAt(1));
  });

  it("mints an account's badge for anybody, to the account, and says season, rank and points", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { badges, stranger } = p;
    for (const [i, owner] of p.signers.entries()) {
      const { standing, proof } = proofAt(p, i + 1);
      const badge = badgeAt(i + 1);
      await expect(badges.connect(stranger).mint(1, standing, proof))
        .to.emit(badges, "Locked")
        .withArgs(badge);

      expect(await badges.ownerOf(badge)).to.equal(owner);
      expect(await badges.locked(badge)).to.equal(true);
      const [head, body = ""] = (await badges.tokenURI(badge)).split(",");
      expect(head).to.equal("data:application/json;base64");
      expect(JSON.parse(Buffer.from(body, "base64").toString())).to.deep.equal({
        name: `Proofboard season 1, rank ${standing.rank}`,
        description: "Every point is a verified AI inference.",
        attributes: [
          { trait_type: "Season", value: 1 },
          { trait_type: "Rank", value: standing.rank },
          { trait_type: "Points", value: Number(standing.points) },
        ],
      });
    }
  });

  it("mints the badge of a contract that knows nothing of badges", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { standing, proof } = proofAt(p, 1);
    await networkHelpers.setCode(standing.account, await ethers.provider.getCode(p.standings));
    await p.badges.mint(1, standing, proof);

    expect(await p.badges.ownerOf(badgeAt(1))).to.equal(standing.account);
  });

  it("is an ERC-721 and ERC-5192 contract", async () => {
    const { badges, standings } = await networkHelpers.loadFixture(fixture);
    for (const id of ["0x80ac58cd", "0x5b5e139f", "0xb45a3c0e"])
      expect(await badges.supportsInterface(id)).to.equal(true);
    expect(await badges.supportsInterface("0xffffffff")).to.equal(false);
    expect(await badges.standings()).to.equal(standings);
  });
});
