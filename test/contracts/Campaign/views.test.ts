import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { unitSeed } from "../../../sdk/commitments.ts";
import { PENALTY_FACTOR, Reason, VERIFIER_PERCENT } from "../../../sdk/protocol.ts";
import { protocol } from "../fixtures.ts";
import { contextOf, NO_INPUT, openSeason, POINTS, runSeason, Status, settled } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Campaign's views", () => {
  async function fixture() {
    const p = await protocol(ethers);
    return { ...p, ...(await runSeason(p, networkHelpers)) };
  }

  it("refuse an unknown season and an unknown task", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);

    await expect(campaign.seasonOf(2)).to.be.revertedWithCustomError(campaign, "UnknownSeason").withArgs(2);
    await expect(campaign.taskOf(1, 3)).to.be.revertedWithCustomError(campaign, "UnknownTask").withArgs(1, 3);
  });

  it("refuse a unit's seed before the season's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers);

    await expect(p.campaign.unitSeed(2, 1, p.prover, 0))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);
  });

  it("give every unit of every account the seed that the sdk computes", async () => {
    const { campaign, prover, other, seed } = await networkHelpers.loadFixture(fixture);
    const seeds = new Set<string>();
    for (const account of [prover, other])
      for (const taskId of [1n, 2n])
        for (const unit of [0n, 1n, 2n ** 40n - 1n]) {
          const given = await campaign.unitSeed(1, taskId, account, unit);
          expect(given).to.equal(unitSeed(seed, taskId, account.address as Hex, unit));
          seeds.add(given);
        }
    expect(seeds.size).to.equal(12);
  });

  it("say the rules' numbers, and the reasons as the sdk has them", async () => {
    const { campaign } = await networkHelpers.loadFixture(fixture);

    expect(await campaign.VERIFIER_PERCENT()).to.equal(VERIFIER_PERCENT);
    expect(await campaign.PENALTY_FACTOR()).to.equal(PENALTY_FACTOR);
    expect(await campaign.REASON_PROVER()).to.equal(Reason.prover);
    expect(await campaign.REASON_VERIFIER()).to.equal(Reason.verifier);
    expect(await campaign.REASON_PENALTY()).to.equal(Reason.penalty);
  });

  it("know nothing of accounts without an entry", async () => {
    const { campaign, other } = await networkHelpers.loadFixture(fixture);

    expect(await campaign.entryOf(1, other)).to.deep.equal([0n, 0n, 0n]);
    expect(await campaign.verifierPointsOf(1, other)).to.equal(0);
    expect(await campaign.entriesOf(1, [other])).to.deep.equal([0n]);
    expect(await campaign.isSpent(1, 2, other, 0)).to.equal(false);
    expect(await campaign.ledgerOf(1)).to.deep.equal([0n, 0n, 0n, ethers.ZeroHash]);
  });

  it("read the entries of many accounts at once, in the order given, each in one word", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { campaign, method, prover, other } = p;
    await method.setChecksInput(true);
    for (const [account, unit] of [
      [prover, 0n],
      [other, 0n],
      [prover, 1n],
    ] as const) {
      const context = await contextOf(p, 2n, unit);
      const { attestation } = await settled(p, account, Status.Verified, { context });
      await campaign.award(account, attestation, NO_INPUT);
    }

    const [provers, others] = [((2n * POINTS) << 64n) | 3n, (POINTS << 64n) | 2n];
    expect(await campaign.entriesOf(1, [other, prover, p.admin, prover])).to.deep.equal([others, provers, 0n, provers]);
    expect(await campaign.entriesOf(1, [])).to.deep.equal([]);
    expect(await campaign.entriesOf(2, [prover])).to.deep.equal([0n]);
  });
});
