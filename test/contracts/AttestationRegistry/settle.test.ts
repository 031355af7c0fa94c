import { expect } from "chai";
import { network } from "hardhat";
import { attestationUid } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.settle", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { prover, integerModel, method } = deployed;
    const registry = deployed.registry.connect(prover);
    const attestation = attestationOf(prover, { method: 2, modelId: integerModel });
    await registry.commit(2, attestation.modelId, attestation.inputHash, FREE_CONTEXT, attestation.answer);
    const uid = attestationUid(31337, addressOf(registry), attestation);
    const settle = (id: string, status: number) =>
      method.execute(registry, registry.interface.encodeFunctionData("settle", [id, status, prover.address]));
    return { ...deployed, registry, attestation, uid, settle };
  }

  it("refuses an attestation that was never made", async () => {
    const { registry, settle } = await networkHelpers.loadFixture(fixture);

    await expect(settle(hash("nothing"), 2))
      .to.be.revertedWithCustomError(registry, "NotPending")
      .withArgs(hash("nothing"), 0);
  });

  it("refuses everybody but the record's method, other methods too", async () => {
    const { registry, admin, prover, uid, accounts } = await networkHelpers.loadFixture(fixture);
    const second = await ethers.deployContract("MockMethod");
    await registry.connect(admin).addMethod(second);

    for (const caller of [admin, prover, accounts[0] as typeof prover])
      await expect(registry.connect(caller).settle(uid, 2, prover))
        .to.be.revertedWithCustomError(registry, "NotTheMethod")
        .withArgs(uid, caller);
    await expect(second.execute(registry, registry.interface.encodeFunctionData("settle", [uid, 2, prover.address])))
      .to.be.revertedWithCustomError(registry, "NotTheMethod")
      .withArgs(uid, second);
  });

  it("refuses to settle what no method verifies", async () => {
    const { registry, method, prover, attestation, settle } = await networkHelpers.loadFixture(fixture);
    const uid = attestationUid(31337, addressOf(registry), { ...attestation, method: 0 });
    await registry.attest(0, attestation.modelId, attestation.inputHash, FREE_CONTEXT, opened, "0x");

    await expect(settle(uid, 2)).to.be.revertedWithCustomError(registry, "NotTheMethod").withArgs(uid, method);
    await expect(registry.settle(uid, 2, prover))
      .to.be.revertedWithCustomError(registry, "NotTheMethod")
      .withArgs(uid, prover);
  });

  it("refuses a status that settles nothing", async () => {
    const { registry, uid, settle } = await networkHelpers.loadFixture(fixture);

    for (const status of [0, 1, 5])
      await expect(settle(uid, status)).to.be.revertedWithCustomError(registry, "NotASettlement").withArgs(uid, status);
  });

  for (const [status, name] of [
    [2, "Verified"],
    [3, "Refuted"],
    [4, "Void"],
  ] as const)
    it(`makes an attestation ${name} for ever`, async () => {
      const { registry, prover, uid, settle } = await networkHelpers.loadFixture(fixture);
      const before = await registry.recordOf(uid);

      await expect(settle(uid, status)).to.emit(registry, "StatusChanged").withArgs(uid, status, prover);

      expect(await registry.recordOf(uid)).to.deep.equal([...before.slice(0, 4), BigInt(status), false]);
      for (const next of [2, 3, 4])
        await expect(settle(uid, next)).to.be.revertedWithCustomError(registry, "NotPending").withArgs(uid, status);
    });
});
