import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex } from "viem";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { batchId } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, hash, protocol } from "../fixtures.ts";
import { contextOf, MOCK, QUORUM, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.attestBatch", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const context = await contextOf(p);
    const common = { prover: p.prover.address as Hex, method: MOCK, modelId: p.integerModel, context };
    const made = buildBatch(
      common,
      [1, 2, 3].map((i) => Uint8Array.of(i, 0, 255, i, 9)),
    );
    const id = batchId(31337, addressOf(p.registry), made.batch);
    return { ...p, registry: p.registry.connect(p.prover), common, ...made, id };
  }

  it("refuses no units, no traces, and traces of several lengths", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [count, traces] of [
      [0, "0x"],
      [0, p.traces],
      [3, "0x"],
      [2, p.traces],
      [3, concat([p.traces, "0x00"])],
      [16, p.traces],
      [2 ** 32 - 1, p.traces],
    ] as const)
      await expect(p.registry.attestBatch(MOCK, p.integerModel, p.batch.context, count, "0x", traces))
        .to.be.revertedWithCustomError(p.registry, "InvalidBatch")
        .withArgs(count, (traces.length - 2) / 2);
  });

  it("refuses a model that isn't published", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.registry.attestBatch(MOCK, hash("no model"), p.batch.context, 3, "0x", p.traces))
      .to.be.revertedWithCustomError(p.models, "UnknownModel")
      .withArgs(hash("no model"));
  });

  it("refuses a context of an unknown kind", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = `0x04${p.batch.context.slice(4)}`;

    await expect(p.registry.attestBatch(MOCK, p.integerModel, context, 3, "0x", p.traces))
      .to.be.revertedWithCustomError(p.registry, "InvalidContext")
      .withArgs(context);
  });

  it("refuses method 0, methods that don't exist, and Quorum, which knows no batches", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const method of [0, 3, 255])
      await expect(p.registry.attestBatch(method, p.integerModel, p.batch.context, 3, "0x", p.traces))
        .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
        .withArgs(method);

    await expect(p.registry.attestBatch(QUORUM, p.integerModel, p.batch.context, 3, "0x", p.traces))
      .to.be.revertedWithCustomError(p.quorum, "NotSupported")
      .withArgs(p.quorum.interface.getFunction("onAttestBatch").selector);
  });

  it("refuses what its method refuses", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const refusal = p.registry.interface.encodeFunctionData("methodAt", [0]);
    await p.method.onNextHook(p.registry, refusal);

    await expect(p.registry.attestBatch(MOCK, p.integerModel, p.batch.context, 3, "0x", p.traces))
      .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
      .withArgs(0);
  });

  it("refuses the same batch twice, but not another account's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attest = (account = p.prover) =>
      p.registry.connect(account).attestBatch(MOCK, p.integerModel, p.batch.context, 3, "0x", p.traces);
    await attest(p.other);
    await attest();

    await expect(attest()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
  });

  it("builds the tree, keeps one record and emits the traces", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { prover, modelId, context, count, root, method } = p.batch;

    await expect(p.registry.attestBatch(MOCK, p.integerModel, context, 3, "0x", p.traces))
      .to.emit(p.registry, "BatchAttested")
      .withArgs(p.id, prover, modelId, context, count, root, method, p.traces);

    const block = await ethers.provider.getBlock("latest");
    expect(await p.registry.recordOf(p.id)).to.deep.equal([
      prover,
      BigInt(block?.timestamp ?? 0),
      3n,
      BigInt(MOCK),
      BigInt(Status.Pending),
      true,
    ]);
  });

  it("hands the batch to its method", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.registry.attestBatch(MOCK, p.integerModel, p.batch.context, 3, "0xabcd", p.traces))
      .to.emit(p.method, "BatchHook")
      .withArgs(p.id, Object.values(p.batch), 5, "0xabcd");
  });

  for (const [count, size] of [
    [1, 1],
    [2, 31],
    [5, 32],
    [33, 33],
  ] as const)
    it(`names ${count} units of ${size} bytes as the sdk does`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const leaves = Array.from({ length: count }, (_, i) => new Uint8Array(size).fill(i));
      const { batch, traces } = buildBatch(p.common, leaves);
      await p.registry.attestBatch(MOCK, p.integerModel, batch.context, count, "0x", traces);

      expect(await p.registry.statusOf(batchId(31337, addressOf(p.registry), batch))).to.equal(Status.Pending);
      expect(await p.registry.batchIdOf(batch)).to.equal(batchId(31337, addressOf(p.registry), batch));
    });

  it("leaves contexts of other kinds to its method", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch, traces } = buildBatch({ ...p.common, context: FREE_CONTEXT }, [Uint8Array.of(1)]);

    await p.registry.attestBatch(MOCK, p.integerModel, FREE_CONTEXT, 1, "0x", traces);

    expect(await p.registry.statusOf(await p.registry.batchIdOf(batch))).to.equal(Status.Pending);
  });
});
