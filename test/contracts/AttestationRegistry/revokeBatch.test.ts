import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { batchId } from "../../../sdk/commitments.ts";
import { addressOf, protocol } from "../fixtures.ts";
import { contextOf, MOCK, Status, settle } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.revokeBatch", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const common = { prover: p.prover.address as Hex, method: MOCK, modelId: p.integerModel };
    const leaves = [Uint8Array.of(1), Uint8Array.of(2)];
    const { batch, traces } = buildBatch({ ...common, context: await contextOf(p) }, leaves);
    const registry = p.registry.connect(p.prover);
    const attest = () => registry.attestBatch(MOCK, p.integerModel, batch.context, 2, "0x", traces);
    return { ...p, registry, batch, attest, id: batchId(31337, addressOf(registry), batch) };
  }

  it("refuses everybody but the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.registry.connect(p.other).revokeBatch(p.batch))
      .to.be.revertedWithCustomError(p.registry, "NotTheProver")
      .withArgs(p.other, p.prover);
  });

  for (const status of ["Pending", "Verified", "Refuted", "Void", "Revoked"] as const)
    it(`refuses a batch that is ${status}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      if (status === "Revoked") await p.registry.revokeBatch(p.batch);
      else await p.attest();
      if (status !== "Pending" && status !== "Revoked") await settle(p, p.id, Status[status]);

      await expect(p.registry.revokeBatch(p.batch))
        .to.be.revertedWithCustomError(p.registry, "NotRevocable")
        .withArgs(p.id, MOCK, Status[status]);
    });

  it("makes a batch not yet recorded worth nothing, for good", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.registry.revokeBatch(p.batch))
      .to.emit(p.registry, "StatusChanged")
      .withArgs(p.id, Status.Revoked, p.prover);

    const record = await p.registry.recordOf(p.id);
    expect([record.prover, record.count, record.status, record.open]).to.deep.equal([
      p.prover.address,
      2n,
      BigInt(Status.Revoked),
      false,
    ]);
    await expect(p.attest()).to.be.revertedWithCustomError(p.registry, "AlreadyRecorded").withArgs(p.id);
    await expect(settle(p, p.id, Status.Verified))
      .to.be.revertedWithCustomError(p.registry, "NotPending")
      .withArgs(p.id, Status.Revoked);
  });
});
