import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { UNAVAILABLE } from "../../../sdk/votes.ts";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  attestationUnder,
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  join,
  type Panels,
  panelProtocol,
  play,
  RIGHT,
  revealVotes,
  SILENT,
  settle,
  shuffled,
  until,
  type Vote,
  WRONG,
} from "../panels.ts";
import { record } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const DAY = 86_400n;

describe("Quorum's penalties", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  /** Three verifiers who are all on each deciding panel. There are no fees and stakes. */
  const small = (parameters: Parameters<typeof panelProtocol>[3] = {}) =>
    panelProtocol(ethers, networkHelpers, 3, {
      ...{ firstPanel: 1, firstThreshold: 1, decidingPanel: 3, decidingThreshold: 2, load: 255 },
      ...{ seatFee: 0n, stake: 0n, ...parameters },
    });

  /** Attestations whose deciding panels vote as `vote` says of each member, and can be settled afterwards. */
  async function decided(p: Panels, count: number, vote: (member: HardhatEthersSigner) => Vote) {
    const uids: Hex[] = [];
    for (let i = 0; i < count; i++) {
      const { uid } = await firstRound(p, [UNAVAILABLE], { inputHash: hash(`input ${i}`) });
      await p.quorum.settle(uid);
      const votes = (await draw(p, uid)).map(vote);
      if (votes.some((vote) => vote !== ABSENT)) {
        await commitVotes(p, uid, votes);
        await revealVotes(p, uid, votes);
      }
      uids.push(uid);
    }
    for (const uid of uids) await until(p, (await p.quorum.caseOf(uid)).revealUntil);
    return uids;
  }

  /** The first verifier votes against the others. */
  const lost = (p: Panels, count: number) =>
    decided(p, count, (member) => (member === p.verifiers[0] ? WRONG : RIGHT)) as Promise<[Hex, Hex, Hex, Hex]>;

  const lockedOf = async ({ bonds, quorum }: Panels, account: HardhatEthersSigner) =>
    (await bonds.bondOf(quorum, account)).locked;

  const first = ({ verifiers }: Panels) => verifiers[0] as HardhatEthersSigner;

  it("are told of each seat that lost something, and of no other", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { voteLoss, absenceLoss, seatFee } = p.parameters;
    const { uid, members } = await play(p, {
      first: [ABSENT, SILENT, RIGHT, UNAVAILABLE],
      deciding: [RIGHT, WRONG, ABSENT, RIGHT, RIGHT],
    });

    await settle(p, uid);

    const penalised = await p.quorum.queryFilter(p.quorum.filters.Penalised(uid), "latest");
    expect(penalised.map(({ args }) => [args.member, args.amount])).to.deep.equal([
      [members[0]?.address, absenceLoss],
      [members[1]?.address, voteLoss],
      [members[3]?.address, seatFee],
      [members[5]?.address, voteLoss],
      [members[6]?.address, absenceLoss],
    ]);
  });

  it("are told once of first members whose fees are more than their half of what lacks", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, {
      first: [UNAVAILABLE, RIGHT, UNAVAILABLE],
      deciding: [RIGHT, RIGHT, RIGHT, RIGHT, RIGHT],
    });

    await settle(p, uid);

    const penalised = await p.quorum.queryFilter(p.quorum.filters.Penalised(uid), "latest");
    expect(penalised.map(({ args }) => [args.member, args.amount])).to.deep.equal([
      [members[0]?.address, p.parameters.seatFee],
      [members[2]?.address, p.parameters.seatFee],
    ]);
  });

  it("take who was absent off the list, and nobody else", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [RIGHT, ABSENT, WRONG, RIGHT] });

    const settled = settle(p, uid);

    await expect(settled).to.emit(p.quorum, "Left");
    const [left, ...others] = await p.quorum.queryFilter(p.quorum.filters.Left(), "latest");
    const now = BigInt(await networkHelpers.time.latest());
    expect([left?.args.member, left?.args.bondFreeAt, others.length]).to.deep.equal([
      ...[members[1]?.address, now + 2n * (await p.quorum.longest()), 0],
    ]);
    for (const verifier of p.verifiers) expect(await p.quorum.isMember(verifier)).to.equal(verifier !== members[1]);
    expect(await p.quorum.memberCount()).to.equal(8);
  });

  it("charge an absent member that left before, and don't take it off twice", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    const [absent] = (await draw(p, uid)) as [HardhatEthersSigner];
    await commitVotes(p, uid, [ABSENT, RIGHT, RIGHT]);
    await p.quorum.connect(absent).quit();
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);
    await p.quorum.settle(uid);
    await until(p, (await p.quorum.caseOf(uid)).drawUntil);

    const settled = p.quorum.settle(uid);

    await expect(settled).to.emit(p.quorum, "Penalised").withArgs(uid, absent, p.parameters.absenceLoss);
    await expect(settled).not.to.emit(p.quorum, "Left");
  });

  describe("for absences", () => {
    it("are paid five times a day, from the first on", async () => {
      const p = await small();
      const { verifierBond, absenceLoss } = p.parameters;
      const uids = await decided(p, 8, () => ABSENT);
      const settleNext = () => p.quorum.settle(uids.shift() as Hex);
      await settleNext();
      const since = BigInt(await networkHelpers.time.latest());
      for (let i = 2n; i <= 5n; i++) {
        await expect(settleNext()).to.emit(p.quorum, "Penalised");
        for (const verifier of p.verifiers)
          expect(await lockedOf(p, verifier)).to.equal(verifierBond - i * absenceLoss);
      }

      await expect(settleNext()).not.to.emit(p.quorum, "Penalised");
      await networkHelpers.time.setNextBlockTimestamp(since + DAY - 1n);
      await expect(settleNext()).not.to.emit(p.quorum, "Penalised");
      await networkHelpers.time.setNextBlockTimestamp(since + DAY);
      await expect(settleNext()).to.emit(p.quorum, "Penalised");

      for (const verifier of p.verifiers) expect(await lockedOf(p, verifier)).to.equal(verifierBond - 6n * absenceLoss);
      await expect(p.quorum.connect(first(p)).join())
        .to.be.revertedWithCustomError(p.quorum, "TooEarlyToJoin")
        .withArgs(since + 2n * DAY);
    });

    it("are paid again by a member that came back and left, though it was absent five times before", async () => {
      const p = await small();
      const { absenceLoss } = p.parameters;
      for (const uid of await decided(p, 5, () => ABSENT)) await p.quorum.settle(uid);
      await networkHelpers.time.increase(DAY);
      for (const verifier of p.verifiers) await join(p, verifier);
      const { uid } = await commitAttestation(p, { inputHash: hash("later") });
      const [member] = (await draw(p, uid)) as [HardhatEthersSigner];
      await p.quorum.connect(member).quit();
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);
      await p.quorum.settle(uid);
      await until(p, (await p.quorum.caseOf(uid)).drawUntil);

      await expect(p.quorum.settle(uid)).to.emit(p.quorum, "Penalised").withArgs(uid, member, absenceLoss);
    });
  });

  describe("of a bond", () => {
    it("leave a member on the list with half of it, and not with less", async () => {
      const p = await small({ verifierBond: 4n, voteLoss: 2n, absenceLoss: 1n });
      const [a, b, c] = await lost(p, 3);

      const half = p.quorum.settle(a);
      await expect(half).to.emit(p.quorum, "Penalised").withArgs(a, first(p), 2);
      await expect(half).not.to.emit(p.quorum, "Left");
      expect([await lockedOf(p, first(p)), await p.quorum.isMember(first(p))]).to.deep.equal([2n, true]);

      const nothing = p.quorum.settle(b);
      await expect(nothing).to.emit(p.quorum, "Penalised").withArgs(b, first(p), 2);
      await expect(nothing)
        .to.emit(p.quorum, "Left")
        .withArgs(first(p), BigInt(await networkHelpers.time.latest()) + 2n * (await p.quorum.longest()));
      expect([await lockedOf(p, first(p)), await p.quorum.isMember(first(p))]).to.deep.equal([0n, false]);

      const again = p.quorum.settle(c);
      await expect(again).to.emit(p.quorum, "Penalised").withArgs(c, first(p), 0);
      await expect(again).not.to.emit(p.quorum, "Left");
      await expect(p.quorum.connect(first(p)).release())
        .to.be.revertedWithCustomError(p.quorum, "NoBondToRelease")
        .withArgs(first(p));
    });

    it("take no more than what is left of it", async () => {
      const p = await small({ verifierBond: 5n, voteLoss: 2n, absenceLoss: 1n });
      const uids = await lost(p, 4);

      for (const [i, [amount, isMember]] of (
        [
          [2n, true],
          [2n, false],
          [1n, false],
          [0n, false],
        ] as const
      ).entries()) {
        const uid = uids[i] as Hex;
        await expect(p.quorum.settle(uid)).to.emit(p.quorum, "Penalised").withArgs(uid, first(p), amount);
        expect(await p.quorum.isMember(first(p))).to.equal(isMember);
      }

      expect(await lockedOf(p, first(p))).to.equal(0);
      expect(await p.bonds.burned()).to.equal(5);
    });

    it("meet a new one for seats that the account held under an old one", async () => {
      const p = await small({ verifierBond: 4n, voteLoss: 2n, absenceLoss: 1n });
      const [a, b, c] = await lost(p, 3);
      for (const uid of [a, b]) await p.quorum.settle(uid);
      await join(p, first(p));

      await p.quorum.settle(c);

      expect([await lockedOf(p, first(p)), await p.quorum.isMember(first(p))]).to.deep.equal([2n, true]);
    });

    it("leave a member's deposits as prover alone", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { verifierBond, absenceLoss } = p.parameters;
      await join(p, p.prover);
      await commitAttestation(p);
      const deposit = await p.quorum.depositPerAttestation();
      expect(await lockedOf(p, p.prover)).to.equal(verifierBond + deposit);
      const uid = await record(p, p.other, await attestationUnder(p, p.other));
      let value = hash("value");
      while (shuffled([...p.verifiers, p.prover], value, uid, 1).indexOf(p.prover) > 2) value = hash(value);
      await p.beacon.set((await p.quorum.caseOf(uid)).drawBlock, value);
      expect(await draw(p, uid)).to.include(p.prover);
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);
      await p.quorum.settle(uid);
      await until(p, (await p.quorum.caseOf(uid)).drawUntil);

      await p.quorum.settle(uid);

      expect(await lockedOf(p, p.prover)).to.equal(verifierBond + deposit - absenceLoss);
    });
  });
});
