import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import { ETHER, hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  type Course,
  caseOf,
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  join,
  OTHER,
  openAnswer,
  panelProtocol,
  play,
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

const rights = (count: number): Vote[] => Array(count).fill(RIGHT);
const wrongs = (count: number): Vote[] => Array(count).fill(WRONG);

describe("Quorum.settle", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  describe("refuses", () => {
    it("an attestation it doesn't know", async () => {
      const { quorum } = await networkHelpers.loadFixture(fixture);

      await expect(quorum.settle(hash("uid")))
        .to.be.revertedWithCustomError(quorum, "UnknownCase")
        .withArgs(hash("uid"));
    });

    it("a settled attestation", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT]);
      await settle(p, uid);

      await expect(p.quorum.settle(uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(uid);
    });

    it("a run that is shown", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
      await show(p, uid);

      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "NotVoting")
        .withArgs(uid, Stage.Shown);
    });

    it("while either panel may still be drawn", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      const { drawUntil } = await p.quorum.caseOf(uid);
      await networkHelpers.time.setNextBlockTimestamp(drawUntil - 1n);
      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, drawUntil);

      const second = await firstRound(p, [RIGHT, WRONG, OTHER], { context: FREE_CONTEXT });
      await p.quorum.settle(second.uid);
      const end = (await p.quorum.caseOf(second.uid)).drawUntil;
      await networkHelpers.time.setNextBlockTimestamp(end - 1n);
      await expect(p.quorum.settle(second.uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(second.uid, end);
    });

    it("while members may still commit, or seats be filled again", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      await draw(p, uid);
      const { commitUntil, revealUntil } = await p.quorum.caseOf(uid);
      for (const time of [commitUntil - 1n, commitUntil, revealUntil - 1n]) {
        await networkHelpers.time.setNextBlockTimestamp(time);
        await expect(p.quorum.settle(uid))
          .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
          .withArgs(uid, revealUntil);
      }
    });

    it("while the prover may still reveal, or a member", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid, attestation } = await commitAttestation(p);
      await draw(p, uid);
      await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);
      const { revealUntil } = await p.quorum.caseOf(uid);
      const snapshot = await networkHelpers.takeSnapshot();
      for (const [votes, opens] of [
        [[RIGHT, RIGHT, RIGHT], false],
        [[RIGHT, RIGHT, ABSENT], true],
      ] as const) {
        await revealVotes(p, uid, votes);
        if (opens) await openAnswer(p, attestation);
        await networkHelpers.time.setNextBlockTimestamp(revealUntil - 1n);
        await expect(p.quorum.settle(uid))
          .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
          .withArgs(uid, revealUntil);
        await snapshot.restore();
      }
    });

    it("while the first decision may be appealed", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, RIGHT, WRONG]);
      const appealUntil = (await p.quorum.caseOf(uid)).revealUntil + 60n;
      for (const time of [appealUntil - 50n, appealUntil - 1n]) {
        await networkHelpers.time.setNextBlockTimestamp(time);
        await expect(p.quorum.settle(uid))
          .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
          .withArgs(uid, appealUntil);
      }
    });

    it("while the deciding panel votes, though the prover's answer is open", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
      await p.quorum.settle(uid);
      await draw(p, uid);
      const { revealUntil } = await p.quorum.caseOf(uid);
      await networkHelpers.time.setNextBlockTimestamp(revealUntil - 1n);

      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, revealUntil);
    });
  });

  const decided: [string, Course, "Verified" | "Refuted" | "Void"][] = [
    ["all agree with the prover", { first: [RIGHT, RIGHT, RIGHT] }, "Verified"],
    ["two agree with the prover", { first: [RIGHT, WRONG, RIGHT] }, "Verified"],
    ["two agree, one calls it invalid", { first: [RIGHT, RIGHT, INVALID] }, "Verified"],
    ["two agree, one can't get the model", { first: [UNAVAILABLE, RIGHT, RIGHT] }, "Verified"],
    ["two agree, one is silent", { first: [RIGHT, SILENT, RIGHT] }, "Verified"],
    ["two agree, one of whom fills a seat again", { first: [RIGHT, ABSENT, WRONG, RIGHT] }, "Verified"],
    ["all have another output", { first: [WRONG, WRONG, WRONG] }, "Refuted"],
    ["two have another output", { first: [WRONG, RIGHT, WRONG] }, "Refuted"],
    ["two call it invalid", { first: [INVALID, INVALID, RIGHT] }, "Refuted"],
    ["all agree with a prover that doesn't reveal", { first: rights(3), opens: false }, "Refuted"],
    ["no two agree and the prover doesn't reveal", { first: [RIGHT, WRONG, OTHER], opens: false }, "Refuted"],
    ["nobody reveals", { first: [SILENT, SILENT, SILENT], opens: false }, "Refuted"],
    [
      "three of the deciding panel agree",
      { first: [RIGHT, WRONG, OTHER], deciding: [...rights(3), WRONG, OTHER] },
      "Verified",
    ],
    ["all of it do, after an appeal", { first: wrongs(3), appealed: true, deciding: rights(5) }, "Verified"],
    [
      "it agrees though all of the first couldn't get the model",
      { first: Array(3).fill(UNAVAILABLE), deciding: rights(5) },
      "Verified",
    ],
    ["three of it differ", { first: [RIGHT, WRONG, OTHER], deciding: [...wrongs(3), RIGHT, RIGHT] }, "Refuted"],
    [
      "three of it call it invalid",
      { first: [RIGHT, WRONG, OTHER], deciding: [...Array(3).fill(INVALID), RIGHT, RIGHT] },
      "Refuted",
    ],
    [
      "three of it can't get the model",
      { first: [RIGHT, WRONG, OTHER], deciding: [...Array(3).fill(UNAVAILABLE), RIGHT, RIGHT] },
      "Void",
    ],
    ["only two of it agree", { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, ABSENT] }, "Void"],
    ["nobody of it votes", { first: [RIGHT, WRONG, OTHER], deciding: Array(5).fill(ABSENT) }, "Void"],
    ["nobody draws it", { first: [RIGHT, WRONG, OTHER], deciding: [] }, "Void"],
    [
      "nobody draws it after an appeal against a right answer",
      { first: rights(3), appealed: true, deciding: [] },
      "Verified",
    ],
    [
      "nobody draws it after an appeal against a wrong one",
      { first: wrongs(3), appealed: true, deciding: [] },
      "Refuted",
    ],
    [
      "nobody draws it after an appeal, of a hidden answer",
      { first: rights(3), opens: false, appealed: true, deciding: [] },
      "Refuted",
    ],
    [
      "the deciding panel agrees with an answer that is still hidden",
      { first: rights(3), opens: false, appealed: true, deciding: rights(5) },
      "Refuted",
    ],
    [
      "the deciding panel can't get the model, and the answer is still hidden",
      { first: rights(3), opens: false, appealed: true, deciding: Array(5).fill(UNAVAILABLE) },
      "Refuted",
    ],
    [
      "the deciding panel doesn't decide, and the answer is still hidden",
      { first: rights(3), opens: false, appealed: true, deciding: [RIGHT, WRONG, OTHER, INVALID, UNAVAILABLE] },
      "Refuted",
    ],
    [
      "nobody of the deciding panel votes, and the answer is still hidden",
      { first: rights(3), opens: false, appealed: true, deciding: Array(5).fill(ABSENT) },
      "Refuted",
    ],
  ];
  for (const [what, course, status] of decided)
    it(`ends as ${status} if ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await play(p, course);
      const { round, revealUntil } = await p.quorum.caseOf(uid);
      if (round === 1n) await until(p, revealUntil + 60n);
      else if (course.deciding?.length !== 0) await until(p, revealUntil);

      await expect(p.quorum.connect(p.other).settle(uid))
        .to.emit(p.registry, "StatusChanged")
        .withArgs(uid, Status[status], p.other);

      expect((await p.quorum.caseOf(uid)).stage).to.equal(Stage.Done);
      expect(await p.quorum.pendingCount()).to.equal(0);
      expect((await p.bonds.bondOf(p.quorum, p.prover)).locked).to.equal(0);
    });

  for (const [what, votes, most] of [
    ["all differ", [RIGHT, WRONG, OTHER], 1],
    ["all agree that something is unavailable", [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE], 3],
    ["one differs and two are silent", [RIGHT, SILENT, SILENT], 1],
    ["nobody fills the seats of a panel that was absent", [ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT], 0],
  ] as [string, Vote[], number][])
    it(`calls the deciding panel if ${what}, in time counted from the first round's end`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes);
      const { revealUntil } = await p.quorum.caseOf(uid);
      await until(p, revealUntil + 17n);
      const before = await caseOf(p, uid);
      const block = BigInt(await networkHelpers.time.latestBlock()) + 1n;

      const settled = p.quorum.settle(uid);

      await expect(settled).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 1, most);
      await expect(settled)
        .to.emit(p.quorum, "DrawScheduled")
        .withArgs(uid, 2, block + 1n, revealUntil + 120n);
      await expect(settled).not.to.emit(p.quorum, "Penalised");
      expect(await caseOf(p, uid)).to.deep.equal({
        ...before,
        ...{ stage: Stage.Drawing, round: 2n, committed: 0n, revealed: 0n },
        ...{ drawBlock: block + 1n, drawUntil: revealUntil + 120n, commitUntil: 0n },
      });
      expect(await p.registry.statusOf(uid)).to.equal(Status.Pending);
      expect(await p.quorum.pendingCount()).to.equal(0);
      expect(await p.quorum.appellantOf(uid)).to.equal(ethers.ZeroAddress);
    });

  it("calls the deciding panel at the first moment after a round whose missed seats nobody filled again", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    await draw(p, uid);
    await commitVotes(p, uid, [RIGHT, RIGHT, ABSENT]);
    const { revealUntil } = await p.quorum.caseOf(uid);
    await networkHelpers.time.setNextBlockTimestamp(revealUntil);

    await expect(p.quorum.settle(uid)).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 1, 0);

    expect((await p.quorum.caseOf(uid)).round).to.equal(2);
  });

  it("voids an attestation at the first moment after the time to draw it", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).drawUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
    expect(await p.quorum.pendingCount()).to.equal(0);
  });

  it("ends a decided first round at the first moment after the time to appeal", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, rights(3));
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil + 60n);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
  });

  it("refutes a prover that didn't reveal at the first moment after a round without a decision", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER], {}, { opens: false });
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil);

    await expect(p.quorum.settle(uid)).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 1, 1);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
  });

  it("says how many votes the deciding panel lacked", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    // With the first panel's vote WRONG would have three, as many as decide.
    const { uid } = await play(p, { first: [WRONG, OTHER, INVALID], deciding: [WRONG, RIGHT, WRONG, RIGHT, OTHER] });

    await expect(p.quorum.settle(uid)).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 2, 2);
  });

  it("says of no round that has decided that it didn't", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, rights(3));

    await expect(settle(p, uid)).not.to.emit(p.quorum, "RoundUndecided");
  });

  it("ends the deciding round at once when everybody has revealed, and else with its time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, rights(3));
    await appeal(p, uid);
    await draw(p, uid);
    const snapshot = await networkHelpers.takeSnapshot();
    await commitVotes(p, uid, rights(5));
    await revealVotes(p, uid, rights(5));
    await p.quorum.settle(uid);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
    await snapshot.restore();
    await commitVotes(p, uid, rights(5));
    await revealVotes(p, uid, rights(4));
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
  });

  for (const [what, verifiers, isMember, votes, status] of [
    ["more than half of a whole list of eight", 8, false, [...rights(5), ...wrongs(3)], "Verified"],
    ["not half of it", 8, false, [...rights(4), ...wrongs(4)], "Void"],
    ["more than half of its seven without the prover", 7, true, [...rights(4), ...wrongs(3)], "Verified"],
    ["the threshold of a panel drawn from nine", 9, false, [...rights(7), WRONG], "Verified"],
    ["no less than the threshold of such a panel", 9, false, [...rights(6), ...wrongs(2)], "Void"],
    ["the threshold of eight of nine with the prover", 8, true, [...rights(6), ...wrongs(2)], "Void"],
  ] as [string, number, boolean, Vote[], "Verified" | "Void"][])
    it(`has ${what} decide: ${status}`, async () => {
      const parameters = { decidingPanel: 8, decidingThreshold: 7, stake: ETHER / 10n };
      const p = await panelProtocol(ethers, networkHelpers, verifiers, parameters);
      if (isMember) await join(p, p.prover);
      const { uid } = await play(p, { first: [RIGHT, WRONG, OTHER], deciding: votes });

      await settle(p, uid);

      expect(await p.registry.statusOf(uid)).to.equal(Status[status]);
    });
});
