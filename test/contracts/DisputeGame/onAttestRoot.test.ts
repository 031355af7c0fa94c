import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { attestRoot, bondFor, GAME, GAME_TASK, gameProtocol } from "../dispute.ts";
import { hash } from "../fixtures.ts";
import { contextOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame, when a root-only batch is attested", () => {
  const fixture = () => gameProtocol(ethers, networkHelpers);

  it("refuses what isn't about units of its season, task and model", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const own = p.registry.connect(p.prover);
    const attest = (modelId: string, context: string, count: number) =>
      own.attestRoot(GAME, modelId, context, count, hash("root"));
    const context = await contextOf(p, GAME_TASK, 99_990n);

    await expect(attest(p.ids.small, FREE_CONTEXT, 2)).to.be.revertedWithCustomError(p.game, "WrongCampaign");
    await expect(attest(p.ids.tall, context, 2)).to.be.revertedWithCustomError(p.campaign, "WrongModel");
    await expect(attest(hash("no model"), context, 2)).to.be.revertedWithCustomError(p.campaign, "WrongModel");
    await expect(attest(p.ids.small, context, 11)).to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange");
    await attest(p.ids.small, context, 10);
  });

  it("refuses more units than the bond is for", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = await contextOf(p, GAME_TASK, 0n);

    await expect(p.registry.connect(p.admin).attestRoot(GAME, p.ids.small, context, 3, hash("root")))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.game, p.admin, 0, bondFor(3));
  });

  it("locks a bond for each unit, and is awarded at once when it is Verified", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { id, batch } = await attestRoot(p, 100, 300);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(bondFor(300));
    await networkHelpers.time.increase(300);
    await p.game.settle(id);
    await p.campaign.awardBatch(p.prover, batch);

    expect((await p.campaign.entryOf(1, p.prover)).points).to.equal(1500);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(0);
  });
});
