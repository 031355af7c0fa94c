import { expect } from "chai";
import { network } from "hardhat";
import { agency } from "../ERC8004Validator/agents.ts";
import { hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("MockValidationRegistry", () => {
  const fixture = () => agency(ethers);
  const request = hash("request");

  it("refuses a request without a validator, by a stranger, for an agent that isn't, or under a taken hash", async () => {
    const { validations, agents, owner, other, stranger } = await networkHelpers.loadFixture(fixture);
    const registry = validations.connect(owner);
    await expect(registry.validationRequest(ethers.ZeroAddress, 0, "", request)).to.be.revertedWithCustomError(
      validations,
      "NoValidator",
    );
    await expect(validations.connect(stranger).validationRequest(other, 0, "", request))
      .to.be.revertedWithCustomError(validations, "NotTheAgents")
      .withArgs(stranger, 0);
    await expect(registry.validationRequest(other, 2, "", request))
      .to.be.revertedWithCustomError(agents, "ERC721NonexistentToken")
      .withArgs(2);
    await registry.validationRequest(other, 0, "", request);
    await expect(registry.validationRequest(other, 0, "", request))
      .to.be.revertedWithCustomError(validations, "HashTaken")
      .withArgs(request);
  });

  it("refuses a response to nothing, by anyone but the validator, and above 100", async () => {
    const { validations, owner, other } = await networkHelpers.loadFixture(fixture);
    await expect(validations.validationResponse(request, 0, "", request, ""))
      .to.be.revertedWithCustomError(validations, "UnknownRequest")
      .withArgs(request);
    await validations.connect(owner).validationRequest(other, 0, "", request);
    await expect(validations.connect(owner).validationResponse(request, 100, "", request, ""))
      .to.be.revertedWithCustomError(validations, "NotTheValidator")
      .withArgs(owner, other);
    await expect(validations.connect(other).validationResponse(request, 101, "", request, ""))
      .to.be.revertedWithCustomError(validations, "ResponseTooHigh")
      .withArgs(101);
  });

  it("keeps the last response, and counts those that were given", async () => {
    const { validations, owner, other, stranger } = await networkHelpers.loadFixture(fixture);
    const registry = validations.connect(owner);
    await registry.validationRequest(other, 0, "ipfs://work", request);
    await registry.validationRequest(stranger, 0, "", hash("another"));
    expect(await validations.getSummary(0, [], "")).to.deep.equal([0n, 0n]);
    await validations.connect(other).validationResponse(request, 100, "", hash("first"), "soft");
    await validations.connect(other).validationResponse(request, 31, "", hash("why"), "hard");
    await validations.connect(stranger).validationResponse(hash("another"), 60, "", hash("why"), "hard");

    const status = await validations.getValidationStatus(request);
    expect(status.slice(0, 5)).to.deep.equal([other.address, 0n, 31n, hash("why"), "hard"]);
    expect(await validations.getSummary(0, [], "hard")).to.deep.equal([2n, 45n]);
    expect(await validations.getSummary(0, [stranger, other], "")).to.deep.equal([2n, 45n]);
    expect(await validations.getSummary(0, [other], "hard")).to.deep.equal([1n, 31n]);
    expect(await validations.getSummary(1, [], "")).to.deep.equal([0n, 0n]);
    expect(await validations.getAgentValidations(0)).to.deep.equal([request, hash("another")]);
  });
});
