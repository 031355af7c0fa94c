import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash, opened, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.addMethod", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    return { ...deployed, another: await ethers.deployContract("MockMethod") };
  }

  it("refuses who has no right to it", async () => {
    const { registry, organiser, another } = await networkHelpers.loadFixture(fixture);

    await expect(registry.connect(organiser).addMethod(another))
      .to.be.revertedWithCustomError(registry, "AccessManagedUnauthorized")
      .withArgs(organiser);
  });

  it("refuses an address without code", async () => {
    const { registry, other } = await networkHelpers.loadFixture(fixture);

    await expect(registry.addMethod(other)).to.be.revertedWithCustomError(registry, "NotAMethod").withArgs(other);
  });

  it("refuses a 256th method", async () => {
    const { registry, another } = await networkHelpers.loadFixture(fixture);
    for (let id = 3; id <= 255; id++) await registry.addMethod(another);

    await expect(registry.addMethod(another)).to.be.revertedWithCustomError(registry, "UnknownMethod").withArgs(255);

    expect(await registry.methodAt(255)).to.equal(another);
    expect(await registry.methodCount()).to.equal(255);
  });

  it("appends to the list", async () => {
    const { registry, quorum, method, another } = await networkHelpers.loadFixture(fixture);

    await expect(registry.addMethod(another)).to.emit(registry, "MethodAdded").withArgs(3, another);

    expect(await registry.methodCount()).to.equal(3);
    for (const [id, contract] of [quorum, method, another].entries())
      expect(await registry.methodAt(id + 1)).to.equal(contract);
  });

  it("leaves the models to a method that admits them", async () => {
    const { registry, another, models } = await networkHelpers.loadFixture(fixture);
    const [modelId, context] = [hash("no model"), FREE_CONTEXT];
    await another.setAdmitsModels(true);
    await registry.addMethod(another);
    await another.setAdmitsModels(false);

    await registry.attestRoot(3, modelId, context, 1, hash("root"));
    await registry.attest(3, modelId, hash("input"), context, opened, "0x");
    await registry.commit(3, modelId, hash("another input"), context, hash("answer"));
    for (const id of [0, 1, 2])
      await expect(registry.attest(id, modelId, hash("input"), context, opened, "0x"))
        .to.be.revertedWithCustomError(models, "UnknownModel")
        .withArgs(modelId);
  });

  it("knows no method 0 and none beyond the list", async () => {
    const { registry } = await networkHelpers.loadFixture(fixture);

    for (const id of [0, 3, 255])
      await expect(registry.methodAt(id)).to.be.revertedWithCustomError(registry, "UnknownMethod").withArgs(id);
  });

  it("looks models up in the registry that it was deployed with", async () => {
    const { registry, models } = await networkHelpers.loadFixture(fixture);

    expect(await registry.models()).to.equal(models);
  });
});
