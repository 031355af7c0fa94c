import { expect } from "chai";
import { network } from "hardhat";
import { ETHER } from "../fixtures.ts";
import { join, panelProtocol } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.join", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers, 2);
  }

  it("refuses a member", async () => {
    const { quorum, verifiers } = await networkHelpers.loadFixture(fixture);
    const [member] = verifiers;

    await expect(quorum.connect(member).join()).to.be.revertedWithCustomError(quorum, "AlreadyMember").withArgs(member);
  });

  it("refuses an account without the bond", async () => {
    const { quorum, bonds, admin } = await networkHelpers.loadFixture(fixture);
    await bonds.deposit(quorum, admin, { value: ETHER - 1n });

    await expect(quorum.connect(admin).join())
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(quorum, admin, ETHER - 1n, ETHER);
  });

  it("refuses an account whose earlier bond is still at stake", async () => {
    const { quorum, bonds, verifiers } = await networkHelpers.loadFixture(fixture);
    const [member] = verifiers;
    await quorum.connect(member).quit();
    const until = (await networkHelpers.time.latest()) + 2 * Number(await quorum.longest());
    await bonds.deposit(quorum, member as never, { value: ETHER });

    await expect(quorum.connect(member).join())
      .to.be.revertedWithCustomError(quorum, "BondStillAtStake")
      .withArgs(until);
  });

  it("locks the bond and puts the account on the list", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.bonds.deposit(p.quorum, p.admin, { value: ETHER });

    const joined = p.quorum.connect(p.admin).join();

    await expect(joined).to.emit(p.quorum, "Joined").withArgs(p.admin);
    await expect(joined).to.emit(p.bonds, "Locked").withArgs(p.quorum, p.admin, ETHER);
    expect(await p.quorum.isMember(p.admin)).to.equal(true);
    expect(await p.quorum.memberCount()).to.equal(3);
  });

  it("takes an account back after its bond was released", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [member] = p.verifiers as [typeof p.prover];
    await p.quorum.connect(member).quit();
    await networkHelpers.time.increase(2n * (await p.quorum.longest()));
    await p.quorum.connect(member).release();

    await join(p, member);

    expect(await p.quorum.isMember(member)).to.equal(true);
  });
});
