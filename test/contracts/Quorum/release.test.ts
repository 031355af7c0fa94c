import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { ETHER } from "../fixtures.ts";
import { ABSENT, panelProtocol, play, RIGHT, settle } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.release", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers);
    const [leaver, member] = p.verifiers as [HardhatEthersSigner, HardhatEthersSigner];
    await p.quorum.connect(leaver).quit();
    const until = BigInt(await networkHelpers.time.latest()) + 2n * (await p.quorum.longest());
    return { ...p, leaver, member, until };
  }

  it("refuses an account without a bond", async () => {
    const { quorum, other } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.connect(other).release())
      .to.be.revertedWithCustomError(quorum, "NoBondToRelease")
      .withArgs(other);
  });

  it("refuses a member, one that left and came back too", async () => {
    const { quorum, leaver, member } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increase(86_400);
    await quorum.connect(leaver).join();

    for (const account of [member, leaver])
      await expect(quorum.connect(account).release())
        .to.be.revertedWithCustomError(quorum, "AlreadyMember")
        .withArgs(account);
  });

  it("refuses while panels that could include the member may be open", async () => {
    const { quorum, leaver, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(quorum.connect(leaver).release())
      .to.be.revertedWithCustomError(quorum, "BondStillAtStake")
      .withArgs(until);
  });

  it("counts that time again from when an account that came back leaves again", async () => {
    const { quorum, leaver, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increase(86_400);
    await quorum.connect(leaver).join();
    await quorum.connect(leaver).quit();
    const again = BigInt(await networkHelpers.time.latest()) + 2n * (await quorum.longest());

    expect(again).to.be.above(until);
    await expect(quorum.connect(leaver).release())
      .to.be.revertedWithCustomError(quorum, "BondStillAtStake")
      .withArgs(again);
  });

  it("frees the bond then, once", async () => {
    const { quorum, bonds, leaver, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(quorum.connect(leaver).release()).to.emit(bonds, "Unlocked").withArgs(quorum, leaver, ETHER);

    const { free, locked } = await bonds.bondOf(quorum, leaver);
    expect([free, locked]).to.deep.equal([ETHER, 0n]);
    await expect(quorum.connect(leaver).release())
      .to.be.revertedWithCustomError(quorum, "NoBondToRelease")
      .withArgs(leaver);
  });

  it("frees what is left of an absent member's bond, as long after it was taken off the list", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [ABSENT, RIGHT, RIGHT, RIGHT] });
    const [absent] = members as [HardhatEthersSigner];
    await settle(p, uid);
    const until = BigInt(await networkHelpers.time.latest()) + 2n * (await p.quorum.longest());
    await expect(p.quorum.connect(absent).release())
      .to.be.revertedWithCustomError(p.quorum, "BondStillAtStake")
      .withArgs(until);
    await networkHelpers.time.increaseTo(until);

    await p.quorum.connect(absent).release();

    const { free, locked } = await p.bonds.bondOf(p.quorum, absent);
    expect([free, locked]).to.deep.equal([ETHER - p.parameters.absenceLoss, 0n]);
  });
});
