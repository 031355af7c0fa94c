import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { hash, protocol } from "../fixtures.ts";
import {
  contextOf,
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
  UNITS,
  unitAttestation,
} from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const PENALTY = 10n * POINTS;

describe("Campaign.burn", () => {
  async function fixture() {
    const p = await protocol(ethers);
    await p.method.setChecksInput(true);
    const season = await runSeason(p, networkHelpers, [{ points: 1n }]);
    const award = async (taskId: bigint, unit: bigint) => {
      const { attestation } = await settled(p, p.prover, Status.Verified, {
        context: await contextOf(p, taskId, unit),
      });
      await p.campaign.award(p.prover, attestation, NO_INPUT);
    };
    return { ...p, ...season, award };
  }

  it("refuses attestations that are not for a unit of a task", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const free = await settled(p, p.prover, Status.Refuted, { context: `0x${"00".repeat(32)}` });
    await expect(p.campaign.burn(free.attestation))
      .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
      .withArgs(free.attestation.context);

    const beyond = await settled(p, p.prover, Status.Refuted, { context: await contextOf(p, 2n, BigInt(UNITS)) });
    await expect(p.campaign.burn(beyond.attestation))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(UNITS, UNITS);

    const other = await settled(p, p.prover, Status.Refuted, { context: await contextOf(p, 1n) });
    await expect(p.campaign.burn(other.attestation))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(MOCK, QUORUM);
  });

  for (const status of ["None", "Pending", "Verified", "Void", "Revoked"] as const)
    it(`refuses an attestation that is ${status}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const attestation = await unitAttestation(p, p.prover);
      const uid = await p.registry.uidOf(attestation);
      if (status === "Revoked") await p.registry.connect(p.prover).revoke(attestation);
      else if (status !== "None") await record(p, p.prover, attestation);
      if (status === "Verified" || status === "Void") await settle(p, uid as Hex, Status[status]);

      await expect(p.campaign.burn(attestation))
        .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
        .withArgs(uid, Status[status], Status.Refuted);
    });

  it("refuses an attestation whose unit was paid, for it is Verified for good", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation, uid } = await settled(p, p.prover, Status.Verified);
    await p.campaign.award(p.prover, attestation, NO_INPUT);

    await expect(p.campaign.burn(attestation))
      .to.be.revertedWithCustomError(p.campaign, "WrongStatus")
      .withArgs(uid, Status.Verified, Status.Refuted);
  });

  it("refuses attestations attested outside the season, and a closed season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const season = await openSeason(p, networkHelpers);
    const early = await settled(p, p.prover, Status.Refuted, { context: await contextOf(p, 2n, 0n, 2n) });
    await expect(p.campaign.burn(early.attestation)).to.be.revertedWithCustomError(p.campaign, "NotSeeded").withArgs(2);
    await networkHelpers.mine(3);
    await p.campaign.seed(2);
    const { attestedAt } = await p.registry.recordOf(early.uid);
    await expect(p.campaign.burn(early.attestation))
      .to.be.revertedWithCustomError(p.campaign, "WrongTime")
      .withArgs(attestedAt, season.startsAt, season.endsAt);

    await networkHelpers.time.setNextBlockTimestamp(season.closesAt);
    await expect(p.campaign.burn(early.attestation))
      .to.be.revertedWithCustomError(p.campaign, "SeasonClosed")
      .withArgs(2, season.closesAt);
  });

  it("refuses an attestation twice, but not another one for the same unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const first = await settled(p, p.prover, Status.Refuted);
    const second = await settled(p, p.prover, Status.Refuted, { inputHash: first.uid });
    await p.campaign.burn(first.attestation);
    await expect(p.campaign.burn(first.attestation))
      .to.be.revertedWithCustomError(p.campaign, "AlreadyBurned")
      .withArgs(first.uid);

    await p.campaign.burn(second.attestation);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 0n, 2n * PENALTY]);
  });

  it("leaves only a debt, and no entry, where there are no points", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation } = await settled(p, p.prover, Status.Refuted);

    await expect(p.campaign.connect(p.other).burn(attestation)).not.to.emit(p.campaign, "PointsBurned");

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 0n, PENALTY]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal([0n, 0n, 0n, ethers.ZeroHash]);
    expect(await p.campaign.isSpent(1, 2, p.prover, 0)).to.equal(true);
  });

  it("burns what there is, and has the rest owed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.award(2n, 1n);
    const { attestation, uid } = await settled(p, p.prover, Status.Refuted);

    await expect(p.campaign.burn(attestation))
      .to.emit(p.campaign, "PointsBurned")
      .withArgs(1, p.prover, uid, 5, POINTS, 2);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 2n, PENALTY - POINTS]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
    expect((await p.campaign.ledgerOf(1)).totalPoints).to.equal(0);
  });

  it("burns ten times the task's points and no more", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.award(2n, 1n);
    const { attestation, uid } = await settled(p, p.prover, Status.Refuted, { context: await contextOf(p, 3n) });

    await expect(p.campaign.burn(attestation)).to.emit(p.campaign, "PointsBurned").withArgs(1, p.prover, uid, 5, 10, 2);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS - 10n, 2n, 0n]);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("burns once even if the unit was paid for another attestation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.award(2n, 0n);
    const { attestation } = await settled(p, p.prover, Status.Refuted, { inputHash: hash("other input") });

    await p.campaign.burn(attestation);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 2n, PENALTY - POINTS]);
  });

  it("takes nothing from the attestation's copiers, and a copier's refutation nothing from its owner", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.award(2n, 1n);
    const copy = await unitAttestation(p, p.other, { answer: (await unitAttestation(p, p.prover)).answer });
    await settle(p, await record(p, p.other, copy), Status.Refuted);

    await p.campaign.burn(copy);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS, 1n, 0n]);
    expect(await p.campaign.isSpent(1, 2, p.prover, 0)).to.equal(false);
    expect(await p.campaign.entryOf(1, p.other)).to.deep.equal([0n, 0n, PENALTY]);
  });

  it("burns until the last second before the season closes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation } = await settled(p, p.prover, Status.Refuted);
    await networkHelpers.time.setNextBlockTimestamp(p.closesAt - 1);

    await p.campaign.burn(attestation);

    expect((await p.campaign.entryOf(1, p.prover)).owed).to.equal(PENALTY);
  });
});
