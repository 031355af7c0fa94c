import { expect } from "chai";
import { network } from "hardhat";
import { finalSeason, rewardedSeason, termsOf } from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

const MONTH = 30 * 86_400;

describe("Rewards.payPoster", () => {
  async function unfinished() {
    return rewardedSeason(ethers, networkHelpers);
  }

  async function fixture() {
    return finalSeason(ethers, networkHelpers);
  }

  it("refuses while the order isn't final", async () => {
    const { rewards, terms } = await networkHelpers.loadFixture(unfinished);

    await expect(rewards.payPoster(1, terms)).to.be.revertedWithCustomError(rewards, "NotFinal").withArgs(1);
  });

  it("refuses other terms than the season's", async () => {
    const { rewards, token } = await networkHelpers.loadFixture(fixture);

    await expect(rewards.payPoster(1, termsOf(token, { perAccount: 8 })))
      .to.be.revertedWithCustomError(rewards, "WrongTerms")
      .withArgs(1);
  });

  it("refuses the season's terms in another layout, and with another word anywhere", async () => {
    const { rewards, terms, prover } = await networkHelpers.loadFixture(fixture);
    const call = rewards.interface.encodeFunctionData("payPoster", [1, terms]);
    // Selector, season and offset of the terms; their six words, of which the last is the prizes' offset.
    const [head, words] = [call.slice(0, 2 + 8 + 128), call.slice(2 + 8 + 128).match(/.{64}/g) as string[]];
    const send = (changed: string[]) => prover.sendTransaction({ to: rewards, data: head + changed.join("") });
    const word = (value: number) => value.toString(16).padStart(64, "0");

    for (const changed of [
      words.with(5, word(7 * 32)).toSpliced(6, 0, word(0)),
      ...words.map((old, i) => words.with(i, `${old.slice(0, -1)}${old.endsWith("1") ? 0 : 1}`)).toSpliced(5, 2),
      words.with(6, word(3)),
    ])
      await expect(send(changed)).to.be.revertedWithCustomError(rewards, "WrongTerms").withArgs(1);
    await expect(send(words)).to.emit(rewards, "PosterPaid");
  });

  it("refuses after the claim period", async () => {
    const { rewards, standings, terms } = await networkHelpers.loadFixture(fixture);
    const until = Number((await standings.endOf(1)).finalisedAt) + MONTH;
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(rewards.payPoster(1, terms)).to.be.revertedWithCustomError(rewards, "ClaimsOver").withArgs(1, until);
  });

  it("refuses to pay twice, and to pay nothing", async () => {
    const { rewards, terms } = await networkHelpers.loadFixture(fixture);
    await rewards.payPoster(1, terms);
    await expect(rewards.payPoster(1, terms)).to.be.revertedWithCustomError(rewards, "NothingForPoster").withArgs(1);

    const without = await finalSeason(ethers, networkHelpers, { perAccount: 0 });
    await expect(without.rewards.payPoster(1, without.terms))
      .to.be.revertedWithCustomError(without.rewards, "NothingForPoster")
      .withArgs(1);
  });

  it("pays once though the token calls back, and later what the token refused", async () => {
    const { rewards, token, prover, terms } = await networkHelpers.loadFixture(fixture);
    await token.setManners(true, false, false);
    await expect(rewards.payPoster(1, terms)).to.be.revertedWithCustomError(token, "TokenReverts").withArgs();
    await token.setManners(false, false, false);
    await token.onNextTransfer(rewards, rewards.interface.encodeFunctionData("payPoster", [1, terms]));

    const refusal = rewards.interface.encodeErrorResult("NothingForPoster", [1]);
    const sent = rewards.payPoster(1, terms);
    await expect(sent).to.emit(token, "CalledBack").withArgs(false, refusal);
    await expect(sent).to.changeTokenBalances(ethers, token, [prover, rewards], [42, -42]);
  });

  for (const [perAccount, amount] of [
    [7, 42],
    [8, 48],
    [9, 50],
  ] as const)
    it(`pays ${amount} of 50 for six accounts at ${perAccount}, whoever calls`, async () => {
      const { rewards, token, prover, stranger, terms } = await finalSeason(ethers, networkHelpers, { perAccount });
      const sent = rewards.connect(stranger).payPoster(1, terms);

      await expect(sent).to.emit(rewards, "PosterPaid").withArgs(1, prover, amount);
      await expect(sent).to.changeTokenBalances(ethers, token, [prover, rewards], [amount, -amount]);
      expect(await rewards.heldOf(1)).to.equal(971 - amount);
    });
});
