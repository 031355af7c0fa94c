import { expect } from "chai";
import { network } from "hardhat";
import { ETHER } from "../fixtures.ts";
import { panelProtocol } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.release", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers, 2);
    const [leaver, member] = p.verifiers as [typeof p.prover, typeof p.prover];
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

  it("refuses a member", async () => {
    const { quorum, member } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.connect(member).release())
      .to.be.revertedWithCustomError(quorum, "AlreadyMember")
      .withArgs(member);
  });

  it("refuses while panels that could include the member may be open", async () => {
    const { quorum, leaver, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(quorum.connect(leaver).release())
      .to.be.revertedWithCustomError(quorum, "BondStillAtStake")
      .withArgs(until);
  });

  it("frees the bond then, once", async () => {
    const { quorum, bonds, leaver, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await quorum.connect(leaver).release();

    const { free, locked } = await bonds.bondOf(quorum, leaver);
    expect([free, locked]).to.deep.equal([ETHER, 0n]);
    await expect(quorum.connect(leaver).release())
      .to.be.revertedWithCustomError(quorum, "NoBondToRelease")
      .withArgs(leaver);
  });
});
