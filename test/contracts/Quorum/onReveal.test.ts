import { expect } from "chai";
import { network } from "hardhat";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import { hash, opened } from "../fixtures.ts";
import {
  ABSENT,
  answerOf,
  appeal,
  commitAttestation,
  committedPanel,
  commitVotes,
  draw,
  drawnPanel,
  NOTHING,
  openAnswer,
  panelProtocol,
  RIGHT,
  revealVotes,
  until,
} from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum, when the prover reveals", () => {
  async function drawn() {
    return drawnPanel(ethers, networkHelpers);
  }

  async function committed() {
    return committedPanel(ethers, networkHelpers);
  }

  it("refuses before the panel is drawn, and before it has committed", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, attestation } = await commitAttestation(p);
    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
    await draw(p, uid);
    const { commitUntil } = await p.quorum.caseOf(uid);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil - 1n);

    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
  });

  it("refuses while missed seats aren't filled again, and while those members may commit", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const { uid, attestation } = p;
    await commitVotes(p, uid, [RIGHT, RIGHT, ABSENT]);
    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
    await p.quorum.refill(uid);
    const { commitUntil } = await p.quorum.caseOf(uid);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil - 1n);
    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil);

    await openAnswer(p, attestation);

    expect((await p.quorum.caseOf(uid)).proverRevealed).to.equal(true);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

    await expect(openAnswer(p, p.attestation))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses a second reveal", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await openAnswer(p, p.attestation);

    await expect(openAnswer(p, p.attestation))
      .to.be.revertedWithCustomError(p.registry, "NothingToReveal")
      .withArgs(p.uid);
  });

  for (const [name, outputHash] of Object.entries({ INVALID, UNAVAILABLE, NOTHING }))
    it(`refuses ${name} for an answer`, async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const { uid, attestation } = await commitAttestation(p, { answer: answerOf(p.prover, outputHash) });
      await draw(p, uid);
      await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);

      await expect(openAnswer(p, attestation, { ...opened, outputHash }))
        .to.be.revertedWithCustomError(p.quorum, "NotAnOutput")
        .withArgs(uid, outputHash);
    });

  it("refuses an answer with a trace", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const traceHash = hash("trace");
    const { uid, attestation } = await commitAttestation(p, { answer: answerOf(p.prover, RIGHT, traceHash) });
    await draw(p, uid);
    await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);

    await expect(openAnswer(p, attestation, { ...opened, traceHash }))
      .to.be.revertedWithCustomError(p.quorum, "UnexpectedTrace")
      .withArgs(uid, traceHash);
  });

  it("opens the answer until the last second", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil - 1n);

    await expect(openAnswer(p, p.attestation)).to.emit(p.registry, "Attested");

    expect((await p.quorum.caseOf(p.uid)).proverRevealed).to.equal(true);
  });

  it("ends the round after all votes that were committed to, and not before", async () => {
    const p = await networkHelpers.loadFixture(committed);
    const snapshot = await networkHelpers.takeSnapshot();
    await revealVotes(p, p.uid, [RIGHT, RIGHT, ABSENT]);
    await openAnswer(p, p.attestation);
    expect((await p.quorum.caseOf(p.uid)).revealUntil).to.be.above(await networkHelpers.time.latest());
    await snapshot.restore();
    await revealVotes(p, p.uid, [RIGHT, RIGHT, RIGHT]);
    const now = (await p.quorum.caseOf(p.uid)).revealUntil - 9n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(openAnswer(p, p.attestation)).to.emit(p.quorum, "RevealEnded").withArgs(p.uid, 1, now);

    expect((await p.quorum.caseOf(p.uid)).revealUntil).to.equal(now);
  });

  it("refuses between the rounds, and opens a late answer while the deciding panel reveals", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await revealVotes(p, p.uid, [RIGHT, RIGHT, RIGHT]);
    await until(p, (await p.quorum.caseOf(p.uid)).revealUntil);
    await appeal(p, p.uid);
    await expect(openAnswer(p, p.attestation))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 2);
    await draw(p, p.uid);
    await commitVotes(p, p.uid, [RIGHT, ABSENT, ABSENT, ABSENT, ABSENT]);

    await openAnswer(p, p.attestation);

    expect((await p.quorum.caseOf(p.uid)).proverRevealed).to.equal(true);
    await revealVotes(p, p.uid, [RIGHT]);
    await p.quorum.settle(p.uid);
  });
});
