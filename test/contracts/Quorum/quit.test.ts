import { expect } from "chai";
import { network } from "hardhat";
import { ETHER } from "../fixtures.ts";
import { panelProtocol } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.quit", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers, 3);
  }

  it("refuses an account that is no member", async () => {
    const { quorum, other } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.connect(other).quit()).to.be.revertedWithCustomError(quorum, "NotMember").withArgs(other);
  });

  it("refuses a member that quit", async () => {
    const { quorum, verifiers } = await networkHelpers.loadFixture(fixture);
    const [member] = verifiers;
    await quorum.connect(member).quit();

    await expect(quorum.connect(member).quit()).to.be.revertedWithCustomError(quorum, "NotMember").withArgs(member);
  });

  for (const [which, place] of [
    ["first", 0],
    ["last", 2],
  ] as const)
    it(`takes the ${which} member off the list and keeps its bond locked`, async () => {
      const { quorum, bonds, verifiers } = await networkHelpers.loadFixture(fixture);
      const member = verifiers[place] as (typeof verifiers)[0];
      const now = (await networkHelpers.time.latest()) + 10;
      await networkHelpers.time.setNextBlockTimestamp(now);

      await expect(quorum.connect(member).quit())
        .to.emit(quorum, "Left")
        .withArgs(member, BigInt(now) + 2n * (await quorum.longest()));

      for (const verifier of verifiers) expect(await quorum.isMember(verifier)).to.equal(verifier !== member);
      expect(await quorum.memberCount()).to.equal(2);
      expect((await bonds.bondOf(quorum, member)).locked).to.equal(ETHER);
    });

  it("empties the list when all quit, in any order", async () => {
    const { quorum, verifiers } = await networkHelpers.loadFixture(fixture);
    for (const place of [1, 0, 2]) await quorum.connect(verifiers[place]).quit();

    expect(await quorum.memberCount()).to.equal(0);
    for (const verifier of verifiers) expect(await quorum.isMember(verifier)).to.equal(false);
  });
});
