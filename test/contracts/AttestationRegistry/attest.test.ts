import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs";
import { expect } from "chai";
import { network } from "hardhat";
import { answerHash, attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.attest", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { prover, integerModel, registry } = deployed;
    const attestation = attestationOf(prover, { modelId: integerModel });
    return { ...deployed, attestation, uid: attestationUid(31337, addressOf(registry), attestation) };
  }

  it("refuses a model that isn't published", async () => {
    const { registry, models, prover } = await networkHelpers.loadFixture(fixture);

    await expect(registry.connect(prover).attest(0, hash("no model"), hash("input"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
  });

  it("refuses a context of an unknown kind, and a free one that isn't all zero", async () => {
    const { registry, integerModel } = await networkHelpers.loadFixture(fixture);

    for (const context of [`0x04${"00".repeat(31)}`, `0x${"00".repeat(31)}01`])
      await expect(registry.attest(0, integerModel, hash("input"), context, opened, "0x"))
        .to.be.revertedWithCustomError(registry, "InvalidContext")
        .withArgs(context);
  });

  it("refuses a method that doesn't exist", async () => {
    const { registry, integerModel } = await networkHelpers.loadFixture(fixture);

    await expect(registry.attest(3, integerModel, hash("input"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(registry, "UnknownMethod")
      .withArgs(3);
  });

  it("refuses the same attestation twice", async () => {
    const { registry, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const attest = () =>
      registry.connect(prover).attest(0, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened, "0x");
    await attest();

    await expect(attest()).to.be.revertedWithCustomError(registry, "AlreadyRecorded").withArgs(uid);
  });

  it("refuses an attestation that is hidden already", async () => {
    const { registry, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const hidden = { ...attestation, method: 2 };
    const uid = attestationUid(31337, addressOf(registry), hidden);
    await registry.connect(prover).commit(2, hidden.modelId, hidden.inputHash, FREE_CONTEXT, hidden.answer);

    await expect(registry.connect(prover).attest(2, hidden.modelId, hidden.inputHash, FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(registry, "AlreadyRecorded")
      .withArgs(uid);
  });

  it("refuses what its method refuses", async () => {
    const { registry, method, models, integerModel } = await networkHelpers.loadFixture(fixture);
    await method.onNextHook(models, models.interface.encodeFunctionData("modelOf", [hash("no model")]));

    await expect(registry.attest(2, integerModel, hash("input"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
  });

  it("refuses an open answer where the method takes hidden ones only", async () => {
    const { registry, quorum, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;

    await expect(registry.connect(prover).attest(1, modelId, inputHash, FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(quorum, "NotSupported")
      .withArgs(quorum.interface.getFunction("onAttest").selector);
  });

  it("prevents a method from attesting for the prover", async () => {
    const { registry, method, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;
    const again = registry.interface.encodeFunctionData("attest", [0, modelId, inputHash, FREE_CONTEXT, opened, "0x"]);
    await method.onNextHook(registry, again);

    await expect(registry.connect(prover).attest(2, modelId, inputHash, FREE_CONTEXT, opened, "0x"))
      .to.emit(registry, "Attested")
      .withArgs(
        anyValue,
        method,
        modelId,
        inputHash,
        ...Object.values(opened).slice(0, 2),
        FREE_CONTEXT,
        opened.salt,
        0,
      );

    expect(await registry.statusOf(uid)).to.equal(0);
  });

  it("records an open attestation under its digest", async () => {
    const { registry, prover, attestation, uid } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;

    await expect(registry.connect(prover).attest(0, modelId, inputHash, FREE_CONTEXT, opened, "0x"))
      .to.emit(registry, "Attested")
      .withArgs(uid, prover, modelId, inputHash, opened.outputHash, opened.traceHash, FREE_CONTEXT, opened.salt, 0);

    expect(await registry.recordOf(uid)).to.deep.equal([
      prover.address,
      BigInt(await networkHelpers.time.latest()),
      1n,
      0n,
      1n,
      true,
    ]);
    expect(await registry.statusOf(uid)).to.equal(1);
  });

  it("gives everybody a uid of their own for the same answer", async () => {
    const { registry, prover, other, integerModel } = await networkHelpers.loadFixture(fixture);
    for (const account of [prover, other]) {
      const attestation = attestationOf(account, {
        modelId: integerModel,
        answer: answerHash(addressOf(account), opened),
      });

      expect(
        await registry
          .connect(account)
          .attest.staticCall(0, integerModel, attestation.inputHash, FREE_CONTEXT, opened, "0x"),
      ).to.equal(attestationUid(31337, addressOf(registry), attestation));
    }
  });

  it("hands attestation, answer and evidence to the method", async () => {
    const { registry, method, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const { modelId, inputHash } = attestation;
    const context = `0x01${"ab".repeat(31)}` as const;
    const fields = { ...attestation, method: 2, context };
    const uid = attestationUid(31337, addressOf(registry), fields);

    await expect(registry.connect(prover).attest(2, modelId, inputHash, context, opened, "0x1234"))
      .to.emit(method, "AttestHook")
      .withArgs(uid, Object.values(fields), Object.values(opened), "0x1234");
  });

  it("lets a method settle at once", async () => {
    const { registry, method, prover, attestation } = await networkHelpers.loadFixture(fixture);
    const uid = attestationUid(31337, addressOf(registry), { ...attestation, method: 2 });
    await method.onNextHook(registry, registry.interface.encodeFunctionData("settle", [uid, 2, prover.address]));

    await expect(
      registry.connect(prover).attest(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened, "0x"),
    )
      .to.emit(registry, "StatusChanged")
      .withArgs(uid, 2, prover);
  });
});
