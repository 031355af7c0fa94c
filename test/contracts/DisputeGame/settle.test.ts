import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import { at, attestRun, bondFor, CLOCK, challenge, gameProtocol, play } from "../dispute.ts";
import { hash, WINDOW } from "../fixtures.ts";
import { record, Status, unitAttestation } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.settle", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    return { ...p, made: await attestRun(p, "small") };
  }

  it("refuses what nobody recorded, what another method settles, and what is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const mocks = await record(p, p.prover, await unitAttestation(p, p.prover));
    await networkHelpers.time.increase(WINDOW);
    await p.game.settle(p.made.id);

    for (const id of [hash("nothing"), mocks, p.made.id])
      await expect(p.game.settle(id)).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(id);
  });

  it("refuses until the window is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const until = Number((await p.registry.recordOf(p.made.id)).attestedAt) + WINDOW;
    await networkHelpers.time.setNextBlockTimestamp(until - 1);

    await expect(p.game.settle(p.made.id))
      .to.be.revertedWithCustomError(p.fraud, "WindowOpen")
      .withArgs(p.made.id, until);
  });

  it("refuses while a challenge is open", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const account of [p.challenger, p.friend]) await challenge(p, account, p.made);
    await networkHelpers.time.increase(WINDOW);

    await expect(p.game.settle(p.made.id))
      .to.be.revertedWithCustomError(p.game, "ChallengesOpen")
      .withArgs(p.made.id, 2);
  });

  it("verifies what stood every challenge, and gives the bond back", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    await play(p, p.made, 0, p.challenger, at(Stage.operators, "challenger"));
    await networkHelpers.time.increase(CLOCK + 1);
    await p.game.timeout(p.made.id, 0);
    await networkHelpers.time.increase(WINDOW);

    await expect(p.game.connect(p.other).settle(p.made.id))
      .to.emit(p.registry, "StatusChanged")
      .withArgs(p.made.id, Status.Verified, p.other);
    const bond = await p.bonds.bondOf(p.game, p.prover);
    expect([bond.locked, bond.free]).to.deep.equal([0n, 10n ** 18n]);
    expect(bondFor()).to.be.greaterThan(0n);
  });
});
