import { expect } from "chai";
import { network } from "hardhat";
import { keccak256 } from "viem";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { floatLayout, integerLayout } from "../fixtures.ts";
import {
  attestBatch,
  batchOf,
  bondFor,
  FRAUD,
  FRAUD_TASK,
  FRAUD_UNITS,
  fraudProtocol,
  layout,
  type Made,
} from "../fraud.ts";
import { contextOf, MOCK, openSeason, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("FraudProof, when a batch is recorded", () => {
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    const made = await batchOf(p, p.prover, 0, 3);
    const attest = ({ batch, traces }: Made, layoutBytes = layout) =>
      p.registry
        .connect(p.prover)
        .attestBatch(batch.method, batch.modelId, batch.context, batch.count, layoutBytes, traces);
    return { ...p, made, attest };
  }

  it("refuses contexts that are no unit's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const context of [FREE_CONTEXT, `0x02${p.made.batch.context.slice(4)}`] as const)
      await expect(p.attest({ ...p.made, batch: { ...p.made.batch, context } }))
        .to.be.revertedWithCustomError(p.fraud, "WrongCampaign")
        .withArgs(context);
  });

  it("refuses units of another campaign", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const campaign = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);
    const context = await contextOf({ ...p, campaign }, FRAUD_TASK);

    await expect(p.attest({ ...p.made, batch: { ...p.made.batch, context } }))
      .to.be.revertedWithCustomError(p.fraud, "WrongCampaign")
      .withArgs(context);
  });

  it("refuses another task's model and another method's task", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.attest({ ...p.made, batch: { ...p.made.batch, modelId: p.floatModel } }))
      .to.be.revertedWithCustomError(p.campaign, "WrongModel")
      .withArgs(p.floatModel, p.integerModel);
    const context = await contextOf(p, 2n);

    await expect(p.attest({ ...p.made, batch: { ...p.made.batch, context } }))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(FRAUD, MOCK);
  });

  it("refuses units beyond the account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const last = await batchOf(p, p.prover, FRAUD_UNITS - 2, 2);
    await p.attest(last);

    await expect(p.attest(await batchOf(p, p.prover, FRAUD_UNITS - 2, 3)))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(FRAUD_UNITS, FRAUD_UNITS);
  });

  it("refuses a season that isn't seeded, and one that is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers, [{ method: FRAUD }]);
    const context = await contextOf(p, FRAUD_TASK, 0n, 2n);
    await expect(p.attest({ ...p.made, batch: { ...p.made.batch, context } }))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);
    await networkHelpers.time.increaseTo(p.endsAt);

    await expect(p.attest(p.made))
      .to.be.revertedWithCustomError(p.campaign, "SeasonNotRunning")
      .withArgs(1, p.startsAt, p.endsAt);
  });

  it("refuses a task of a float model, before anyone works on it", async () => {
    const p = await fraudProtocol(ethers, networkHelpers);
    await p.campaign.connect(p.organiser).draft(p.startsAt + 100, p.endsAt, p.closesAt, 0);
    const task = { modelId: p.floatModel, method: FRAUD, points: 1, unitsPerAccount: 9, noise: 1 };

    await expect(p.campaign.connect(p.organiser).addTask(2, task, encodeLayout(floatLayout), "0x01020304"))
      .to.be.revertedWithCustomError(p.fraud, "NotAnIntegerModel")
      .withArgs(p.floatModel);
  });

  it("refuses another layout than the model's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const other = encodeLayout({ ...integerLayout, widths: [4, 2, 3] });

    await expect(p.attest(p.made, other))
      .to.be.revertedWithCustomError(p.fraud, "WrongLayout")
      .withArgs(keccak256(other), keccak256(layout));
  });

  it("refuses units that are shorter or longer than the model's activations", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const length of [1, 4, 6, 9, 10]) {
      const leaves = p.made.leaves.map(() => new Uint8Array(length));

      await expect(p.attest({ leaves, ...buildBatch(p.made.batch, leaves) }))
        .to.be.revertedWithCustomError(p.fraud, "WrongTraceLength")
        .withArgs(length, 5);
    }
  });

  it("refuses an account whose free bond doesn't cover the batch and every unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [poor] = p.accounts as [typeof p.prover];
    await p.bonds.deposit(p.fraud, poor, { value: bondFor(3) - 1n });

    await expect(attestBatch(p, poor, await batchOf(p, poor, 0, 3)))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.fraud, poor, bondFor(3) - 1n, bondFor(3));
  });

  it("locks a bond for the batch and every unit, and waits for the window", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.attest(p.made)).to.emit(p.bonds, "Locked").withArgs(p.fraud, p.prover, bondFor(3));

    expect(await p.registry.statusOf(await p.registry.batchIdOf(p.made.batch))).to.equal(Status.Pending);
  });

  it("takes all of an account's units in one transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const all = await batchOf(p, p.prover, 0, FRAUD_UNITS);

    await p.attest(all);

    expect((await p.bonds.bondOf(p.fraud, p.prover)).locked).to.equal(bondFor(FRAUD_UNITS));
  });
});
