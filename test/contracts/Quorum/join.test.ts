import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { ETHER, hash } from "../fixtures.ts";
import { ABSENT, panelProtocol, play, RIGHT, settle, WRONG } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

const DAY = 86_400n;

describe("Quorum.join", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  /** A Quorum whose members stay on the list with half of their bond, and not with less. */
  async function poor() {
    return panelProtocol(ethers, networkHelpers, 9, { verifierBond: ETHER / 5n });
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

  it("refuses an account that left less than a day ago", async () => {
    const { quorum, verifiers } = await networkHelpers.loadFixture(fixture);
    const [member] = verifiers;
    await quorum.connect(member).quit();
    const until = BigInt(await networkHelpers.time.latest()) + DAY;
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(quorum.connect(member).join()).to.be.revertedWithCustomError(quorum, "TooEarlyToJoin").withArgs(until);
  });

  it("refuses an account that was absent less than a day ago", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [ABSENT, RIGHT, RIGHT, RIGHT] });
    await settle(p, uid);
    const until = BigInt(await networkHelpers.time.latest()) + DAY;
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(p.quorum.connect(members[0]).join())
      .to.be.revertedWithCustomError(p.quorum, "TooEarlyToJoin")
      .withArgs(until);
  });

  it("refuses an account without what its bond has lost", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [ABSENT, RIGHT, RIGHT, RIGHT] });
    const [absent] = members as [HardhatEthersSigner];
    await settle(p, uid);
    await networkHelpers.time.increase(DAY);
    await p.bonds.deposit(p.quorum, absent, { value: p.parameters.absenceLoss - 1n });

    await expect(p.quorum.connect(absent).join())
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.quorum, absent, p.parameters.absenceLoss - 1n, p.parameters.absenceLoss);
  });

  it("locks the bond and puts the account on the list", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.bonds.deposit(p.quorum, p.admin, { value: ETHER });

    const joined = p.quorum.connect(p.admin).join();

    await expect(joined).to.emit(p.quorum, "Joined").withArgs(p.admin);
    await expect(joined).to.emit(p.bonds, "Locked").withArgs(p.quorum, p.admin, ETHER);
    expect(await p.quorum.isMember(p.admin)).to.equal(true);
    expect(await p.quorum.memberCount()).to.equal(10);
  });

  it("takes an account back a day after it left, on the bond that it still has", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [member] = p.verifiers as [HardhatEthersSigner];
    await p.quorum.connect(member).quit();
    await networkHelpers.time.setNextBlockTimestamp(BigInt(await networkHelpers.time.latest()) + DAY);

    await expect(p.quorum.connect(member).join()).to.emit(p.bonds, "Locked").withArgs(p.quorum, member, 0);

    expect(await p.quorum.isMember(member)).to.equal(true);
    expect((await p.bonds.bondOf(p.quorum, member)).locked).to.equal(ETHER);
  });

  it("takes an account back a day after it was absent, and locks what its bond has lost", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [ABSENT, RIGHT, RIGHT, RIGHT] });
    const [absent] = members as [HardhatEthersSigner];
    await settle(p, uid);
    await p.bonds.deposit(p.quorum, absent, { value: p.parameters.absenceLoss });
    await networkHelpers.time.setNextBlockTimestamp(BigInt(await networkHelpers.time.latest()) - 1n + DAY);

    await expect(p.quorum.connect(absent).join())
      .to.emit(p.bonds, "Locked")
      .withArgs(p.quorum, absent, p.parameters.absenceLoss);

    expect((await p.bonds.bondOf(p.quorum, absent)).locked).to.equal(ETHER);
  });

  it("takes an account back at once whose bond fell below half, and locks what it has lost", async () => {
    const p = await networkHelpers.loadFixture(poor);
    const { verifierBond, voteLoss } = p.parameters;
    // Both panels draw the same member sooner or later.
    const lost = await (async () => {
      for (let i = 0; ; i++) {
        const { uid, members } = await play(p, { first: [WRONG, RIGHT, RIGHT] }, { inputHash: hash(`${i}`) });
        await settle(p, uid);
        const [member] = members as [HardhatEthersSigner];
        if (!(await p.quorum.isMember(member))) return member;
      }
    })();
    await p.bonds.deposit(p.quorum, lost, { value: verifierBond });

    await expect(p.quorum.connect(lost).join())
      .to.emit(p.bonds, "Locked")
      .withArgs(p.quorum, lost, 2n * voteLoss);

    expect((await p.bonds.bondOf(p.quorum, lost)).locked).to.equal(verifierBond);
  });

  it("takes an account back after its bond was released, for a whole bond", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [member] = p.verifiers as [HardhatEthersSigner];
    await p.quorum.connect(member).quit();
    await networkHelpers.time.increase(DAY);
    await p.quorum.connect(member).release();

    await expect(p.quorum.connect(member).join()).to.emit(p.bonds, "Locked").withArgs(p.quorum, member, ETHER);

    expect(await p.quorum.isMember(member)).to.equal(true);
  });
});
