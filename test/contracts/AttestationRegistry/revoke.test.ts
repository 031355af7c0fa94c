import { expect } from "chai";
import { network } from "hardhat";
import { attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, attestationOf, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.revoke", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { prover, integerModel } = deployed;
    const registry = deployed.registry.connect(prover);
    const attestation = attestationOf(prover, { modelId: integerModel });
    return { ...deployed, registry, attestation, uid: attestationUid(31337, addressOf(registry), attestation) };
  }

  it("refuses everybody but the prover", async () => {
    const { registry, prover, other, attestation } = await networkHelpers.loadFixture(fixture);

    await expect(registry.connect(other).revoke(attestation))
      .to.be.revertedWithCustomError(registry, "NotTheProver")
      .withArgs(other, prover);
  });

  it("refuses a pending attestation that a method will settle", async () => {
    const { registry, attestation } = await networkHelpers.loadFixture(fixture);
    const hidden = { ...attestation, method: 2 };
    const uid = attestationUid(31337, addressOf(registry), hidden);
    await registry.commit(2, hidden.modelId, hidden.inputHash, FREE_CONTEXT, hidden.answer);

    await expect(registry.revoke(hidden)).to.be.revertedWithCustomError(registry, "NotRevocable").withArgs(uid, 2, 1);
  });

  it("refuses a settled attestation", async () => {
    const { registry, method, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const hidden = { ...attestation, method: 2 };
    const uid = attestationUid(31337, addressOf(registry), hidden);
    await registry.commit(2, hidden.modelId, hidden.inputHash, FREE_CONTEXT, hidden.answer);
    await method.execute(registry, registry.interface.encodeFunctionData("settle", [uid, 4, prover.address]));

    await expect(registry.revoke(hidden)).to.be.revertedWithCustomError(registry, "NotRevocable").withArgs(uid, 2, 4);
  });

  it("refuses a revoked attestation", async () => {
    const { registry, attestation, uid } = await networkHelpers.loadFixture(fixture);
    await registry.revoke(attestation);

    await expect(registry.revoke(attestation))
      .to.be.revertedWithCustomError(registry, "NotRevocable")
      .withArgs(uid, 0, 5);
  });

  it("takes back an open attestation without a method, keeping its time", async () => {
    const { registry, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    await registry.attest(0, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened, "0x");
    const attestedAt = BigInt(await networkHelpers.time.latest());
    await networkHelpers.time.increase(100);

    await expect(registry.revoke(attestation)).to.emit(registry, "StatusChanged").withArgs(uid, 5, prover);

    expect(await registry.recordOf(uid)).to.deep.equal([prover.address, attestedAt, 1n, 0n, 5n, true]);
  });

  it("kills an attestation before it is recorded, of any method", async () => {
    const { registry, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash, answer } = attestation;
    const uid = attestationUid(31337, addressOf(registry), { ...attestation, method: 2 });

    await expect(registry.revoke({ ...attestation, method: 2 }))
      .to.emit(registry, "StatusChanged")
      .withArgs(uid, 5, prover);

    const revokedAt = BigInt(await networkHelpers.time.latest());
    expect(await registry.recordOf(uid)).to.deep.equal([prover.address, revokedAt, 1n, 2n, 5n, false]);
    await expect(registry.commit(2, modelId, inputHash, FREE_CONTEXT, answer))
      .to.be.revertedWithCustomError(registry, "AlreadyRecorded")
      .withArgs(uid);
    await expect(registry.reveal(2, modelId, inputHash, FREE_CONTEXT, opened))
      .to.be.revertedWithCustomError(registry, "NotPending")
      .withArgs(uid, 5);
  });
});
