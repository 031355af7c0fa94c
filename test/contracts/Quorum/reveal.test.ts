import { expect } from "chai";
import { network } from "hardhat";
import { voteHash } from "../../../sdk/commitments.ts";
import { hash } from "../fixtures.ts";
import {
  commitmentOf,
  committedPanel,
  commitVotes,
  drawnPanel,
  firstRound,
  OTHER,
  RIGHT,
  revealVotes,
  saltOf,
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

    await expect(quorum.reveal(hash("uid"), RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses while members may still commit", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await p.quorum.connect(member).commit(p.uid, await commitmentOf(p, p.uid, member, RIGHT));

    await expect(p.quorum.connect(member).reveal(p.uid, RIGHT, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses between the rounds", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 1n) });
    await p.quorum.settle(uid);
    expect((await p.quorum.caseOf(uid)).revealUntil).to.be.above(await networkHelpers.time.latest());

    await expect(p.quorum.connect(members[0]).reveal(uid, RIGHT, hash("salt")))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(uid, 2);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

    await expect(p.quorum.connect(member).reveal(p.uid, RIGHT, saltOf(member)))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses an account without a seat", async () => {
    const p = await networkHelpers.loadFixture(committed);

    await expect(p.quorum.connect(p.outsider).reveal(p.uid, RIGHT, saltOf(p.outsider)))
      .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
      .withArgs(p.uid, 1, p.outsider);
  });

  it("refuses a member that committed nothing", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [, , absent] = p.members;
    await commitVotes(p, p.uid, [RIGHT, RIGHT, undefined]);

    await expect(p.quorum.connect(absent).reveal(p.uid, RIGHT, saltOf(absent)))
      .to.be.revertedWithCustomError(p.quorum, "NothingCommitted")
      .withArgs(p.uid, absent);
  });

  it("refuses a second reveal", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;
    await p.quorum.connect(member).reveal(p.uid, RIGHT, saltOf(member));

    await expect(p.quorum.connect(member).reveal(p.uid, RIGHT, saltOf(member)))
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
      await expect(p.quorum.connect(member).reveal(p.uid, output, salt))
        .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
        .withArgs(p.uid, member);
  });

  it("refuses a vote copied from another member, attestation or round", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [honest, copier, third] = p.members;
    const copied = await commitmentOf(p, p.uid, honest, RIGHT);
    await p.quorum.connect(honest).commit(p.uid, copied);
    await p.quorum.connect(copier).commit(p.uid, copied);
    await p.quorum.connect(third).commit(p.uid, voteHash(p.uid, 2, third.address as never, RIGHT, saltOf(third)));
    await p.quorum.connect(honest).reveal(p.uid, RIGHT, saltOf(honest));

    await expect(p.quorum.connect(copier).reveal(p.uid, RIGHT, saltOf(honest)))
      .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
      .withArgs(p.uid, copier);
    await expect(p.quorum.connect(third).reveal(p.uid, RIGHT, saltOf(third)))
      .to.be.revertedWithCustomError(p.quorum, "WrongReveal")
      .withArgs(p.uid, third);
  });

  it("opens a vote until the last second", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const [member] = p.members;
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil - 1n);

    await expect(p.quorum.connect(member).reveal(p.uid, RIGHT, saltOf(member)))
      .to.emit(p.quorum, "VoteRevealed")
      .withArgs(p.uid, 1, member, RIGHT);

    const seat = (await p.quorum.seatsOf(p.uid)).find((other) => other.member === member.address);
    expect([seat?.state, seat?.vote]).to.deep.equal([2n, RIGHT]);
    expect((await p.quorum.caseOf(p.uid)).revealed).to.equal(1);
  });

  it("begins when the time to commit is over, though members are missing", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await commitVotes(p, p.uid, [RIGHT, undefined, undefined]);

    await revealVotes(p, p.uid, [RIGHT]);

    expect((await p.quorum.caseOf(p.uid)).revealed).to.equal(1);
  });
});
