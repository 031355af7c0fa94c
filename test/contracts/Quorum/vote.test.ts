import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { INVALID, UNAVAILABLE, voteHash } from "../../../sdk/commitments.ts";
import { hash, opened } from "../fixtures.ts";
import {
  answerOf,
  commitmentOf,
  commitStatement,
  commitVotes,
  draw,
  firstRound,
  OTHER,
  openAnswer,
  panelProtocol,
  RIGHT,
  revealVotes,
  saltOf,
  WRONG,
} from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

const VOTES = [RIGHT, RIGHT, RIGHT] as const;

describe("Quorum's votes", () => {
  async function drawn() {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, statement } = await commitStatement(p);
    const members = (await draw(p, uid)) as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
    const outsider = p.verifiers.find((verifier) => !members.includes(verifier)) as HardhatEthersSigner;
    return { ...p, uid, statement, members, outsider };
  }

  async function committed() {
    const p = await drawn();
    await commitVotes(p, p.uid, VOTES);
    return p;
  }

  describe("commit", () => {
    it("refuses a statement it doesn't know", async () => {
      const { quorum } = await networkHelpers.loadFixture(drawn);

      await expect(quorum.commit(hash("uid"), hash("vote")))
        .to.be.revertedWithCustomError(quorum, "UnknownCase")
        .withArgs(hash("uid"));
    });

    it("refuses before the panel is drawn", async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const { uid } = await commitStatement(p);

      await expect(p.quorum.connect(p.verifiers[0]).commit(uid, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotCommitting")
        .withArgs(uid, 1);
    });

    it("refuses once the time is over", async () => {
      const p = await networkHelpers.loadFixture(drawn);
      await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil);

      await expect(p.quorum.connect(p.members[0]).commit(p.uid, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotCommitting")
        .withArgs(p.uid, 1);
    });

    it("refuses an account without a seat", async () => {
      const p = await networkHelpers.loadFixture(drawn);

      for (const account of [p.outsider, p.prover])
        await expect(p.quorum.connect(account).commit(p.uid, hash("vote")))
          .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
          .withArgs(p.uid, 1, account);
    });

    it("refuses the first panel's members in the second round", async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER]);
      await p.quorum.settle(uid);
      await draw(p, uid);

      for (const member of members)
        await expect(p.quorum.connect(member).commit(uid, hash("vote")))
          .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
          .withArgs(uid, 2, member);
    });

    it("refuses a member's second commitment", async () => {
      const p = await networkHelpers.loadFixture(drawn);
      const [member] = p.members;
      await p.quorum.connect(member).commit(p.uid, hash("vote"));

      await expect(p.quorum.connect(member).commit(p.uid, hash("other vote")))
        .to.be.revertedWithCustomError(p.quorum, "AlreadyCommitted")
        .withArgs(p.uid, member);
    });

    it("refuses an empty commitment", async () => {
      const p = await networkHelpers.loadFixture(drawn);

      await expect(p.quorum.connect(p.members[0]).commit(p.uid, ethers.ZeroHash))
        .to.be.revertedWithCustomError(p.quorum, "EmptyCommitment")
        .withArgs(p.uid);
    });

    it("keeps a commitment until the last second", async () => {
      const p = await networkHelpers.loadFixture(drawn);
      const [member] = p.members;
      await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil - 1n);

      const sent = p.quorum.connect(member).commit(p.uid, hash("vote"));

      await expect(sent).to.emit(p.quorum, "VoteCommitted").withArgs(p.uid, 1, member);
      await expect(sent).not.to.emit(p.quorum, "RevealOpened");
      const seat = (await p.quorum.seatsOf(p.uid)).find((other) => other.member === member.address);
      expect([seat?.state, seat?.vote]).to.deep.equal([1n, hash("vote")]);
    });

    it("opens revealing with the last commitment", async () => {
      const p = await networkHelpers.loadFixture(drawn);
      const [a, b, c] = p.members;
      for (const member of [a, b]) await p.quorum.connect(member).commit(p.uid, hash("vote"));
      const now = BigInt(await networkHelpers.time.latest()) + 5n;
      await networkHelpers.time.setNextBlockTimestamp(now);

      await expect(p.quorum.connect(c).commit(p.uid, hash("vote")))
        .to.emit(p.quorum, "RevealOpened")
        .withArgs(p.uid, 1, now + 60n);

      const { commitUntil, revealUntil } = await p.quorum.caseOf(p.uid);
      expect([commitUntil, revealUntil]).to.deep.equal([now, now + 60n]);
    });
  });

  describe("reveal", () => {
    it("refuses a statement it doesn't know", async () => {
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

    it("refuses a vote copied from another member, statement or round", async () => {
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

  describe("the prover's reveal", () => {
    it("refuses before the panel is drawn, and before it has committed", async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const { uid, statement } = await commitStatement(p);
      await expect(openAnswer(p, statement)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
      const [a, b] = (await draw(p, uid)) as [HardhatEthersSigner, HardhatEthersSigner];
      for (const member of [a, b]) await p.quorum.connect(member).commit(uid, hash("vote"));

      await expect(openAnswer(p, statement)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
    });

    it("refuses once the time is over", async () => {
      const p = await networkHelpers.loadFixture(committed);
      await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

      await expect(openAnswer(p, p.statement))
        .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
        .withArgs(p.uid, 1);
    });

    it("refuses a second reveal", async () => {
      const p = await networkHelpers.loadFixture(committed);
      await openAnswer(p, p.statement);

      await expect(openAnswer(p, p.statement))
        .to.be.revertedWithCustomError(p.registry, "NothingToReveal")
        .withArgs(p.uid);
    });

    for (const [name, outputHash] of Object.entries({ INVALID, UNAVAILABLE }))
      it(`refuses ${name} for an answer`, async () => {
        const p = await panelProtocol(ethers, networkHelpers);
        const { uid, statement } = await commitStatement(p, { answer: answerOf(p.prover, outputHash) });
        await draw(p, uid);
        await commitVotes(p, uid, VOTES);

        await expect(openAnswer(p, statement, { ...opened, outputHash }))
          .to.be.revertedWithCustomError(p.quorum, "NotAnOutput")
          .withArgs(uid, outputHash);
      });

    it("refuses an answer with a trace", async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const traceHash = hash("trace");
      const { uid, statement } = await commitStatement(p, { answer: answerOf(p.prover, RIGHT, traceHash) });
      await draw(p, uid);
      await commitVotes(p, uid, VOTES);

      await expect(openAnswer(p, statement, { ...opened, traceHash }))
        .to.be.revertedWithCustomError(p.quorum, "UnexpectedTrace")
        .withArgs(uid, traceHash);
    });

    it("opens the answer until the last second", async () => {
      const p = await networkHelpers.loadFixture(committed);
      await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil - 1n);

      await expect(openAnswer(p, p.statement)).to.emit(p.registry, "Attested");

      expect((await p.quorum.caseOf(p.uid)).proverRevealed).to.equal(true);
    });
  });
});
