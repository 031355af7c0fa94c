import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  caseOf,
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  OTHER,
  openAnswer,
  panelProtocol,
  RIGHT,
  revealVotes,
  SILENT,
  Stage,
  settle,
  show,
  until,
  type Vote,
  WRONG,
} from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.appeal", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers);
    await p.bonds.deposit(p.quorum, p.admin, { value: p.parameters.stake });
    return p;
  }

  /** A first round that has decided, and who revealed in it. */
  async function decided() {
    const p = await fixture();
    const { uid, attestation, members } = await firstRound(p, [RIGHT, RIGHT, WRONG]);
    const { revealUntil } = await p.quorum.caseOf(uid);
    return { ...p, uid, attestation, members, revealUntil, appealUntil: revealUntil + 60n };
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.appeal(hash("uid")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses before the panel is drawn, between the rounds, and a run that is shown", async () => {
    const p = await networkHelpers.loadFixture(decided);
    const fresh = await commitAttestation(p, { context: FREE_CONTEXT });
    await expect(p.quorum.appeal(fresh.uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(fresh.uid, Stage.Drawing);
    await appeal(p, p.uid);
    await expect(p.quorum.appeal(p.uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(p.uid, Stage.Drawing);
    await show(p, p.uid);

    await expect(p.quorum.appeal(p.uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(p.uid, Stage.Shown);
  });

  it("refuses a settled attestation", async () => {
    const p = await networkHelpers.loadFixture(decided);
    await settle(p, p.uid);

    await expect(p.quorum.appeal(p.uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(p.uid);
  });

  it("refuses while the panel commits or reveals", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await commitAttestation(p);
    const refuses = () =>
      expect(p.quorum.appeal(uid)).to.be.revertedWithCustomError(p.quorum, "NothingToAppeal").withArgs(uid);
    await draw(p, uid);
    await refuses();
    await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);
    await refuses();
    await revealVotes(p, uid, [RIGHT, RIGHT, ABSENT]);
    await openAnswer(p, attestation);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil - 1n);

    await refuses();
  });

  it("refuses while the prover may still reveal, though all members have", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT], {}, { opens: false });
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil - 1n);

    await expect(p.quorum.appeal(uid)).to.be.revertedWithCustomError(p.quorum, "NothingToAppeal").withArgs(uid);
  });

  it("refuses once the time to appeal is over", async () => {
    const p = await networkHelpers.loadFixture(decided);
    await networkHelpers.time.setNextBlockTimestamp(p.appealUntil);

    await expect(p.quorum.appeal(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToAppeal").withArgs(p.uid);
  });

  for (const [what, votes] of [
    ["no two votes are equal", [RIGHT, WRONG, OTHER]],
    ["the most votes say that something is unavailable", [UNAVAILABLE, UNAVAILABLE, RIGHT]],
    ["all votes say so", [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]],
    ["only one vote was revealed", [RIGHT, SILENT, SILENT]],
  ] as [string, Vote[]][])
    it(`refuses if there is no decision, because ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes);
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);

      await expect(p.quorum.appeal(uid)).to.be.revertedWithCustomError(p.quorum, "NothingToAppeal").withArgs(uid);
    });

  it("refuses the deciding panel's decision", async () => {
    const p = await networkHelpers.loadFixture(decided);
    await appeal(p, p.uid);
    await draw(p, p.uid);
    await commitVotes(p, p.uid, Array(5).fill(RIGHT));
    await revealVotes(p, p.uid, Array(5).fill(RIGHT));

    await expect(p.quorum.appeal(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToAppeal").withArgs(p.uid);
  });

  it("refuses an appellant without the bond", async () => {
    const p = await networkHelpers.loadFixture(decided);
    const { stake } = p.parameters;
    const poor = p.accounts[12] as typeof p.prover;
    await p.bonds.deposit(p.quorum, poor, { value: stake - 1n });

    await expect(p.quorum.connect(poor).appeal(p.uid))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.quorum, poor, stake - 1n, stake);
  });

  for (const [what, votes, opens] of [
    ["that the answer is right", [RIGHT, RIGHT, WRONG], true],
    ["that it is wrong", [WRONG, RIGHT, WRONG], true],
    ["that there is no run", [INVALID, INVALID, RIGHT], true],
    ["on an answer that wasn't revealed", [RIGHT, RIGHT, RIGHT], false],
    ["with two votes, the third silent", [RIGHT, SILENT, RIGHT], true],
  ] as [string, Vote[], boolean][])
    it(`calls the deciding panel against a decision ${what}, until the last second`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes, {}, { opens });
      const { revealUntil } = await p.quorum.caseOf(uid);
      const before = await caseOf(p, uid);
      await networkHelpers.time.setNextBlockTimestamp(revealUntil + 59n);

      const appealed = p.quorum.appeal(uid);

      await (await appealed).wait();
      const block = BigInt(await networkHelpers.time.latestBlock());
      await expect(appealed).to.emit(p.quorum, "AppealOpened").withArgs(uid, p.admin);
      await expect(appealed)
        .to.emit(p.quorum, "DrawScheduled")
        .withArgs(uid, 2, block + 1n, revealUntil + 120n);
      await expect(appealed).to.emit(p.bonds, "Locked").withArgs(p.quorum, p.admin, p.parameters.stake);
      expect(await caseOf(p, uid)).to.deep.equal({
        ...before,
        ...{ stage: Stage.Drawing, round: 2n, committed: 0n, revealed: 0n },
        ...{ drawBlock: block + 1n, drawUntil: revealUntil + 120n, commitUntil: 0n },
      });
      expect(await p.quorum.appellantOf(uid)).to.equal(p.admin.address);
      expect(await p.quorum.pendingCount()).to.equal(0);
      expect(await p.registry.statusOf(uid)).to.equal(Status.Pending);
    });

  it("takes an appeal at once when everybody has revealed, by anyone, a member too", async () => {
    const p = await networkHelpers.loadFixture(decided);
    expect(p.revealUntil).to.equal(await networkHelpers.time.latest());

    await appeal(p, p.uid, p.members[2]);

    expect(await p.quorum.appellantOf(p.uid)).to.equal(p.members[2]?.address);
  });

  it("names no appellant where nobody appealed", async () => {
    const { quorum, uid } = await networkHelpers.loadFixture(decided);

    expect(await quorum.appellantOf(uid)).to.equal(ethers.ZeroAddress);
  });
});
