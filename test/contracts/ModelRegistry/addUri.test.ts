import { expect } from "chai";
import { network } from "hardhat";
import { hash, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("ModelRegistry.addUri", () => {
  async function fixture() {
    return protocol(ethers);
  }

  it("refuses a model that isn't published", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);

    await expect(models.addUri(hash("no model"), "ipfs://x"))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
    await expect(models.modelOf(hash("no model")))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
    expect(await models.isPublished(hash("no model"))).to.equal(false);
  });

  it("takes a hint from anybody", async () => {
    const { models, other, floatModel } = await networkHelpers.loadFixture(fixture);

    await expect(models.connect(other).addUri(floatModel, "https://example.org/model.onnx"))
      .to.emit(models, "UriAdded")
      .withArgs(floatModel, other, "https://example.org/model.onnx");
  });
});
