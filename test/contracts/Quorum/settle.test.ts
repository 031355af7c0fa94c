import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { INVALID, UNAVAILABLE } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash } from "../fixtures.ts";
import {
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  OTHER,
  openAnswer,
  type Panels,
  panelProtocol,
  RIGHT,
  revealVotes,
  secondRound,
  until,
  type Vote,
  WRONG,
} from "../panels.ts";
import { contextOf, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const ABSENT = undefined;

type Decision = "Verified" | "Refuted" | "Void";

describe("Quorum.settle", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  /** What became of the money: who was penalised, who was paid, and that nothing of the prover's stays locked. */
  async function money(p: Panels, members: readonly HardhatEthersSigner[]) {
    const { seatPenalty, verifierBond, seatFee } = p.parameters;
    const penalised = [];
    const paid = [];
    for (const [i, member] of members.entries()) {
      const { locked } = await p.bonds.bondOf(p.quorum, member);
      if (locked === verifierBond - seatPenalty) penalised.push(i);
      else expect(locked).to.equal(verifierBond);
      const claimable = await p.bonds.claimableOf(member);
      if (claimable === seatFee) paid.push(i);
      else expect(claimable).to.equal(0);
    }
    const { free, locked } = await p.bonds.bondOf(p.quorum, p.prover);
    expect(locked).to.equal(0);
    expect(free).to.equal(10n ** 18n - seatFee * BigInt(paid.length));
    expect(await p.bonds.burned()).to.equal(seatPenalty * BigInt(penalised.length));
    return { penalised, paid };
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
      await p.quorum.settle(uid);

      await expect(p.quorum.settle(uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(uid);
    });

    it("while the panel may still be drawn", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      const { drawUntil } = await p.quorum.caseOf(uid);
      await networkHelpers.time.setNextBlockTimestamp(drawUntil - 1n);

      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, drawUntil);
    });

    it("while members may still commit, though none has", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      await draw(p, uid);

      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, (await p.quorum.caseOf(uid)).revealUntil);
    });

    it("while a member or the prover may still reveal", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      await draw(p, uid);
      await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);
      const { revealUntil } = await p.quorum.caseOf(uid);
      await revealVotes(p, uid, [RIGHT, RIGHT, RIGHT]);
      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, revealUntil);

      const second = await commitAttestation(p, { context: await contextOf(p, 1n, 1n) });
      await draw(p, second.uid);
      await commitVotes(p, second.uid, [RIGHT, RIGHT, RIGHT]);
      await openAnswer(p, second.attestation);
      await revealVotes(p, second.uid, [RIGHT, RIGHT, ABSENT]);
      const end = (await p.quorum.caseOf(second.uid)).revealUntil;
      await networkHelpers.time.setNextBlockTimestamp(end - 1n);
      await expect(p.quorum.settle(second.uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(second.uid, end);
    });

    it("while the second panel votes, though the prover's answer is open", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
      await p.quorum.settle(uid);
      await draw(p, uid);

      await expect(p.quorum.settle(uid))
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToSettle")
        .withArgs(uid, (await p.quorum.caseOf(uid)).revealUntil);
    });
  });

  // Votes of the first panel; what it decides; who of it is penalised; who is paid for a unit, and for free work.
  const decided: [string, Vote[], Decision, number[], number[], number[]][] = [
    ["all agree with the prover", [RIGHT, RIGHT, RIGHT], "Verified", [], [], [0, 1, 2]],
    ["two agree with the prover", [RIGHT, WRONG, RIGHT], "Verified", [1], [], [0, 2]],
    ["two agree, one is absent", [ABSENT, RIGHT, RIGHT], "Verified", [0], [], [1, 2]],
    ["two agree, one calls it invalid", [RIGHT, RIGHT, INVALID], "Verified", [2], [], [0, 1]],
    ["two agree, one can't get the model", [RIGHT, RIGHT, UNAVAILABLE], "Verified", [2], [], [0, 1]],
    ["all have another output", [WRONG, WRONG, WRONG], "Refuted", [], [0, 1, 2], [0, 1, 2]],
    ["two have another output", [WRONG, RIGHT, WRONG], "Refuted", [1], [0, 2], [0, 2]],
    ["two call it invalid", [INVALID, INVALID, RIGHT], "Refuted", [2], [0, 1], [0, 1]],
    ["two can't get the model", [UNAVAILABLE, RIGHT, UNAVAILABLE], "Void", [], [], [0, 1, 2]],
    ["two can't get the model, one is absent", [UNAVAILABLE, ABSENT, UNAVAILABLE], "Void", [1], [], [0, 2]],
  ];
  for (const [what, votes, status, penalised, paidForUnit, paidForFree] of decided)
    for (const [kind, paid] of [
      ["a unit", paidForUnit],
      ["free work", paidForFree],
    ] as const)
      it(`settles ${kind} as ${status} in the first round if ${what}`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const context = kind === "a unit" ? await contextOf(p, 1n) : FREE_CONTEXT;
        const { uid, members } = await firstRound(p, votes, { context });
        if (votes.includes(ABSENT)) await until(p, (await p.quorum.caseOf(uid)).commitUntil);

        const settled = p.quorum.connect(p.admin).settle(uid);

        await expect(settled).to.emit(p.registry, "StatusChanged").withArgs(uid, Status[status], p.admin);
        for (const i of penalised)
          await expect(settled).to.emit(p.quorum, "Penalised").withArgs(uid, members[i], p.parameters.seatPenalty);
        expect(await money(p, members)).to.deep.equal({ penalised, paid });
        expect((await p.quorum.caseOf(uid)).done).to.equal(true);
      });

  it("refutes a prover that doesn't reveal, pays who revealed and penalises who didn't", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    const members = await draw(p, uid);
    await commitVotes(p, uid, [RIGHT, RIGHT, ABSENT]);
    await revealVotes(p, uid, [RIGHT, ABSENT, ABSENT]);
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
    expect(await money(p, members)).to.deep.equal({ penalised: [1, 2], paid: [0] });
  });

  it("refutes a prover that doesn't reveal, though no member did anything", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    const members = await draw(p, uid);
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
    expect(await money(p, members)).to.deep.equal({ penalised: [0, 1, 2], paid: [] });
  });

  it("voids an attestation whose panel nobody drew, and returns the deposit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).drawUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
    expect(await money(p, [])).to.deep.equal({ penalised: [], paid: [] });
  });

  for (const [what, votes, most] of [
    ["all differ", [RIGHT, WRONG, OTHER], 1],
    ["one differs and one is absent", [RIGHT, WRONG, ABSENT], 1],
    ["an output and an invalid one differ", [WRONG, INVALID, RIGHT], 1],
    ["nobody votes", [ABSENT, ABSENT, ABSENT], 0],
  ] as const)
    it(`calls a second panel if ${what}, in time counted from the first's end`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, votes);
      const { revealUntil } = await p.quorum.caseOf(uid);

      const settled = p.quorum.settle(uid);

      await expect(settled).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 1, most);
      await expect(settled).not.to.emit(p.quorum, "Penalised");
      const { round, drawn, committed, revealed, proverRevealed, drawBlock, drawUntil } = await p.quorum.caseOf(uid);
      expect([round, drawn, committed, revealed, proverRevealed]).to.deep.equal([2n, false, 0n, 0n, true]);
      expect(drawBlock).to.equal((await networkHelpers.time.latestBlock()) + 1);
      expect(drawUntil).to.equal(revealUntil + 60n);
      expect(await p.registry.statusOf(uid)).to.equal(Status.Pending);
    });

  // The first panel's votes are RIGHT, WRONG, OTHER; these are the second's. Members 0 to 2 are the first panel's.
  const decidedLater: [string, Vote[], Decision, number[], number[], number[]][] = [
    ["all agree", Array(5).fill(RIGHT), "Verified", [1, 2], [], [0, 3, 4, 5, 6, 7]],
    ["three agree", [RIGHT, ABSENT, RIGHT, WRONG, RIGHT], "Verified", [1, 2, 4, 6], [], [0, 3, 5, 7]],
    ["three differ", [WRONG, WRONG, RIGHT, WRONG, OTHER], "Refuted", [0, 2, 5, 7], [1, 3, 4, 6], [1, 3, 4, 6]],
    ["three say invalid", [INVALID, INVALID, INVALID, RIGHT, RIGHT], "Refuted", [0, 1, 2, 6, 7], [3, 4, 5], [3, 4, 5]],
    ["three can't", [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, RIGHT, ABSENT], "Void", [7], [], [0, 1, 2, 3, 4, 5, 6]],
    ["none decides", [RIGHT, RIGHT, WRONG, WRONG, ABSENT], "Void", [7], [], [0, 1, 2, 3, 4, 5, 6]],
  ];
  for (const [what, votes, status, penalised, paidForUnit, paidForFree] of decidedLater)
    for (const [kind, paid] of [
      ["a unit", paidForUnit],
      ["free work", paidForFree],
    ] as const)
      it(`settles ${kind} as ${status} in the second round if ${what}`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const context = kind === "a unit" ? await contextOf(p, 1n) : FREE_CONTEXT;
        const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER], { context });
        await p.quorum.settle(uid);
        const all = [...members, ...(await secondRound(p, uid, votes))];

        await p.quorum.settle(uid);

        expect(await p.registry.statusOf(uid)).to.equal(Status[status]);
        expect(await money(p, all)).to.deep.equal({ penalised, paid });
      });

  it("decides the second round by its own votes alone", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [WRONG, OTHER, INVALID]);
    await p.quorum.settle(uid);
    // With the first panel's vote WRONG would have three, as many as a second panel needs.
    await secondRound(p, uid, [WRONG, WRONG, RIGHT, RIGHT, OTHER]);

    await expect(p.quorum.settle(uid)).to.emit(p.quorum, "RoundUndecided").withArgs(uid, 2, 2);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
  });

  it("voids an attestation whose second panel nobody drew, penalising the first panel's absent", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, ABSENT]);
    await p.quorum.settle(uid);
    await until(p, (await p.quorum.caseOf(uid)).drawUntil);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
    expect(await money(p, members)).to.deep.equal({ penalised: [2], paid: [] });
  });
});
