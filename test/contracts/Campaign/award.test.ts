import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex } from "viem";
import { protocol } from "../fixtures.ts";
import {
  bases,
  contextOf,
  draftSeason,
  inputOf,
  MAX_ACCOUNT_POINTS,
  MOCK,
  NO_INPUT,
  openSeason,
  POINTS,
  QUORUM,
  record,
  replay,
  runSeason,
  Status,
  settle,
  settled,
  shownInput,
  UNITS,
  unitAttestation,
  VERIFIER_CAP,
} from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Points of a unit that leaves the season's other tasks and its verifiers just enough. */
const LARGEST = MAX_ACCOUNT_POINTS - VERIFIER_CAP - (2n * POINTS + 1n) * BigInt(UNITS);

describe("Campaign.award", () => {
  /** A running season, its mock saying that inputs are checked. */
  async function fixture() {
    const p = await protocol(ethers);
    await p.method.setChecksInput(true);
    const season = await runSeason(p, networkHelpers, [{ points: LARGEST, unitsPerAccount: 1 }, { points: 1n }]);
    const award = (account: HardhatEthersSigner, attestation: Parameters<typeof p.campaign.award>[1]) =>
      p.campaign.connect(p.other).award(account, attestation, NO_INPUT);
    return { ...p, ...season, award };
  }

  describe("refuses", () => {
    it("attestations that are not for a unit of this campaign", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const twin = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);

      for (const context of [`0x${"00".repeat(32)}` as const, await contextOf({ ...p, campaign: twin })]) {
        const { attestation } = await settled(p, p.prover, Status.Verified, { context });
        await expect(p.award(p.prover, attestation))
          .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
          .withArgs(context);
      }
    });

    it("seasons that are unknown or drafts, tasks that are unknown", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await draftSeason(p, networkHelpers);
      const award = async (taskId: bigint, seasonId: bigint) =>
        p.award(p.prover, await unitAttestation(p, p.prover, { context: await contextOf(p, taskId, 0n, seasonId) }));

      await expect(award(2n, 3n)).to.be.revertedWithCustomError(p.campaign, "UnknownSeason").withArgs(3);
      await expect(award(2n, 2n)).to.be.revertedWithCustomError(p.campaign, "SeasonNotOpen").withArgs(2);
      await expect(award(9n, 1n)).to.be.revertedWithCustomError(p.campaign, "UnknownTask").withArgs(1, 9);
    });

    it("a unit beyond the account's", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const unit = 2n ** 40n - 1n;
      const { attestation } = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 2n, unit) });

      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
        .withArgs(unit, UNITS);
    });

    it("any account but the prover", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { attestation } = await settled(p, p.prover, Status.Verified);

      await expect(p.award(p.other, attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongAccount")
        .withArgs(p.other, p.prover);
    });

    it("an attestation with another account written into it, which nobody recorded", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { attestation } = await settled(p, p.prover, Status.Verified);
      const forged = { ...attestation, prover: p.other.address as Hex };

      await expect(p.award(p.other, forged))
        .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
        .withArgs(await p.registry.uidOf(forged), Status.None, Status.Verified);
    });

    it("another model and another method than the task's", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { attestation } = await settled(p, p.prover, Status.Verified, { modelId: p.floatModel });
      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongModel")
        .withArgs(p.floatModel, p.integerModel);

      const onQuorumsTask = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 1n) });
      await expect(p.award(p.prover, onQuorumsTask.attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
        .withArgs(MOCK, QUORUM);
    });

    for (const status of ["None", "Pending", "Refuted", "Void", "Revoked"] as const)
      it(`an attestation that is ${status}`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const attestation = await unitAttestation(p, p.prover);
        const uid = await p.registry.uidOf(attestation);
        if (status === "Revoked") await p.registry.connect(p.prover).revoke(attestation);
        else if (status !== "None") await record(p, p.prover, attestation);
        if (status === "Refuted" || status === "Void") await settle(p, uid as Hex, Status[status]);

        await expect(p.award(p.prover, attestation))
          .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
          .withArgs(uid, Status[status], Status.Verified);
      });

    it("a season that has no seed yet", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await openSeason(p, networkHelpers);
      const { attestation } = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 2n, 0n, 2n) });

      await expect(p.award(p.prover, attestation)).to.be.revertedWithCustomError(p.campaign, "NotSeeded").withArgs(2);
    });

    it("a unit attested before the season started", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { startsAt, endsAt } = await openSeason(p, networkHelpers);
      await networkHelpers.mine(3);
      await p.campaign.seed(2);
      const attestation = await unitAttestation(p, p.prover, { context: await contextOf(p, 2n, 0n, 2n) });
      await networkHelpers.time.setNextBlockTimestamp(startsAt - 1);
      await settle(p, await record(p, p.prover, attestation), Status.Verified);

      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongTime")
        .withArgs(startsAt - 1, startsAt, endsAt);
    });

    it("a unit attested before the season was seeded", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { startsAt, endsAt } = await openSeason(p, networkHelpers);
      const attestation = await unitAttestation(p, p.prover, { context: await contextOf(p, 2n, 0n, 2n) });
      await networkHelpers.time.setNextBlockTimestamp(startsAt + 10);
      await settle(p, await record(p, p.prover, attestation), Status.Verified);
      await networkHelpers.time.setNextBlockTimestamp(startsAt + 20);
      await p.campaign.seed(2);

      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongTime")
        .withArgs(startsAt + 10, startsAt + 20, endsAt);
    });

    it("a unit attested at the season's end", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const attestation = await unitAttestation(p, p.prover);
      await networkHelpers.time.setNextBlockTimestamp(p.endsAt);
      await settle(p, await record(p, p.prover, attestation), Status.Verified);

      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongTime")
        .withArgs(p.endsAt, p.startsAt, p.endsAt);
    });

    it("anything once the season is closed", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { attestation } = await settled(p, p.prover, Status.Verified);
      await networkHelpers.time.setNextBlockTimestamp(p.closesAt);

      await expect(p.award(p.prover, attestation))
        .to.be.revertedWithCustomError(p.campaign, "SeasonClosed")
        .withArgs(1, p.closesAt);
    });

    it("an attestation twice, and a second attestation for its unit", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const first = await settled(p, p.prover, Status.Verified);
      const second = await settled(p, p.prover, Status.Verified, { inputHash: first.uid });
      await p.award(p.prover, first.attestation);

      for (const { attestation } of [first, second])
        await expect(p.award(p.prover, attestation))
          .to.be.revertedWithCustomError(p.campaign, "UnitSpent")
          .withArgs(1, 2, p.prover, 0);
    });

    it("a unit that a refuted attestation killed", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const refuted = await settled(p, p.prover, Status.Refuted);
      const verified = await settled(p, p.prover, Status.Verified, { inputHash: refuted.uid });
      await p.campaign.burn(refuted.attestation);

      await expect(p.award(p.prover, verified.attestation))
        .to.be.revertedWithCustomError(p.campaign, "UnitSpent")
        .withArgs(1, 2, p.prover, 0);
    });
  });

  describe("where the method does not check inputs", () => {
    async function unchecked() {
      const p = await fixture();
      await p.method.setChecksInput(false);
      const assigned = inputOf(p.seed, 2n, p.prover, 0n);
      const { attestation } = await settled(p, p.prover, Status.Verified, { inputHash: assigned.inputHash });
      return { ...p, assigned, attestation };
    }

    it("refuses another header, base input or proof than the unit's", async () => {
      const p = await networkHelpers.loadFixture(unchecked);
      const { header, base, proof } = p.assigned.shown;
      const [sibling] = proof as [Hex, ...Hex[]];
      for (const shown of [
        NO_INPUT,
        { header: concat([header, "0x00"]), base, proof },
        { header, base: concat([base, "0x00"]), proof },
        { header, base: `${base.slice(0, -2)}55` as Hex, proof },
        { header, base, proof: proof.slice(1) },
        { header, base, proof: [...proof, sibling] },
      ])
        await expect(p.campaign.award(p.prover, p.attestation, shown))
          .to.be.revertedWithCustomError(p.campaign, "WrongBaseInput")
          .withArgs(p.assigned.index);
    });

    it("refuses a base input that stands at another place", async () => {
      const p = await networkHelpers.loadFixture(unchecked);
      const another = shownInput((p.assigned.index + 1) % bases.length);

      await expect(p.campaign.award(p.prover, p.attestation, another))
        .to.be.revertedWithCustomError(p.campaign, "WrongBaseInput")
        .withArgs(p.assigned.index);
    });

    it("refuses another unit's or account's input", async () => {
      const p = await networkHelpers.loadFixture(unchecked);
      for (const neighbour of [inputOf(p.seed, 2n, p.prover, 1n), inputOf(p.seed, 2n, p.other, 0n)]) {
        const { attestation } = await settled(p, p.prover, Status.Verified, { inputHash: neighbour.inputHash });

        await expect(p.campaign.award(p.prover, attestation, p.assigned.shown))
          .to.be.revertedWithCustomError(p.campaign, "WrongInput")
          .withArgs(neighbour.inputHash, p.assigned.inputHash);
      }
    });

    it("takes every input that the sdk assigns", async () => {
      const p = await networkHelpers.loadFixture(unchecked);
      for (const account of [p.prover, p.other, ...p.accounts.slice(0, 3)])
        for (const unit of [0n, 1n, 2n, 3n]) {
          const { inputHash, shown } = inputOf(p.seed, 2n, account, unit);
          const context = await contextOf(p, 2n, unit);
          const attestation = await unitAttestation(p, account, { context, inputHash });
          if (account !== p.prover || unit !== 0n)
            await settle(p, await record(p, account, attestation), Status.Verified);

          await p.campaign.award(account, attestation, shown);

          expect(await p.campaign.isSpent(1, 2, account, unit)).to.equal(true);
        }
    });
  });

  describe("pays", () => {
    it("the task's points to the prover, on anyone's call", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { attestation, uid } = await settled(p, p.prover, Status.Verified);

      const paid = p.award(p.prover, attestation);

      await expect(paid).to.emit(p.campaign, "PointsAwarded").withArgs(1, p.prover, uid, 1, POINTS, 1);
      await expect(paid).not.to.emit(p.campaign, "PointsBurned");
      expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS, 1n, 0n]);
      expect(await p.campaign.isSpent(1, 2, p.prover, 0)).to.equal(true);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("a unit attested in the season's last second, in the last second before it closes", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const attestation = await unitAttestation(p, p.prover);
      await networkHelpers.time.setNextBlockTimestamp(p.endsAt - 1);
      await settle(p, await record(p, p.prover, attestation), Status.Verified);
      await networkHelpers.time.setNextBlockTimestamp(p.closesAt - 1);

      await p.award(p.prover, attestation);

      expect((await p.campaign.entryOf(1, p.prover)).points).to.equal(POINTS);
    });

    it("the most that a season lets one account earn, to as many accounts as come", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      expect((await p.campaign.seasonOf(1)).mostPoints).to.equal(MAX_ACCOUNT_POINTS);
      const context = await contextOf(p, 3n);
      const provers = p.accounts.slice(0, 12);
      for (const account of provers)
        await p.award(account, (await settled(p, account, Status.Verified, { context })).attestation);

      expect((await p.campaign.ledgerOf(1)).totalPoints).to.equal(12n * LARGEST);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("the same unit of every account, and every unit of an account", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      for (const account of [p.prover, p.other])
        for (let unit = 0n; unit < UNITS; unit++) {
          const { attestation } = await settled(p, account, Status.Verified, { context: await contextOf(p, 2n, unit) });
          await p.award(account, attestation);
        }

      const total = POINTS * BigInt(UNITS);
      expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([total, 4n, 0n]);
      expect(await p.campaign.entryOf(1, p.other)).to.deep.equal([total, 8n, 0n]);
      expect((await p.campaign.ledgerOf(1)).participants).to.equal(2);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("the verifiers, who share 60% of a unit, each up to the season's cap", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [a, b] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
      for (const unit of [0n, 1n, 2n]) {
        await p.method.setVerifiers(unit < 2n ? [a] : [a, b]);
        const { attestation, uid } = await settled(p, p.prover, Status.Verified, {
          context: await contextOf(p, 2n, unit),
        });
        const share = unit < 2n ? 30n : 15n;
        await expect(p.award(p.prover, attestation))
          .to.emit(p.campaign, "PointsAwarded")
          .withArgs(1, a, uid, 2, share, (_: bigint) => true);
      }
      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(75);
      expect(await p.campaign.verifierPointsOf(1, b)).to.equal(15);
      await p.method.setVerifiers([a]);
      const capped = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 2n, 3n) });
      await expect(p.award(p.prover, capped.attestation))
        .to.emit(p.campaign, "PointsAwarded")
        .withArgs(1, a, capped.uid, 2, 25, 9);

      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(VERIFIER_CAP);
      const beyond = await settled(p, p.other, Status.Verified);
      await p.award(p.other, beyond.attestation);
      expect(await p.campaign.entryOf(1, a)).to.deep.equal([VERIFIER_CAP, 9n, 0n]);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("the verifiers that stand after one at the cap", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [a, b] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
      await p.method.setVerifiers([a]);
      const filling = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 3n) });
      await p.award(p.prover, filling.attestation);
      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(VERIFIER_CAP);
      await p.method.setVerifiers([a, b]);
      const { attestation, uid } = await settled(p, p.prover, Status.Verified);

      await expect(p.award(p.prover, attestation)).to.emit(p.campaign, "PointsAwarded").withArgs(1, b, uid, 2, 15, 4);

      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(VERIFIER_CAP);
      expect(await p.campaign.verifierPointsOf(1, b)).to.equal(15);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("no entry to verifiers whose share rounds down to nothing", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.method.setVerifiers(p.accounts.slice(0, 2));
      const { attestation } = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 4n) });

      await p.award(p.prover, attestation);

      const { seq, participants } = await p.campaign.ledgerOf(1);
      expect([seq, participants]).to.deep.equal([1n, 1n]);
    });

    it("what the cap leaves of each season only", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [a] = p.accounts as [HardhatEthersSigner];
      await runSeason(p, networkHelpers);
      await p.method.setVerifiers([a]);
      const { attestation } = await settled(p, p.prover, Status.Verified, { context: await contextOf(p, 2n, 0n, 2n) });

      await p.award(p.prover, attestation);

      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(0);
      expect(await p.campaign.verifierPointsOf(2, a)).to.equal(30);
      expect(await p.campaign.ledgerOf(2)).to.deep.equal((await replay(p, 2n)).ledger);
    });

    it("an indebted account in full, then takes what it owes", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const refuted = await settled(p, p.prover, Status.Refuted, { context: await contextOf(p, 4n) });
      await p.campaign.burn(refuted.attestation);
      expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 0n, 10n]);
      const { attestation, uid } = await settled(p, p.prover, Status.Verified);

      const paid = p.award(p.prover, attestation);

      await expect(paid).to.emit(p.campaign, "PointsAwarded").withArgs(1, p.prover, uid, 1, POINTS, 1);
      await expect(paid).to.emit(p.campaign, "PointsBurned").withArgs(1, p.prover, uid, 5, 10, 2);
      expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS - 10n, 2n, 0n]);
      expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    });

    it("an indebted verifier alike, which counts towards its cap", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [a] = p.accounts as [HardhatEthersSigner];
      await p.campaign.burn((await settled(p, a, Status.Refuted)).attestation);
      await p.method.setVerifiers([a]);
      const { attestation, uid } = await settled(p, p.prover, Status.Verified);

      const paid = p.award(p.prover, attestation);

      await expect(paid).to.emit(p.campaign, "PointsAwarded").withArgs(1, a, uid, 2, 30, 2);
      await expect(paid).to.emit(p.campaign, "PointsBurned").withArgs(1, a, uid, 5, 30, 3);
      expect(await p.campaign.entryOf(1, a)).to.deep.equal([0n, 3n, 470n]);
      expect(await p.campaign.verifierPointsOf(1, a)).to.equal(30);
      expect((await p.campaign.ledgerOf(1)).participants).to.equal(2);
    });
  });
});
