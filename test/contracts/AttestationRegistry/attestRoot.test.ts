import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type Batch, batchId, batchTypes } from "../../../sdk/commitments.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import { addressOf, hash, protocol } from "../fixtures.ts";
import { signingDomain } from "../fraud.ts";
import { contextOf, MOCK, QUORUM, Status, settle } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const types = { Batch: [...batchTypes.Batch] };
const FRAUD = 3;

describe("AttestationRegistry.attestRoot", () => {
  async function fixture() {
    const p = await protocol(ethers);
    await p.registry.addMethod(p.fraud);
    const leaves = [1, 2, 3].map((i) => Uint8Array.of(...new Uint8Array(31), i));
    const tree = orderedTree(leaves);
    const batch: Batch = {
      ...{ prover: addressOf(p.prover), method: MOCK, modelId: p.integerModel, context: await contextOf(p) },
      ...{ count: 3, root: tree.root },
    };
    const registry = p.registry.connect(p.prover);
    const attestRoot = (fields: Partial<Batch> = {}) => {
      const { method, modelId, context, count, root } = { ...batch, ...fields };
      return registry.attestRoot(method, modelId, context, count, root);
    };
    const relay = async (signed: Batch = batch, shown: Batch = signed) =>
      p.registry.connect(p.other).attestRootBySig(shown, await p.prover.signTypedData(signingDomain(p), types, signed));
    return { ...p, registry, batch, leaves, tree, attestRoot, relay, id: batchId(31337, addressOf(registry), batch) };
  }

  it("refuses no units, unknown models and methods, and contexts that are none", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.attestRoot({ count: 0 }))
      .to.be.revertedWithCustomError(p.registry, "InvalidBatch")
      .withArgs(0, 0);
    await expect(p.attestRoot({ modelId: hash("nothing") })).to.be.revertedWithCustomError(p.models, "UnknownModel");
    await expect(p.attestRoot({ method: 9 }))
      .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
      .withArgs(9);
    await expect(p.attestRoot({ method: 0 }))
      .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
      .withArgs(0);
    const context: Hex = `0x07${"00".repeat(31)}`;
    await expect(p.attestRoot({ context }))
      .to.be.revertedWithCustomError(p.registry, "InvalidContext")
      .withArgs(context);
  });

  it("refuses it under a method that can't refute what isn't on chain", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [method, contract] of [
      [QUORUM, p.quorum],
      [FRAUD, p.fraud],
    ] as const)
      await expect(p.attestRoot({ method }))
        .to.be.revertedWithCustomError(contract, "NotSupported")
        .withArgs(contract.interface.getFunction("onAttestRoot").selector);
  });

  it("refuses it twice, with its traces and without, and one revoked beforehand", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const snapshot = await networkHelpers.takeSnapshot();
    await p.attestRoot();
    await expect(p.attestRoot()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
    const { modelId, context } = p.batch;
    const traces = `0x${p.leaves.map((leaf) => Buffer.from(leaf).toString("hex")).join("")}`;
    await expect(p.registry.attestBatch(MOCK, modelId, context, 3, "0x", traces))
      .to.be.revertedWithCustomError(p.registry, "AlreadyRecorded")
      .withArgs(p.id);

    await snapshot.restore();
    await p.registry.revokeBatch(p.batch);

    await expect(p.attestRoot()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
  });

  it("refuses a relayed one that its prover didn't sign", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const fields of [{ root: hash("another") }, { count: 4 }, { prover: addressOf(p.other) }]) {
      const shown = { ...p.batch, ...fields };
      await expect(p.relay(p.batch, shown))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(shown.prover, await p.registry.batchIdOf(shown));
    }
    await p.relay();

    await expect(p.relay()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
  });

  for (const way of ["attestRoot", "relay"] as const)
    it(`records it without traces, its record not open, and hands it to its method (${way})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { prover, method, modelId, context, count, root } = p.batch;
      const recorded = p[way]();

      await expect(recorded)
        .to.emit(p.registry, "BatchAttested")
        .withArgs(p.id, prover, modelId, context, count, root, method, "0x");
      await expect(recorded).to.emit(p.method, "RootHook");
      const record = await p.registry.recordOf(p.id);
      expect([record.prover, record.count, record.status, record.open]).to.deep.equal([prover, 3n, 1n, false]);
    });

  it("doesn't take its leaves, which are roots, for activations", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.attestRoot();
    await settle(p, p.id, Status.Verified);

    expect(await p.registry.isVerifiedInBatch(p.batch, 1, p.leaves[1] as Uint8Array, p.tree.proof(1))).to.equal(false);
  });
});
