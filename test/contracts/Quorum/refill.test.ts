import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  appeal,
  caseOf,
  commitAttestation,
  committedPanel,
  commitVotes,
  draw,
  drawnPanel,
  firstRound,
  join,
  OTHER,
  openAnswer,
  panelProtocol,
  RIGHT,
  revealVotes,
  SeatState,
  Stage,
  settle,
  show,
  shuffled,
  until,
  WRONG,
} from "../panels.ts";
import { contextOf, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const addresses = (accounts: readonly { address: string }[]) => accounts.map(({ address }) => address);

describe("Quorum.refill", () => {
  async function drawn() {
    return drawnPanel(ethers, networkHelpers);
  }

  /** A panel whose second member has missed its seat. */
  async function missed() {
    const p = await drawnPanel(ethers, networkHelpers);
    await commitVotes(p, p.uid, [RIGHT, ABSENT, RIGHT]);
    return p;
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(drawn);

    await expect(quorum.refill(hash("uid")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses before the panel is drawn, between the rounds, and a run that is shown", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const fresh = await commitAttestation(p, { context: await contextOf(p, 1n, 1n) });
    await expect(p.quorum.refill(fresh.uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(fresh.uid, Stage.Drawing);

    const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 2n) });
    await p.quorum.settle(uid);
    await expect(p.quorum.refill(uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(uid, Stage.Drawing);

    await show(p, uid);
    await expect(p.quorum.refill(uid)).to.be.revertedWithCustomError(p.quorum, "NotVoting").withArgs(uid, Stage.Shown);
  });

  it("refuses a settled attestation", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT], { context: await contextOf(p, 1n, 1n) });
    await settle(p, uid);

    await expect(p.quorum.refill(uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(uid);
  });

  it("refuses while members may still commit", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil - 1n);

    await expect(p.quorum.refill(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(p.uid);
  });

  it("refuses once the round is over", async () => {
    const p = await networkHelpers.loadFixture(missed);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

    await expect(p.quorum.refill(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(p.uid);
  });

  it("refuses a panel that has committed", async () => {
    const p = await committedPanel(ethers, networkHelpers);

    await expect(p.quorum.refill(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(p.uid);
  });

  it("refuses a second time, while the new members may commit and after", async () => {
    const p = await networkHelpers.loadFixture(missed);
    await p.quorum.refill(p.uid);
    await expect(p.quorum.refill(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(p.uid);
    await until(p, (await p.quorum.caseOf(p.uid)).commitUntil);

    await expect(p.quorum.refill(p.uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(p.uid);
  });

  it("refuses the deciding panel, of whose members some are missing", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT], { context: await contextOf(p, 1n, 1n) });
    await appeal(p, uid);
    await draw(p, uid);
    await commitVotes(p, uid, [RIGHT, ABSENT, ABSENT, ABSENT, ABSENT]);

    await expect(p.quorum.refill(uid)).to.be.revertedWithCustomError(p.quorum, "NothingToRefill").withArgs(uid);
  });

  for (const [what, missed, after] of [
    ["one missed seat at the first moment", [1], 0n],
    ["two missed seats", [0, 2], 30n],
    ["the whole panel at the last moment", [0, 1, 2], 59n],
  ] as [string, number[], bigint][])
    it(`fills ${what} from the same draw, on anyone's call`, async () => {
      const p = await networkHelpers.loadFixture(drawn);
      const { uid } = await commitAttestation(p, { context: await contextOf(p, 1n, 1n) });
      await p.beacon.set((await p.quorum.caseOf(uid)).drawBlock, hash("value"));
      const before = await draw(p, uid);
      for (const [seat, member] of before.entries())
        if (!missed.includes(seat)) await p.quorum.connect(member).commit(uid, seat, hash("vote"));
      const now = (await p.quorum.caseOf(uid)).commitUntil + after;
      await networkHelpers.time.setNextBlockTimestamp(now);
      const late = addresses(shuffled(p.verifiers, hash("value"), uid, 1)).slice(3, 3 + missed.length);

      await expect(p.quorum.connect(p.other).refill(uid))
        .to.emit(p.quorum, "PanelRefilled")
        .withArgs(uid, late, now + 60n, now + 120n);

      const seats = await p.quorum.seatsOf(uid);
      expect(seats.map(({ member }) => member)).to.deep.equal([...addresses(before), ...late]);
      expect(seats.map(({ round }) => round)).to.deep.equal(seats.map(() => 1n));
      expect(seats.map(({ state }) => state)).to.deep.equal([
        ...before.map((_, seat) => (missed.includes(seat) ? SeatState.Missed : SeatState.Committed)),
        ...late.map(() => SeatState.Drawn),
      ]);
      const { stage, refilled, firstSeats, committed, commitUntil, revealUntil } = await caseOf(p, uid);
      expect([stage, refilled, commitUntil, revealUntil]).to.deep.equal([Stage.Voting, true, now + 60n, now + 120n]);
      expect([firstSeats, committed]).to.deep.equal([BigInt(3 + missed.length), BigInt(3 - missed.length)]);
    });

  it("skips the prover in the draw", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 6);
    await join(p, p.prover);
    const list = [...p.verifiers, p.prover];
    for (const unit of [0n, 1n, 2n, 3n]) {
      const { uid } = await commitAttestation(p, { context: await contextOf(p, 1n, unit) });
      // Values that deal the prover first, last of the panel, first of the refill, last of it.
      const place = [0, 2, 3, 5][Number(unit)];
      let value = hash("value");
      while (shuffled(list, value, uid, 1).indexOf(p.prover) !== place) value = hash(value);
      await p.beacon.set((await p.quorum.caseOf(uid)).drawBlock, value);
      await draw(p, uid);
      await until(p, (await p.quorum.caseOf(uid)).commitUntil);

      await p.quorum.refill(uid);

      const dealt = shuffled(list, value, uid, 1).filter((member) => member !== p.prover);
      expect((await p.quorum.seatsOf(uid)).map(({ member }) => member)).to.deep.equal(addresses(dealt));
    }
  });

  it("has the new members decide with those that kept theirs, once they have committed", async () => {
    const p = await networkHelpers.loadFixture(missed);
    await p.quorum.refill(p.uid);
    const [, , , late] = (await p.quorum.seatsOf(p.uid)).map(({ member }) => member);
    expect(addresses(p.members)).not.to.include(late);
    await commitVotes(p, p.uid, [ABSENT, ABSENT, RIGHT]);
    await openAnswer(p, p.attestation);
    await revealVotes(p, p.uid, [RIGHT]);
    await revealVotes(p, p.uid, [ABSENT, ABSENT, RIGHT]);

    await settle(p, p.uid);

    expect(await p.registry.statusOf(p.uid)).to.equal(Status.Verified);
  });
});
