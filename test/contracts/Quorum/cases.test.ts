import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { UNAVAILABLE } from "../../../sdk/votes.ts";
import { ETHER, hash } from "../fixtures.ts";
import {
  allMembersOf,
  appeal,
  commitAttestation,
  decidingRound,
  draw,
  expectMoney,
  firstRound,
  panelProtocol,
  play,
  RIGHT,
  settle,
  until,
  type Vote,
  WRONG,
} from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const rights: Vote[] = Array(5).fill(RIGHT);
const wrongs: Vote[] = Array(5).fill(WRONG);

describe("Quorum, attacked", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  describe("A1: members who hold two seats of three", () => {
    it("void no honest work in the shortest list there may be, and pay for the try", async () => {
      const p = await panelProtocol(ethers, networkHelpers, 7);
      const { uid } = await play(p, { first: [UNAVAILABLE, RIGHT, UNAVAILABLE], deciding: rights });

      await settle(p, uid);

      expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
      const lost = [1_000, 0, 1_000, 0, 0, 0, 0, 0];
      const paid = [0, 1_000, 0, 500, 500, 500, 500, 500];
      await expectMoney(p, uid, { lost, paid, prover: 3_750, caller: 2_250, burned: 0 });
    });

    it("save no lie from the deciding panel, which ends the unit", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid, attestation } = await play(p, { first: [RIGHT, UNAVAILABLE, WRONG], deciding: wrongs });

      await settle(p, uid);

      expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
      await expect(commitAttestation(p, { inputHash: hash("another try") }))
        .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
        .withArgs(attestation.context, uid);
    });
  });

  it("A2: a prover that keeps its answer back doesn't save its friend the price of a vote for the lie", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await play(p, { first: [WRONG, RIGHT, WRONG], opens: false });

    await settle(p, uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
    await expectMoney(p, uid, { lost: [0, 10_000, 0], paid: [1_000, 0, 1_000], prover: 8_250, burned: 16_250 });
  });

  it("A4: members who hold a first panel don't refute a rival that appeals, who is paid by them", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [WRONG, WRONG, WRONG]);
    await appeal(p, uid, p.prover);
    await decidingRound(p, uid, rights);

    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
    const { stake, voteLoss, verifierBond } = p.parameters;
    for (const hostile of members)
      expect((await p.bonds.bondOf(p.quorum, hostile)).locked).to.equal(verifierBond - voteLoss);
    const { free, locked } = await p.bonds.bondOf(p.quorum, p.prover);
    expect([free, locked]).to.deep.equal([ETHER + stake, 0n]);
    expect(await p.bonds.claimableOf(p.prover)).to.equal(stake);
  });

  it("A5: an outage of all verifiers under full load costs each five absences at the most", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 7, { load: 12 });
    await p.bonds.deposit(p.quorum, p.prover, { value: ETHER });
    const uids: Hex[] = [];
    for (let i = 0; i < 14; i++) uids.push((await commitAttestation(p, { inputHash: hash(`input ${i}`) })).uid);
    await expect(commitAttestation(p)).to.be.revertedWithCustomError(p.quorum, "TooManyPending").withArgs(14, 14);
    const seats = new Map<HardhatEthersSigner, number>();
    for (const uid of uids) for (const member of await draw(p, uid)) seats.set(member, (seats.get(member) ?? 0) + 1);
    for (const due of ["revealUntil", "drawUntil"] as const)
      for (const uid of uids) {
        await until(p, (await p.quorum.caseOf(uid))[due]);
        await p.quorum.settle(uid);
      }

    expect(Math.max(...seats.values())).to.be.above(5);
    for (const [member, count] of seats) {
      const { locked } = await p.bonds.bondOf(p.quorum, member);
      expect(p.parameters.verifierBond - locked).to.equal(BigInt(Math.min(count, 5)) * p.parameters.absenceLoss);
    }
  });

  describe("A6: a prover", () => {
    it("finds the same panel in whatever block it draws, or others do", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await commitAttestation(p);
      await networkHelpers.mine();
      const snapshot = await networkHelpers.takeSnapshot();
      const panels = new Set<string>();
      for (const [blocks, drawer] of [
        [0, p.prover],
        [1, p.other],
        [30, p.prover],
        [55, p.admin],
      ] as const) {
        if (blocks !== 0) await networkHelpers.mine(blocks);
        await p.quorum.connect(drawer).draw(uid, "0x");
        panels.add((await allMembersOf(p, uid)).map(({ address }) => address).join());
        await snapshot.restore();
      }

      expect(panels.size).to.equal(1);
    });

    it("pays its stake for each panel that it doesn't like and nobody draws, three times at most", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { stake } = p.parameters;
      for (let tries = 1n; tries <= 3n; tries++) {
        const { uid } = await commitAttestation(p, { inputHash: hash(`${tries}`) });
        await until(p, (await p.quorum.caseOf(uid)).drawUntil);
        await p.quorum.settle(uid);
        expect((await p.bonds.bondOf(p.quorum, p.prover)).free).to.equal(ETHER - tries * stake);
      }

      await expect(commitAttestation(p, { inputHash: hash("another") })).to.be.revertedWithCustomError(
        p.quorum,
        "NoTriesLeft",
      );
      expect(await p.bonds.burned()).to.equal(3n * stake);
    });
  });
});
