import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { type Batch, batchId, batchTypes } from "../../../sdk/commitments.ts";
import { addressOf, protocol } from "../fixtures.ts";
import { signingDomain } from "../fraud.ts";
import { contextOf, MOCK, QUORUM, Status } from "../seasons.ts";
import { delegatedAccount, formsOf } from "../signatures.ts";

const { ethers, networkHelpers } = await network.create();

const types = { Batch: [...batchTypes.Batch] };

describe("AttestationRegistry.attestBatchBySig", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const context = await contextOf(p);
    const common = { prover: p.prover.address as Hex, method: MOCK, modelId: p.integerModel, context };
    const leaves = [1, 2, 3].map((i) => Uint8Array.of(i, 0, 255, i, 9));
    const wallet = await ethers.deployContract("MockWallet");
    const sign = (message: Batch) => p.prover.signTypedData(signingDomain(p), types, message);
    const made = buildBatch(common, leaves);
    const id = batchId(31337, addressOf(p.registry), made.batch);
    return { ...p, registry: p.registry.connect(p.other), common, leaves, ...made, id, wallet, sign };
  }

  it("refuses no units, and other traces than the signed ones", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.batch);
    const none = { ...p.batch, count: 0 };
    await expect(p.registry.attestBatchBySig(none, "0x", p.traces, await p.sign(none)))
      .to.be.revertedWithCustomError(p.registry, "InvalidBatch")
      .withArgs(0, 15);

    const moved = buildBatch(p.common, [...p.leaves].reverse());
    await expect(p.registry.attestBatchBySig(p.batch, "0x", moved.traces, signature))
      .to.be.revertedWithCustomError(p.registry, "SignedOtherwise")
      .withArgs(moved.batch.root, p.batch.root);
  });

  it("refuses a signature of any other field", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.batch);
    for (const fields of [
      { method: QUORUM },
      { modelId: p.floatModel },
      { context: await contextOf(p, 2n, 1n) },
      { prover: p.other.address as Hex },
    ]) {
      const other = { ...p.batch, ...fields };

      await expect(p.registry.attestBatchBySig(other, "0x", p.traces, signature))
        .to.be.revertedWithCustomError(p.registry, "InvalidSignature")
        .withArgs(other.prover, await p.registry.batchIdOf(other));
    }
  });

  it("refuses a replay, and a batch revoked beforehand", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const signature = await p.sign(p.batch);
    const relay = () => p.registry.attestBatchBySig(p.batch, "0x", p.traces, signature);
    const snapshot = await networkHelpers.takeSnapshot();
    await relay();
    await expect(relay()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);

    await snapshot.restore();
    await p.registry.connect(p.prover).revokeBatch(p.batch);

    await expect(relay()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
  });

  it("records what an account signed, and hands it to its method", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { prover, modelId, context, count, root, method } = p.batch;
    const relayed = p.registry.attestBatchBySig(p.batch, "0xabcd", p.traces, await p.sign(p.batch));

    await expect(relayed)
      .to.emit(p.registry, "BatchAttested")
      .withArgs(p.id, prover, modelId, context, count, root, method, p.traces);
    await expect(relayed).to.emit(p.method, "BatchHook").withArgs(p.id, Object.values(p.batch), 5, "0xabcd");
  });

  it("takes every form of a signature, also of an account with code (EIP-7702)", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const account = await delegatedAccount(ethers, p.wallet);
    const { batch, traces } = buildBatch({ ...p.common, prover: account.address as Hex }, p.leaves);
    const id = await p.registry.batchIdOf(batch);
    const snapshot = await networkHelpers.takeSnapshot();
    const own = await account.signTypedData(signingDomain(p), types, batch);
    for (const [form, signature] of Object.entries(formsOf(own))) {
      await p.registry.attestBatchBySig(batch, "0x", traces, signature);

      expect(await p.registry.statusOf(id), form).to.equal(Status.Pending);
      await snapshot.restore();
    }
  });

  it("records what a wallet signed, and nothing else of it", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { batch, traces } = buildBatch({ ...p.common, prover: addressOf(p.wallet) }, p.leaves);
    const id = await p.registry.batchIdOf(batch);
    const relay = () => p.registry.attestBatchBySig(batch, "0x", traces, "0x1234");
    await expect(relay()).to.be.revertedWithCustomError(p.registry, "InvalidSignature").withArgs(p.wallet, id);
    await p.wallet.sign(id, "0x1234");

    await relay();

    expect(await p.registry.statusOf(id)).to.equal(Status.Pending);
  });
});
