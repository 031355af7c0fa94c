import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";
import { draftSeason, runSeason } from "../seasons.ts";
import { claimAt, deployRewards, finalSeason, rewardedSeason, termsOf } from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

const MONTH = 30 * 86_400;

describe("Rewards.returnRewards", () => {
  async function unfinished() {
    return rewardedSeason(ethers, networkHelpers);
  }

  async function fixture() {
    const p = await finalSeason(ethers, networkHelpers);
    return { ...p, until: Number((await p.standings.endOf(1)).finalisedAt) + MONTH };
  }

  async function draft() {
    const p = await protocol(ethers);
    const standings = await ethers.deployContract("Standings", [p.campaign]);
    await draftSeason(p, networkHelpers);
    const { rewards, token } = await deployRewards(ethers, { ...p, standings });
    const terms = termsOf(token);
    await rewards.connect(p.organiser).escrow(1, terms);
    return { ...p, rewards, token, terms };
  }

  it("refuses other terms than the season's", async () => {
    const { rewards, token, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(until);

    await expect(rewards.returnRewards(1, termsOf(token, { posterBudget: 51 })))
      .to.be.revertedWithCustomError(rewards, "WrongTerms")
      .withArgs(1);
  });

  it("refuses while the season is a draft, or its order isn't final, however late", async () => {
    const first = await networkHelpers.loadFixture(draft);
    await networkHelpers.time.increase(100 * MONTH);
    await expect(first.rewards.returnRewards(1, first.terms))
      .to.be.revertedWithCustomError(first.rewards, "NotFinal")
      .withArgs(1);

    const { rewards, terms } = await networkHelpers.loadFixture(unfinished);
    await networkHelpers.time.increase(100 * MONTH);
    await expect(rewards.returnRewards(1, terms)).to.be.revertedWithCustomError(rewards, "NotFinal").withArgs(1);
  });

  it("refuses until the last second of the claim period", async () => {
    const { rewards, terms, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until - 1);

    await expect(rewards.returnRewards(1, terms))
      .to.be.revertedWithCustomError(rewards, "ClaimsNotOver")
      .withArgs(1, until);
  });

  it("refuses a second return", async () => {
    const { rewards, terms, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(until);
    await rewards.returnRewards(1, terms);

    await expect(rewards.returnRewards(1, terms)).to.be.revertedWithCustomError(rewards, "AlreadyReturned").withArgs(1);
  });

  it("returns once though the token calls back, and later what the token refused", async () => {
    const { rewards, token, organiser, terms, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(until);
    await token.setManners(false, true, false);
    await expect(rewards.returnRewards(1, terms))
      .to.be.revertedWithCustomError(rewards, "SafeERC20FailedOperation")
      .withArgs(token);
    await token.setManners(false, false, false);
    await token.onNextTransfer(rewards, rewards.interface.encodeFunctionData("returnRewards", [1, terms]));

    const refusal = rewards.interface.encodeErrorResult("AlreadyReturned", [1]);
    const sent = rewards.returnRewards(1, terms);
    await expect(sent).to.emit(token, "CalledBack").withArgs(false, refusal);
    await expect(sent).to.changeTokenBalances(ethers, token, [organiser, rewards], [971, -971]);
  });

  it("returns everything of a cancelled draft, whoever calls", async () => {
    const { rewards, campaign, token, organiser, other, terms } = await networkHelpers.loadFixture(draft);
    await campaign.connect(organiser).cancel(1);
    const sent = rewards.connect(other).returnRewards(1, terms);

    await expect(sent).to.emit(rewards, "RewardsReturned").withArgs(1, organiser, 971);
    await expect(sent).to.changeTokenBalances(ethers, token, [organiser, rewards], [971, -971]);
    await expect(rewards.connect(organiser).escrow(1, terms)).to.be.revertedWithCustomError(
      campaign,
      "SeasonIsCancelled",
    );
  });

  it("returns everything of a season without participants, of which nobody is paid", async () => {
    const p = await protocol(ethers);
    const standings = await ethers.deployContract("Standings", [p.campaign]);
    const { rewards, token } = await deployRewards(ethers, { ...p, standings });
    const terms = termsOf(token);
    const { closesAt } = await runSeason(p, networkHelpers, [], () => rewards.connect(p.organiser).escrow(1, terms));
    await networkHelpers.time.increaseTo(closesAt);
    await standings.freeze(1);

    await expect(rewards.payPoster(1, terms)).to.be.revertedWithCustomError(rewards, "NothingForPoster").withArgs(1);
    await networkHelpers.time.increase(MONTH);
    await expect(rewards.returnRewards(1, terms)).to.changeTokenBalance(ethers, token, p.organiser, 971);
  });

  it("returns what nobody claimed once the claim period is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, organiser, terms, until } = p;
    const [first] = p.signers as [typeof p.prover];
    await rewards.connect(first).claim(1, terms, claimAt(p, 1), first, "0x");
    await rewards.payPoster(1, terms);
    await networkHelpers.time.setNextBlockTimestamp(until);
    const sent = rewards.returnRewards(1, terms);

    await expect(sent).to.changeTokenBalances(ethers, token, [organiser, rewards], [971 - 600 - 42, 600 + 42 - 971]);
    expect(await rewards.heldOf(1)).to.equal(0);
  });
});
