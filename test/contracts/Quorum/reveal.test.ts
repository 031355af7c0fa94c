import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { voteHash } from "../../../sdk/commitments.ts";
import { addressOf, hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  commitmentOf,
  committedPanel,
  commitVotes,
  draw,
  drawnPanel,
  firstRound,
  NOTHING,
  OTHER,
  openAnswer,
  RIGHT,
  revealVotes,
  SeatState,
  Stage,
  saltOf,
  settle,
  show,
  WRONG,
} from "../panels.ts";
import { contextOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.reveal", () => {
  async function drawn() {
    return drawnPanel(ethers, networkHelpers);
  }

  async function committed() {
    return committedPanel(ethers, networkHelpers);
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(committed);

    await expect(quorum.reveal(hash("uid"), 0, RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses a settled attestation", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const { uid, members } = await firstRound(p, [RIGHT, RIGHT, RIGHT], { context: await contextOf(p, 1n, 1n) });
    await settle(p, uid);

    await expect(p.quorum.connect(members[0]).reveal(uid, 0, RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(p.quorum, "CaseClosed")
      .withArgs(uid);
  });

  it("refuses while members may still commit", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await p.quorum.connect(member).commit(p.uid, 0, await commitmentOf(p, p.uid, member, RIGHT));
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil - 1n);

    await expect(p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses until missed seats are filled again, and those members have had their time", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await commitVotes(p, p.uid, [RIGHT, ABSENT, RIGHT]);
    const refuses = () =>
      expect(p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member)))
        .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
        .withArgs(p.uid, 1);
    await refuses();
    await p.quorum.refill(p.uid);
    const { commitUntil } = await p.quorum.caseOf(p.uid);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil - 1n);
    await refuses();
    await networkHelpers.time.setNextBlockTimestamp(commitUntil);

    await expect(p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member))).to.emit(p.quorum, "VoteRevealed");
  });

  it("refuses between the rounds, and a run that is shown", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 1n) });
    await p.quorum.settle(uid);

    await expect(p.quorum.connect(members[0]).reveal(uid, 0, RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(uid, Stage.Drawing);
    await show(p, uid);
    await expect(p.quorum.connect(members[0]).reveal(uid, 0, RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(uid, Stage.Shown);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

    await expect(p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses any account but the seat's, and a seat that there isn't", async () => {
    const p = await networkHelpers.loadFixture(committed);

    for (const [account, seat] of [
      [p.outsider, 0],
      [p.members[0], 1],
      [p.members[2], 3],
    ] as const)
      await expect(p.quorum.connect(account).reveal(p.uid, seat, RIGHT, saltOf(account)))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(p.uid, seat, account);
  });

  it("refuses the first panel's seats in the second round", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await appealed(p);

    for (const [seat, member] of p.members.entries())
      await expect(p.quorum.connect(member).reveal(p.uid, seat, RIGHT, saltOf(member)))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(p.uid, seat, member);
  });

  /** The first decision is appealed though one member was silent; of the deciding panel one has committed. */
  async function appealed(p: Awaited<ReturnType<typeof committed>>) {
    await revealVotes(p, p.uid, [RIGHT, RIGHT, ABSENT]);
    await networkHelpers.time.increaseTo((await p.quorum.caseOf(p.uid)).revealUntil);
    await appeal(p, p.uid);
    const members = await draw(p, p.uid);
    await commitVotes(p, p.uid, [RIGHT, ABSENT, ABSENT, ABSENT, ABSENT]);
    return members as [HardhatEthersSigner, HardhatEthersSigner];
  }

  it("refuses a member that committed nothing", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [, absent] = await appealed(p);

    await expect(p.quorum.connect(absent).reveal(p.uid, 4, RIGHT, saltOf(absent)))
      .to.be.revertedWithCustomError(p.quorum, "NothingCommitted")
      .withArgs(p.uid, absent);
  });

  it("refuses a member whose seat was filled again", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [, , absent] = p.members;
    await commitVotes(p, p.uid, [RIGHT, RIGHT, ABSENT]);
    await p.quorum.refill(p.uid);
    await commitVotes(p, p.uid, [ABSENT, ABSENT, RIGHT]);

    await expect(p.quorum.connect(absent).reveal(p.uid, 2, RIGHT, saltOf(absent)))
      .to.be.revertedWithCustomError(p.quorum, "NothingCommitted")
      .withArgs(p.uid, absent);
  });

  it("refuses a second reveal", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;
    await p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member));

    await expect(p.quorum.connect(member).reveal(p.uid, 0, RIGHT, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NothingCommitted")
      .withArgs(p.uid, member);
  });

  it("refuses another output or salt than committed to", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;

    for (const [output, salt] of [
      [WRONG, saltOf(member)],
      [RIGHT, hash("another salt")],
    ] as const)
      await expect(p.quorum.connect(member).reveal(p.uid, 0, output, salt))
        .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
        .withArgs(p.uid, member);
  });

  it("refuses a vote for nothing, which a member can commit to", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await commitVotes(p, p.uid, [NOTHING, RIGHT, RIGHT]);

    await expect(p.quorum.connect(member).reveal(p.uid, 0, NOTHING, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NotAnOutput")
      .withArgs(p.uid, NOTHING);
  });

  it("refuses a vote copied from another member, attestation or round", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [honest, copier, third] = p.members;
    const copied = await commitmentOf(p, p.uid, honest, RIGHT);
    await p.quorum.connect(honest).commit(p.uid, 0, copied);
    await p.quorum.connect(copier).commit(p.uid, 1, copied);
    await p.quorum.connect(third).commit(p.uid, 2, voteHash(p.uid, 2, addressOf(third), RIGHT, saltOf(third)));
    await p.quorum.connect(honest).reveal(p.uid, 0, RIGHT, saltOf(honest));

    await expect(p.quorum.connect(copier).reveal(p.uid, 1, RIGHT, saltOf(honest)))
      .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
      .withArgs(p.uid, copier);
    await expect(p.quorum.connect(third).reveal(p.uid, 2, RIGHT, saltOf(third)))
      .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
      .withArgs(p.uid, third);
  });

  it("opens a vote until the last second", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [, member] = p.members;
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil - 1n);

    await expect(p.quorum.connect(member).reveal(p.uid, 1, RIGHT, saltOf(member)))
      .to.emit(p.quorum, "VoteRevealed")
      .withArgs(p.uid, 1, member, RIGHT);

    const seats = await p.quorum.seatsOf(p.uid);
    expect(seats.map(({ state }) => state)).to.deep.equal([
      ...[SeatState.Committed, SeatState.Revealed, SeatState.Committed],
    ]);
    expect(seats[1]?.vote).to.equal(RIGHT);
    expect((await p.quorum.caseOf(p.uid)).revealed).to.equal(1);
  });

  it("ends the round with the last vote after the prover's answer, and doesn't without that", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [a, b, c] = p.members;
    const { revealUntil } = await p.quorum.caseOf(p.uid);
    await openAnswer(p, p.attestation);
    for (const [seat, member] of [a, b].entries())
      await expect(p.quorum.connect(member).reveal(p.uid, seat, RIGHT, saltOf(member))).not.to.emit(
        p.quorum,
        "RevealEnded",
      );
    expect((await p.quorum.caseOf(p.uid)).revealUntil).to.equal(revealUntil);
    const now = revealUntil - 7n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    const last = p.quorum.connect(c).reveal(p.uid, 2, RIGHT, saltOf(c));

    await expect(last).to.emit(p.quorum, "RevealEnded").withArgs(p.uid, 1, now);
    expect((await p.quorum.caseOf(p.uid)).revealUntil).to.equal(now);
    expect((await p.quorum.caseOf(p.uid)).revealed).to.equal(3);
  });

  it("doesn't end the round while the prover may reveal", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const { revealUntil } = await p.quorum.caseOf(p.uid);

    await revealVotes(p, p.uid, [RIGHT, RIGHT, RIGHT]);

    expect((await p.quorum.caseOf(p.uid)).revealUntil).to.equal(revealUntil);
  });

  it("begins with the deciding panel when its time to commit is over, though members are missing", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = await appealed(p);

    await expect(p.quorum.connect(member).reveal(p.uid, 3, RIGHT, saltOf(member)))
      .to.emit(p.quorum, "VoteRevealed")
      .withArgs(p.uid, 2, member, RIGHT);

    expect((await p.quorum.caseOf(p.uid)).revealed).to.equal(1);
  });
});
