import { expect } from "chai";
import { network } from "hardhat";
import vectors from "../../vectors/requests.json" with { type: "json" };

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.requestIdOf", () => {
  it("names the vectors' requests", async () => {
    const registry = await ethers.deployContract("AttestationRegistry", [ethers.ZeroAddress, ethers.ZeroAddress]);
    const cover = await ethers.deployContract("Cover", [registry]);
    const deployed = await ethers.deployContract("InferenceRequests", [cover, 1n]);
    await networkHelpers.setCode(vectors.contract, (await deployed.getDeployedCode()) as string);
    const requests = await ethers.getContractAt("InferenceRequests", vectors.contract);

    for (const { request, requestId } of vectors.requests)
      expect(await requests.requestIdOf(request)).to.equal(requestId);
  });
});
