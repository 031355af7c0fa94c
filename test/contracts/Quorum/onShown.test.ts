import { expect } from "chai";
import { network } from "hardhat";
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
  Stage,
  settle,
  show,
  until,
  WRONG,
} from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum, when a run is shown", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  /** A first round that has decided against the prover. */
  async function decided() {
    const p = await fixture();
    const { uid, attestation } = await firstRound(p, [WRONG, WRONG, RIGHT]);
    return { ...p, uid, attestation };
  }

  /** A deciding panel that an appellant called. */
  async function deciding() {
    const p = await decided();
    await appeal(p, p.uid);
    return p;
  }

  it("refuses anyone but the fraud proofs' contract", async () => {
    const p = await networkHelpers.loadFixture(decided);

    for (const account of [p.prover, p.admin])
      await expect(p.quorum.connect(account).onShown(p.uid, 0, "0x"))
        .to.be.revertedWithCustomError(p.quorum, "NotTheFraudProof")
        .withArgs(account);
  });

  it("refuses an attestation it doesn't know, and a settled one", async () => {
    const p = await networkHelpers.loadFixture(decided);
    await expect(show(p, hash("uid")))
      .to.be.revertedWithCustomError(p.quorum, "UnknownCase")
      .withArgs(hash("uid"));
    await settle(p, p.uid);

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(p.uid);
  });

  it("refuses before the first panel is drawn, while it commits, and while it reveals", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await commitAttestation(p);
    const refuses = () => expect(show(p, uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(uid);
    await refuses();
    await draw(p, uid);
    await refuses();
    await commitVotes(p, uid, [WRONG, WRONG, RIGHT]);
    await openAnswer(p, attestation);
    await revealVotes(p, uid, [WRONG, WRONG, ABSENT]);
    const { revealUntil } = await p.quorum.caseOf(uid);
    await networkHelpers.time.setNextBlockTimestamp(revealUntil - 1n);
    await refuses();
    await networkHelpers.time.setNextBlockTimestamp(revealUntil);

    await expect(show(p, uid)).to.emit(p.quorum, "RunShown");
  });

  it("refuses a prover that didn't reveal, in either round", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [WRONG, WRONG, RIGHT], {}, { opens: false });
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);
    const refuses = () => expect(show(p, uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(uid);
    await refuses();
    await appeal(p, uid);
    await refuses();
    await draw(p, uid);

    await refuses();
  });

  it("refuses once the time to appeal is over", async () => {
    const p = await networkHelpers.loadFixture(decided);
    const { revealUntil } = await p.quorum.caseOf(p.uid);
    await networkHelpers.time.setNextBlockTimestamp(revealUntil + 60n);

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(p.uid);
  });

  it("refuses once the deciding panel's draw is late", async () => {
    const p = await networkHelpers.loadFixture(deciding);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).drawUntil);

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(p.uid);
  });

  it("refuses once the deciding panel's time to commit is over", async () => {
    const p = await networkHelpers.loadFixture(deciding);
    await draw(p, p.uid);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil);

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(p.uid);
  });

  it("refuses once all of the deciding panel have committed", async () => {
    const p = await networkHelpers.loadFixture(deciding);
    await draw(p, p.uid);
    await commitVotes(p, p.uid, Array(5).fill(RIGHT));

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(p.uid);
  });

  it("refuses a second run", async () => {
    const p = await networkHelpers.loadFixture(decided);
    await show(p, p.uid);

    await expect(show(p, p.uid)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(p.uid);
  });

  for (const [what, votes] of [
    ["a decision", [WRONG, WRONG, RIGHT]],
    ["no decision", [RIGHT, WRONG, OTHER]],
  ] as const)
    it(`takes the run after a first round with ${what}, until the last second, and takes the load off the list`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes);
      const before = await caseOf(p, uid);
      expect(await p.quorum.pendingCount()).to.equal(1);
      await networkHelpers.time.setNextBlockTimestamp(before.revealUntil + 59n);

      await expect(show(p, uid, 12_345n, "0xc0ffee"))
        .to.emit(p.quorum, "RunShown")
        .withArgs(uid, 12_345n, "0xc0ffee");

      expect(await caseOf(p, uid)).to.deep.equal({ ...before, stage: Stage.Shown });
      expect(await p.quorum.pendingCount()).to.equal(0);
      expect(await p.registry.statusOf(uid)).to.equal(Status.Pending);
    });

  it("takes the run until the deciding panel's draw is late", async () => {
    const p = await networkHelpers.loadFixture(deciding);
    expect(await p.quorum.pendingCount()).to.equal(0);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).drawUntil - 1n);

    await show(p, p.uid);

    expect((await p.quorum.caseOf(p.uid)).stage).to.equal(Stage.Shown);
    expect(await p.quorum.pendingCount()).to.equal(0);
  });

  it("takes the run until the deciding panel's time to commit is over", async () => {
    const p = await networkHelpers.loadFixture(deciding);
    await draw(p, p.uid);
    const { commitUntil } = await p.quorum.caseOf(p.uid);
    await networkHelpers.time.setNextBlockTimestamp(commitUntil - 1n);

    await show(p, p.uid);

    expect((await p.quorum.caseOf(p.uid)).stage).to.equal(Stage.Shown);
  });
});
