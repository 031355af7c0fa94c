import { expect } from "chai";
import type { ParamType } from "ethers";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";
import { draftSeason, inputs, layoutBytes, QUORUM, rulesOf } from "../seasons.ts";
import { byPoints, deployRewards, finalSeason, prizes, termsOf } from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

const DAY = 86_400;

describe("Rewards.escrow", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const standings = await ethers.deployContract("Standings", [p.campaign]);
    await draftSeason(p, networkHelpers);
    await draftSeason(p, networkHelpers);
    const { rewards, token } = await deployRewards(ethers, { ...p, standings });
    await p.campaign.connect(p.organiser).addTask(1, rulesOf(p, { method: QUORUM }), layoutBytes, inputs);
    return { ...p, standings, token, rewards: rewards.connect(p.organiser), terms: termsOf(token) };
  }

  it("refuses a season that nobody drafted, and another organiser's", async () => {
    const { rewards, campaign, terms, other } = await networkHelpers.loadFixture(fixture);

    await expect(rewards.escrow(3, terms)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(3);
    await expect(rewards.connect(other).escrow(1, terms))
      .to.be.revertedWithCustomError(campaign, "NotTheOrganiser")
      .withArgs(1, other);
  });

  it("refuses a season that is open or cancelled", async () => {
    const { rewards, campaign, organiser, terms } = await networkHelpers.loadFixture(fixture);
    await campaign.connect(organiser).open(1, "");
    await campaign.connect(organiser).cancel(2);

    await expect(rewards.escrow(1, terms)).to.be.revertedWithCustomError(campaign, "SeasonIsOpen").withArgs(1);
    await expect(rewards.escrow(2, terms)).to.be.revertedWithCustomError(campaign, "SeasonIsCancelled").withArgs(2);
  });

  it("refuses a second escrow", async () => {
    const { rewards, terms } = await networkHelpers.loadFixture(fixture);
    await rewards.escrow(1, terms);

    await expect(rewards.escrow(1, terms)).to.be.revertedWithCustomError(rewards, "AlreadyEscrowed").withArgs(1);
  });

  it("refuses prizes that don't add up to the pool", async () => {
    const { rewards, token } = await networkHelpers.loadFixture(fixture);

    for (const pool of [920, 922])
      await expect(rewards.escrow(1, termsOf(token, { pool })))
        .to.be.revertedWithCustomError(rewards, "SplitMismatch")
        .withArgs(pool, 921);
  });

  it("refuses a prize without places, and one greater than the prize before", async () => {
    const { rewards, token } = await networkHelpers.loadFixture(fixture);

    for (const wrong of [
      { places: 0, amount: 101 },
      { places: 1, amount: 201 },
    ])
      await expect(rewards.escrow(1, termsOf(token, { prizes: prizes.toSpliced(2, 1, wrong) })))
        .to.be.revertedWithCustomError(rewards, "InvalidPrize")
        .withArgs(2);
  });

  it("refuses more than 64 prizes", async () => {
    const { rewards, token } = await networkHelpers.loadFixture(fixture);
    const many = Array.from({ length: 65 }, () => ({ places: 1, amount: 1 }));

    await expect(rewards.escrow(1, termsOf(token, { pool: 65, prizes: many })))
      .to.be.revertedWithCustomError(rewards, "TooManyPrizes")
      .withArgs(65, 64);
    await rewards.escrow(1, termsOf(token, { pool: 64, prizes: many.slice(1) }));
  });

  it("refuses a claim period below a day or above ten years", async () => {
    const { rewards, token } = await networkHelpers.loadFixture(fixture);

    for (const claimPeriod of [0, DAY - 1, 3650 * DAY + 1])
      await expect(rewards.escrow(1, termsOf(token, { claimPeriod })))
        .to.be.revertedWithCustomError(rewards, "InvalidClaimPeriod")
        .withArgs(claimPeriod);
  });

  it("refuses a token that takes a fee", async () => {
    const { rewards, token, terms } = await networkHelpers.loadFixture(fixture);
    await token.setFee(1);

    await expect(rewards.escrow(1, terms))
      .to.be.revertedWithCustomError(rewards, "WrongAmountReceived")
      .withArgs(970, 971);
  });

  it("refuses a token that reverts, returns false, lies or isn't one", async () => {
    const { rewards, token, terms } = await networkHelpers.loadFixture(fixture);
    await token.setManners(true, false, false);
    await expect(rewards.escrow(1, terms)).to.be.revertedWithCustomError(token, "TokenReverts").withArgs();
    await token.setManners(false, true, false);
    await expect(rewards.escrow(1, terms))
      .to.be.revertedWithCustomError(rewards, "SafeERC20FailedOperation")
      .withArgs(token);
    await token.setManners(false, false, false);
    await token.setLie(1);
    await expect(rewards.escrow(1, terms)).to.be.revertedWithCustomError(rewards, "WrongAmountReceived");

    await expect(rewards.escrow(1, termsOf({ target: rewards.target }))).to.be.revert(ethers);
  });

  it("refuses to count the same money for two seasons", async () => {
    const { rewards, token, terms } = await networkHelpers.loadFixture(fixture);
    await token.onNextTransfer(rewards, rewards.interface.encodeFunctionData("escrow", [2, terms]));

    const refusal = rewards.interface.getError("ReentrancyGuardReentrantCall")?.selector;
    await expect(rewards.escrow(1, terms)).to.emit(token, "CalledBack").withArgs(false, refusal);
    expect(await rewards.heldOf(2)).to.equal(0);
  });

  it("refuses an escrow within which another season's money is paid", async () => {
    const p = await finalSeason(ethers, networkHelpers);
    const { rewards, token, terms, organiser } = p;
    await draftSeason(p, networkHelpers);
    await token.onNextTransfer(rewards, rewards.interface.encodeFunctionData("payPoster", [1, terms]));

    await expect(rewards.connect(organiser).escrow(2, terms))
      .to.be.revertedWithCustomError(rewards, "WrongAmountReceived")
      .withArgs(971 - 42, 971);
  });

  for (const [what, differing, total] of [
    ["prizes by rank", {}, 971],
    ["a pool that is shared by points", byPoints, 1_050],
    ["nothing for the poster", { posterBudget: 0 }, 921],
    ["a claim period of a day", { claimPeriod: DAY }, 971],
    ["a claim period of ten years", { claimPeriod: 3650 * DAY }, 971],
    [
      "equal prizes in two ranges",
      { pool: 20, prizes: [prizes[3], prizes[3]].map((prize) => ({ ...prize, places: 1 })) },
      70,
    ],
  ] as const)
    it(`takes ${what}`, async () => {
      const { rewards, token, organiser, standings } = await networkHelpers.loadFixture(fixture);
      const terms = termsOf(token, differing);
      const sent = rewards.escrow(1, terms);

      const type = rewards.interface.getFunction("escrow").inputs[1] as ParamType;
      const encoded = ethers.AbiCoder.defaultAbiCoder().encode([type], [terms]);
      await expect(sent).to.emit(rewards, "RewardsEscrowed").withArgs(1, organiser, encoded);
      await expect(sent).to.changeTokenBalances(ethers, token, [organiser, rewards], [-total, total]);
      expect(await rewards.heldOf(1)).to.equal(total);
      expect(await rewards.standings()).to.equal(standings);
    });

  it("takes a token that returns nothing", async () => {
    const { rewards, token, terms } = await networkHelpers.loadFixture(fixture);
    await token.setManners(false, false, true);

    await expect(rewards.escrow(1, terms)).to.changeTokenBalance(ethers, token, rewards, 971);
  });
});
