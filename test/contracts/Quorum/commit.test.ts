import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  commitAttestation,
  commitVotes,
  draw,
  drawnPanel,
  firstRound,
  membersOf,
  OTHER,
  panelProtocol,
  RIGHT,
  SeatState,
  Stage,
  settle,
  show,
  WRONG,
} from "../panels.ts";
import { contextOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.commit", () => {
  async function drawn() {
    return drawnPanel(ethers, networkHelpers);
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(drawn);

    await expect(quorum.commit(hash("uid"), 0, hash("vote")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses before the panel is drawn, between the rounds, and a run that is shown", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const fresh = await commitAttestation(p, { context: await contextOf(p, 1n, 1n) });
    await expect(p.quorum.connect(p.verifiers[0]).commit(fresh.uid, 0, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(fresh.uid, Stage.Drawing);

    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER]);
    await p.quorum.settle(uid);
    await expect(p.quorum.connect(members[0]).commit(uid, 0, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(uid, Stage.Drawing);

    const [member] = await draw(p, uid);
    await show(p, uid);
    await expect(p.quorum.connect(member).commit(uid, 3, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(uid, Stage.Shown);
  });

  it("refuses a settled attestation", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, members } = await firstRound(p, [RIGHT, RIGHT, RIGHT]);
    await settle(p, uid);

    await expect(p.quorum.connect(members[0]).commit(uid, 0, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "CaseClosed")
      .withArgs(uid);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil);

    await expect(p.quorum.connect(p.members[0]).commit(p.uid, 0, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotCommitting")
      .withArgs(p.uid, 1);
  });

  it("refuses any account but the seat's, and a seat that there isn't", async () => {
    const p = await networkHelpers.loadFixture(drawn);

    for (const [account, seat] of [
      [p.outsider, 0],
      [p.prover, 1],
      [p.members[0], 1],
      [p.members[1], 0],
      [p.members[2], 3],
    ] as const)
      await expect(p.quorum.connect(account).commit(p.uid, seat, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(p.uid, seat, account);
  });

  it("refuses the first panel's seats in the second round", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER]);
    await p.quorum.settle(uid);
    await draw(p, uid);

    for (const [seat, member] of members.entries())
      await expect(p.quorum.connect(member).commit(uid, seat, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(uid, seat, member);
  });

  it("refuses a member's second commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [, member] = p.members;
    await p.quorum.connect(member).commit(p.uid, 1, hash("vote"));

    await expect(p.quorum.connect(member).commit(p.uid, 1, hash("other vote")))
      .to.be.revertedWithCustomError(p.quorum, "AlreadyCommitted")
      .withArgs(p.uid, 1);
  });

  it("refuses a member whose seat was filled again", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await commitVotes(p, p.uid, [RIGHT, ABSENT, RIGHT]);
    await p.quorum.refill(p.uid);

    await expect(p.quorum.connect(p.members[1]).commit(p.uid, 1, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "AlreadyCommitted")
      .withArgs(p.uid, 1);
  });

  it("refuses an empty commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);

    await expect(p.quorum.connect(p.members[0]).commit(p.uid, 0, ethers.ZeroHash))
      .to.be.revertedWithCustomError(p.quorum, "EmptyCommitment")
      .withArgs(p.uid);
  });

  it("keeps a commitment until the last second", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [, member] = p.members;
    const { commitUntil, revealUntil } = await p.quorum.caseOf(p.uid);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil - 1n);

    const sent = p.quorum.connect(member).commit(p.uid, 1, hash("vote"));

    await expect(sent).to.emit(p.quorum, "VoteCommitted").withArgs(p.uid, 1, member);
    await expect(sent).not.to.emit(p.quorum, "RevealOpened");
    const seats = await p.quorum.seatsOf(p.uid);
    expect(seats.map(({ state }) => state)).to.deep.equal([SeatState.Drawn, SeatState.Committed, SeatState.Drawn]);
    expect(seats[1]?.vote).to.equal(hash("vote"));
    const after = await p.quorum.caseOf(p.uid);
    expect([after.committed, after.commitUntil, after.revealUntil]).to.deep.equal([1n, commitUntil, revealUntil]);
  });

  it("opens revealing with the last commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [a, b, c] = p.members;
    for (const [seat, member] of [a, b].entries()) await p.quorum.connect(member).commit(p.uid, seat, hash("vote"));
    const now = BigInt(await networkHelpers.time.latest()) + 5n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    const last = p.quorum.connect(c).commit(p.uid, 2, hash("vote"));

    await expect(last).to.emit(p.quorum, "VoteCommitted").withArgs(p.uid, 1, c);
    await expect(last)
      .to.emit(p.quorum, "RevealOpened")
      .withArgs(p.uid, 1, now + 60n);
    const { commitUntil, revealUntil } = await p.quorum.caseOf(p.uid);
    expect([commitUntil, revealUntil]).to.deep.equal([now, now + 60n]);
  });

  it("opens revealing with the last commitment to a seat that was filled again", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await commitVotes(p, p.uid, [ABSENT, RIGHT, ABSENT]);
    await p.quorum.refill(p.uid);
    const [, d, e] = (await membersOf(p, p.uid)) as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
    await expect(p.quorum.connect(d).commit(p.uid, 3, hash("vote"))).not.to.emit(p.quorum, "RevealOpened");
    const now = BigInt(await networkHelpers.time.latest()) + 5n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(p.quorum.connect(e).commit(p.uid, 4, hash("vote")))
      .to.emit(p.quorum, "RevealOpened")
      .withArgs(p.uid, 1, now + 60n);
  });

  it("opens revealing with the deciding panel's last commitment", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT]);
    await appeal(p, uid);
    const members = await draw(p, uid);
    const last = members.pop() as HardhatEthersSigner;
    for (const [i, member] of members.entries())
      await expect(p.quorum.connect(member).commit(uid, 3 + i, hash("vote")))
        .to.emit(p.quorum, "VoteCommitted")
        .withArgs(uid, 2, member)
        .and.not.to.emit(p.quorum, "RevealOpened");
    const now = BigInt(await networkHelpers.time.latest()) + 5n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(p.quorum.connect(last).commit(uid, 7, hash("vote")))
      .to.emit(p.quorum, "RevealOpened")
      .withArgs(uid, 2, now + 60n);
  });
});
