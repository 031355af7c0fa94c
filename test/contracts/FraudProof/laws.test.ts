import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import { type Hex, hexToBytes } from "viem";
import { forward } from "../../../inference/integer.ts";
import { disputeRow, disputeUnit, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows, type Layout, type Row } from "../../../sdk/layouts.ts";
import { leavesOf } from "../../../sdk/tree.ts";
import { showInput, unitInput } from "../../../sdk/units.ts";
import { anyModel } from "../../inference/layers.ts";
import { addressOf, ETHER, hash, publication } from "../fixtures.ts";
import {
  attestBatch,
  batchOf,
  bondFor,
  changed,
  disputed,
  FRAUD,
  type Fraud,
  fraudProtocol,
  passWindow,
  type verifiedBatch,
} from "../fraud.ts";
import { contextOf, POINTS, rulesOf, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** A model of a random shape, published, with a running season of one FraudProof task of its own. */
async function taskOf(p: Fraud, layout: Layout, layers: Row[][], bases: Int8Array[], noise: number) {
  const bytes = encodeLayout(layout);
  await p.models.publish(publication, bytes, encodeRows(layers), "");
  const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
  const modelId = published?.args.modelId as Hex;
  const startsAt = (await networkHelpers.time.latest()) + 100;
  const campaign = p.campaign.connect(p.organiser);
  await campaign.draft(startsAt, startsAt + 5000, startsAt + 10_000, 0);
  const seasonId = await p.campaign.seasonCount();
  await campaign.addTask(seasonId, rulesOf(p, { modelId, method: FRAUD, noise }), bytes, traceOf(bases));
  await campaign.open(seasonId, "");
  await networkHelpers.mine(3);
  await campaign.seed(seasonId);
  await networkHelpers.time.increaseTo(startsAt);
  const { seed } = await p.campaign.seasonOf(seasonId);
  const task = { inputs: traceOf(bases), inputCount: bases.length, noise };
  const seedOf = (unit: number) => unitSeed(seed as Hex, 1n, addressOf(p.prover), BigInt(unit));
  return {
    bytes,
    modelId,
    context: await contextOf(p, 1n, 0n, seasonId),
    traceOfUnit: (unit: number) => traceOf(forward(layers, unitInput(seedOf(unit), task))),
    shownOf: (unit: number) => showInput(seedOf(unit), task, layout.input),
  };
}

/** Every row of a model, as its layer and its place there. */
const placesOf = (layers: Row[][]) => layers.flatMap((rows, layer) => rows.map((_, row) => ({ layer, row })));

const anyTask = fc.record({
  model: anyModel,
  noise: fc.integer({ min: 1, max: 127 }),
  at: fc.nat(),
  by: fc.integer({ min: 1, max: 255 }),
});

describe("FraudProof's laws", function () {
  this.timeout(300_000);

  async function fixture() {
    return fraudProtocol(ethers, networkHelpers);
  }

  it("never refute an honest attestation: no row of no unit of no network", async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(anyTask, async ({ model: { layout, layers, input }, noise }) => {
        const p = await networkHelpers.loadFixture(fixture);
        const task = await taskOf(p, layout, layers, [input, input.map((x) => -x)], noise);
        const common = { prover: addressOf(p.prover), method: FRAUD, modelId: task.modelId };
        const inputs = input.length;
        const leaves = [0, 1, 2].map((unit) => task.traceOfUnit(unit).slice(inputs));
        const { batch, traces } = buildBatch({ ...common, context: task.context }, leaves);
        await p.registry.connect(p.prover).attestBatch(FRAUD, task.modelId, task.context, 3, task.bytes, traces);
        const trace = traceOf(forward(layers, input));
        const salt = hash("salt");
        const { attestation, answer, evidence } = buildTraced(task.bytes, {
          ...{ ...common, context: FREE_CONTEXT, salt, trace },
        });
        const { inputHash, context } = attestation;
        await p.registry.connect(p.prover).attest(FRAUD, task.modelId, inputHash, context, answer, evidence);

        for (const [i, place] of placesOf(layers).entries()) {
          const shown = disputeRow(task.bytes, layers, place);
          await expect(p.fraud.refute.staticCall(attestation, answer, trace, shown)).to.be.revertedWithCustomError(
            p.fraud,
            "RowIsRight",
          );
          const unit = disputeUnit(leaves, i % 3, task.shownOf(i % 3));
          await expect(p.fraud.refuteBatch.staticCall(batch, unit, shown)).to.be.revertedWithCustomError(
            p.fraud,
            "RowIsRight",
          );
          refusals += 2;
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(refusals).to.be.greaterThan(2000);
  });

  it("refute any single changed activation of any unit of any network", async () => {
    await fc.assert(
      fc.asyncProperty(anyTask, async ({ model: { layout, layers, input }, noise, at, by }) => {
        const p = await networkHelpers.loadFixture(fixture);
        const task = await taskOf(p, layout, layers, [input], noise);
        const common = { prover: addressOf(p.prover), method: FRAUD, modelId: task.modelId, context: task.context };
        const inputs = input.length;
        const spoiled = at % 3;
        const leaves = [0, 1, 2].map((unit) => {
          const leaf = task.traceOfUnit(unit).slice(inputs);
          return unit === spoiled ? changed(leaf, at % leaf.length, by) : leaf;
        });
        const { batch, traces } = buildBatch(common, leaves);
        await p.registry.connect(p.prover).attestBatch(FRAUD, task.modelId, task.context, 3, task.bytes, traces);
        const leaf = leaves[spoiled] as Uint8Array;
        const wrong = findWrongRow(layers, Uint8Array.from([...task.traceOfUnit(spoiled).slice(0, inputs), ...leaf]));
        expect(wrong).to.not.equal(undefined);
        const { layer, row, claimed, correct } = wrong as NonNullable<typeof wrong>;
        const unit = disputeUnit(leavesOf(hexToBytes(traces), 3), spoiled, task.shownOf(spoiled));

        await expect(p.fraud.refuteBatch(batch, unit, disputeRow(task.bytes, layers, { layer, row })))
          .to.emit(p.fraud, "RowRefuted")
          .withArgs(await p.registry.batchIdOf(batch), p.admin, spoiled, layer, row, claimed, correct);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("distinguish right from wrong in thousands of networks: one row of an honest run, one changed activation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    let published = 0;
    const anyClaim = fc.record({
      model: anyModel,
      place: fc.nat(),
      at: fc.nat(),
      by: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(anyClaim, async ({ model: { layout, layers, input }, place, at, by }) => {
        const bytes = encodeLayout(layout);
        const identity = { ...publication, artifactHash: hash(`network ${published++}`) };
        const modelId = (await p.models.publish.staticCall(identity, bytes, encodeRows(layers), "")) as Hex;
        await p.models.publish(identity, bytes, encodeRows(layers), "");
        const common = {
          prover: addressOf(p.prover),
          method: FRAUD,
          modelId,
          context: FREE_CONTEXT,
          salt: hash("salt"),
        };
        const attest = async (trace: Uint8Array) => {
          const { attestation, answer, evidence } = buildTraced(bytes, { ...common, trace });
          const { inputHash, context } = attestation;
          await p.registry.connect(p.prover).attest(FRAUD, modelId, inputHash, context, answer, evidence);
          return { attestation, answer };
        };
        const trace = traceOf(forward(layers, input));

        const honest = await attest(trace);
        const places = placesOf(layers);
        const shown = disputeRow(bytes, layers, places[place % places.length] as (typeof places)[number]);
        await expect(
          p.fraud.refute.staticCall(honest.attestation, honest.answer, trace, shown),
        ).to.be.revertedWithCustomError(p.fraud, "RowIsRight");

        const spoiled = changed(trace, input.length + (at % (trace.length - input.length)), by);
        const lie = await attest(spoiled);
        const wrong = findWrongRow(layers, spoiled);
        if (wrong === undefined) throw new Error("No row is wrong.");
        await p.fraud.refute.staticCall(lie.attestation, lie.answer, spoiled, disputeRow(bytes, layers, wrong));
      }),
      { numRuns: 2000, endOnFailure: true },
    );
  });

  /** One act of a ring: a member's batch, honest or not, and who of the ring refutes it, if anyone. */
  const anyAct = fc.record({
    prover: fc.nat({ max: 3 }),
    count: fc.integer({ min: 1, max: 4 }),
    lie: fc.boolean(),
    challenger: fc.nat({ max: 3 }),
    refuted: fc.boolean(),
  });

  it("never let a ring of accounts profit from refuting itself, in money or in points", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 1, maxLength: 8 }), async (acts) => {
        const p = await networkHelpers.loadFixture(fixture);
        const ring = p.accounts.slice(0, 4);
        for (const account of ring) await p.bonds.deposit(p.fraud, account, { value: ETHER });
        const left: Awaited<ReturnType<typeof verifiedBatch>>[] = [];
        let refutedBonds = 0n;
        let refutedUnits = 0n;
        for (const [i, { prover, count, lie, challenger, refuted }] of acts.entries()) {
          const account = ring[prover] as HardhatEthersSigner;
          const made = await batchOf(p, account, 10 * i, count, (leaf, k) =>
            lie && k === 0 ? changed(leaf, 4) : leaf,
          );
          const id = await attestBatch(p, account, made);
          if (!lie || !refuted) {
            left.push({ ...made, id });
            continue;
          }
          const args = disputed(p, account, made, 0, { layer: 1, row: 1 }, 10 * i);
          await p.fraud.connect(ring[challenger]).refuteBatch(...args);
          await p.campaign.burnBatch(made.batch);
          refutedBonds += bondFor(count);
          refutedUnits += BigInt(count);
        }
        await passWindow(p);
        let earned = 0n;
        for (const { batch, id } of left) {
          await p.fraud.settle(id);
          await p.campaign.awardBatch(batch.prover, batch);
          earned += BigInt(batch.count) * POINTS;
        }

        let money = 0n;
        let points = 0n;
        let owed = 0n;
        for (const account of ring) {
          const bond = await p.bonds.bondOf(p.fraud, account);
          expect(bond.locked).to.equal(0);
          money += bond.free + (await p.bonds.claimableOf(account));
          const entry = await p.campaign.entryOf(1, account);
          points += entry.points;
          owed += entry.owed;
        }
        expect(money).to.equal(4n * ETHER - (await p.bonds.burned()));
        expect((await p.bonds.burned()) * 2n >= refutedBonds).to.equal(true);
        expect(points - owed).to.equal(earned - 10n * POINTS * refutedUnits);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it("leave a challenger that is the prover itself with half of its bond gone", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await batchOf(p, p.prover, 0, 2, (leaf) => changed(leaf, 0));
    const before = (await p.bonds.bondOf(p.fraud, p.prover)).free;
    const id = await attestBatch(p, p.prover, made);
    await p.fraud.connect(p.prover).refuteBatch(...disputed(p, p.prover, made, 0, { layer: 0, row: 0 }));

    const { free, locked } = await p.bonds.bondOf(p.fraud, p.prover);
    expect(before - free - locked - (await p.bonds.claimableOf(p.prover))).to.equal(bondFor(2) - bondFor(2) / 2n);
    expect(await p.registry.statusOf(id)).to.equal(Status.Refuted);
  });
});
