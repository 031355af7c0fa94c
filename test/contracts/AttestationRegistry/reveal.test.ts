import { expect } from "chai";
import { network } from "hardhat";
import { attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.reveal", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { prover, integerModel } = deployed;
    const registry = deployed.registry.connect(prover);
    const attestation = attestationOf(prover, { method: 2, modelId: integerModel });
    await registry.commit(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, attestation.answer);
    return { ...deployed, registry, attestation, uid: attestationUid(31337, addressOf(registry), attestation) };
  }

  it("refuses fields or a salt that were not committed, and names the uid they make", async () => {
    const { registry, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;
    const salted = { ...opened, salt: hash("another salt") };

    for (const [input, answer] of [
      [inputHash, salted],
      [hash("another input"), opened],
    ] as const) {
      const uid = await registry.attest.staticCall(2, modelId, input, FREE_CONTEXT, answer, "0x");

      await expect(registry.connect(prover).reveal(2, modelId, input, FREE_CONTEXT, answer))
        .to.be.revertedWithCustomError(registry, "NotPending")
        .withArgs(uid, 0);
    }
  });

  it("refuses everybody but the prover", async () => {
    const { registry, other, attestation } = await networkHelpers.loadFixture(fixture);

    await expect(
      registry.connect(other).reveal(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened),
    ).to.be.revertedWithCustomError(registry, "NotPending");
  });

  it("refuses an attestation that is settled", async () => {
    const { registry, method, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    await method.execute(registry, registry.interface.encodeFunctionData("settle", [uid, 3, prover.address]));

    await expect(registry.reveal(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened))
      .to.be.revertedWithCustomError(registry, "NotPending")
      .withArgs(uid, 3);
  });

  it("refuses to open an answer twice", async () => {
    const { registry, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const reveal = () => registry.reveal(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened);
    await reveal();

    await expect(reveal()).to.be.revertedWithCustomError(registry, "NothingToReveal").withArgs(uid);
  });

  it("refuses an attestation that was attested openly, under a method or none", async () => {
    const { registry, attestation } = await networkHelpers.loadFixture(fixture);
    const salted = { ...opened, salt: hash("another salt") };

    for (const method of [0, 2]) {
      const uid = await registry.attest.staticCall(
        method,
        attestation.modelId,
        attestation.inputHash,
        FREE_CONTEXT,
        salted,
        "0x",
      );
      await registry.attest(method, attestation.modelId, attestation.inputHash, FREE_CONTEXT, salted, "0x");

      await expect(registry.reveal(method, attestation.modelId, attestation.inputHash, FREE_CONTEXT, salted))
        .to.be.revertedWithCustomError(registry, "NothingToReveal")
        .withArgs(uid);
    }
  });

  it("refuses what its method refuses, and may be tried again", async () => {
    const { registry, method, models, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;
    await method.onNextHook(models, models.interface.encodeFunctionData("modelOf", [hash("no model")]));

    await expect(registry.reveal(2, modelId, inputHash, FREE_CONTEXT, opened)).to.be.revertedWithCustomError(
      models,
      "UnknownModel",
    );

    expect((await registry.recordOf(uid)).open).to.equal(false);
    await method.onNextHook(models, models.interface.encodeFunctionData("isPublished", [modelId]));
    await expect(registry.reveal(2, modelId, inputHash, FREE_CONTEXT, opened)).to.emit(registry, "Attested");
  });

  it("opens the answer and calls the method", async () => {
    const { registry, method, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;
    const before = await registry.recordOf(uid);
    const sent = registry.reveal(2, modelId, inputHash, FREE_CONTEXT, opened);

    await expect(sent)
      .to.emit(registry, "Attested")
      .withArgs(uid, prover, modelId, inputHash, opened.outputHash, opened.traceHash, FREE_CONTEXT, opened.salt, 2);
    await expect(sent).to.emit(method, "RevealHook").withArgs(uid, Object.values(attestation), Object.values(opened));

    expect(await registry.recordOf(uid)).to.deep.equal([...before.slice(0, 5), true]);
  });
});
