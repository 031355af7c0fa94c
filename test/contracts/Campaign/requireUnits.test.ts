import { expect } from "chai";
import { network } from "hardhat";
import type { Attestation } from "../../../sdk/commitments.ts";
import { hash, protocol } from "../fixtures.ts";
import {
  contextOf,
  draftSeason,
  inputs,
  layoutBytes,
  MOCK,
  openSeason,
  type Protocol,
  QUORUM,
  rulesOf,
  runSeason,
  UNITS,
  unitAttestation,
} from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Asks the campaign about `count` units from an attestation's on. */
const required = ({ campaign }: Protocol, { modelId, method, context }: Attestation, count = 1) =>
  campaign.requireUnits(modelId, method, context, count);

describe("Campaign.requireUnits", () => {
  async function fixture() {
    const p = await protocol(ethers);
    return { ...p, ...(await runSeason(p, networkHelpers)) };
  }

  it("refuses the contexts of other kinds and of other campaigns", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const unit = await contextOf(p);
    const twin = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);

    for (const context of [
      `0x${"00".repeat(32)}` as const,
      `0x02${unit.slice(4)}` as const,
      await contextOf({ ...p, campaign: twin }),
    ])
      await expect(required(p, await unitAttestation(p, p.prover, { context })))
        .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
        .withArgs(context);
  });

  it("refuses an unknown season, a draft and an unknown task", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await draftSeason(p, networkHelpers);
    await p.campaign.connect(p.organiser).addTask(2, rulesOf(p), layoutBytes, inputs);
    const given = async (taskId: bigint, seasonId: bigint) =>
      required(p, await unitAttestation(p, p.prover, { context: await contextOf(p, taskId, 0n, seasonId) }));

    await expect(given(1n, 3n)).to.be.revertedWithCustomError(p.campaign, "UnknownSeason").withArgs(3);
    await expect(given(1n, 2n)).to.be.revertedWithCustomError(p.campaign, "SeasonNotOpen").withArgs(2);
    await expect(given(0n, 1n)).to.be.revertedWithCustomError(p.campaign, "UnknownTask").withArgs(1, 0);
    await expect(given(3n, 1n)).to.be.revertedWithCustomError(p.campaign, "UnknownTask").withArgs(1, 3);
  });

  it("refuses a unit beyond the account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = await contextOf(p, 2n, BigInt(UNITS));

    await expect(required(p, await unitAttestation(p, p.prover, { context })))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(UNITS, UNITS);
  });

  it("refuses no units, and units that begin or end beyond the account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const last = 2 ** 40 - 1;
    const from = async (unit: number) =>
      unitAttestation(p, p.prover, { context: await contextOf(p, 2n, BigInt(unit)) });

    await expect(required(p, await from(0), 0))
      .to.be.revertedWithCustomError(p.campaign, "NotAUnit")
      .withArgs((await from(0)).context);
    for (const [unit, count] of [
      [0, UNITS + 1],
      [UNITS - 1, 2],
      [0, 2 ** 32 - 1],
      [last, 1],
      [last, 2 ** 32 - 1],
    ] as const)
      await expect(required(p, await from(unit), count))
        .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
        .withArgs(unit + count - 1, UNITS);
  });

  it("refuses another model and another method than the task's", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(required(p, await unitAttestation(p, p.prover, { modelId: hash("model") })))
      .to.be.revertedWithCustomError(p.campaign, "WrongModel")
      .withArgs(hash("model"), p.integerModel);
    await expect(required(p, await unitAttestation(p, p.prover, { method: QUORUM })))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(QUORUM, MOCK);
  });

  it("refuses before the season is seeded", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers);
    const context = await contextOf(p, 2n, 0n, 2n);

    await expect(required(p, await unitAttestation(p, p.prover, { context })))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);
  });

  it("refuses before the season starts and once it has ended", async () => {
    const p = await protocol(ethers);
    const { startsAt, endsAt } = await openSeason(p, networkHelpers);
    await networkHelpers.mine(3);
    await p.campaign.seed(1);
    const attestation = await unitAttestation(p, p.prover);
    await networkHelpers.time.increaseTo(startsAt - 1);

    await expect(required(p, attestation))
      .to.be.revertedWithCustomError(p.campaign, "SeasonNotRunning")
      .withArgs(1, startsAt, endsAt);

    await networkHelpers.time.increaseTo(startsAt);
    expect(await required(p, attestation)).to.deep.equal([]);
    await networkHelpers.time.increaseTo(endsAt - 1);
    expect(await required(p, attestation)).to.deep.equal([]);

    await networkHelpers.time.increaseTo(endsAt);
    await expect(required(p, attestation))
      .to.be.revertedWithCustomError(p.campaign, "SeasonNotRunning")
      .withArgs(1, startsAt, endsAt);
  });

  it("takes all of an account's units at once", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    expect(await required(p, await unitAttestation(p, p.prover), UNITS)).to.deep.equal([]);
  });

  it("takes an account's last unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = await contextOf(p, 1n, BigInt(UNITS) - 1n);

    expect(await required(p, await unitAttestation(p, p.prover, { method: QUORUM, context }))).to.deep.equal([]);
  });
});
