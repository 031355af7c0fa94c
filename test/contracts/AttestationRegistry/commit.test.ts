import { expect } from "chai";
import { network } from "hardhat";
import { attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.commit", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { prover, integerModel, registry } = deployed;
    const attestation = attestationOf(prover, { method: 2, modelId: integerModel });
    return { ...deployed, attestation, uid: attestationUid(31337, addressOf(registry), attestation) };
  }

  it("refuses method 0 and methods that don't exist", async () => {
    const { registry, attestation } = await networkHelpers.loadFixture(fixture);

    for (const method of [0, 3, 255])
      await expect(
        registry.commit(method, attestation.modelId, attestation.inputHash, FREE_CONTEXT, attestation.answer),
      )
        .to.be.revertedWithCustomError(registry, "UnknownMethod")
        .withArgs(method);
  });

  it("refuses a model that isn't published", async () => {
    const { registry, models, attestation } = await networkHelpers.loadFixture(fixture);

    await expect(registry.commit(2, hash("no model"), attestation.inputHash, FREE_CONTEXT, attestation.answer))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
  });

  it("refuses a context of an unknown kind", async () => {
    const { registry, attestation } = await networkHelpers.loadFixture(fixture);
    const context = `0xff${"00".repeat(31)}`;

    await expect(registry.commit(2, attestation.modelId, attestation.inputHash, context, attestation.answer))
      .to.be.revertedWithCustomError(registry, "InvalidContext")
      .withArgs(context);
  });

  it("refuses the same attestation twice, hidden or open", async () => {
    const { registry, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash, answer } = attestation;
    const commit = () => registry.connect(prover).commit(2, modelId, inputHash, FREE_CONTEXT, answer);
    const snapshot = await networkHelpers.takeSnapshot();
    await commit();

    await expect(commit()).to.be.revertedWithCustomError(registry, "AlreadyRecorded").withArgs(uid);

    await snapshot.restore();
    await registry.connect(prover).attest(2, modelId, inputHash, FREE_CONTEXT, opened, "0x");

    await expect(commit()).to.be.revertedWithCustomError(registry, "AlreadyRecorded").withArgs(uid);
  });

  it("prevents a copied commit from blocking its owner", async () => {
    const { registry, prover, other, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash, answer } = attestation;
    await registry.connect(other).commit(2, modelId, inputHash, FREE_CONTEXT, answer);

    await expect(registry.connect(prover).commit(2, modelId, inputHash, FREE_CONTEXT, answer))
      .to.emit(registry, "Committed")
      .withArgs(uid, prover, modelId, inputHash, FREE_CONTEXT, answer, 2);
  });

  it("records a hidden attestation and calls its method", async () => {
    const { registry, method, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash, context, answer } = attestation;
    const sent = registry.connect(prover).commit(2, modelId, inputHash, context, answer);

    await expect(sent).to.emit(registry, "Committed").withArgs(uid, prover, modelId, inputHash, context, answer, 2);
    await expect(sent).to.emit(method, "CommitHook").withArgs(uid, Object.values(attestation));

    expect(await registry.recordOf(uid)).to.deep.equal([
      prover.address,
      BigInt(await networkHelpers.time.latest()),
      1n,
      2n,
      1n,
      false,
    ]);
  });
});
