import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import vectors from "../../vectors/adapters.json" with { type: "json" };
import { attestationOf, hash } from "../fixtures.ts";
import { MOCK, Status, settle } from "../seasons.ts";
import { type Agency, agency, ask, attested, requestHashOf } from "./agents.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8004Validator.respond", () => {
  const fixture = () => agency(ethers);

  /** Agent 0's owner has an attestation and asks about it. */
  async function asked() {
    const p = await agency(ethers);
    const uid = await attested(p, p.owner);
    return { ...p, uid, requestHash: await ask(p, uid) };
  }

  it("refuses what nobody asked, with the registry's own word", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const uid = await attested(p, p.owner);

    await expect(p.validator.respond(p.validations, 0, uid, 0))
      .to.be.revertedWithCustomError(p.validations, "UnknownRequest")
      .withArgs(requestHashOf(p, uid));
  });

  it("refuses a hash that was squatted for another agent or validator; the owner asks again with another nonce", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const uid = await attested(p, p.owner);
    await settle(p, uid, Status.Verified);
    const squatter = p.validations.connect(p.stranger);
    for (const [nonce, validator] of [
      [0n, p.validator],
      [1n, p.other],
    ] as const) {
      const squatted = requestHashOf(p, uid, 0n, nonce);
      await squatter.validationRequest(validator, 1, "", squatted);
      await expect(ask(p, uid, nonce))
        .to.be.revertedWithCustomError(p.validations, "HashTaken")
        .withArgs(squatted);
      await expect(p.validator.respond(p.validations, 0, uid, nonce))
        .to.be.revertedWithCustomError(p.validator, "NotRequested")
        .withArgs(squatted);
    }

    const requestHash = await ask(p, uid, 2n);
    await p.validator.respond(p.validations, 0, uid, 2);
    expect((await p.validations.getValidationStatus(requestHash)).response).to.equal(100);
  });

  it("refuses a request under a hash that names another agent, attestation or nonce", async () => {
    const p = await networkHelpers.loadFixture(asked);
    for (const [agentId, uid, nonce] of [
      [1n, p.uid, 0n],
      [0n, hash("another"), 0n],
      [0n, p.uid, 1n],
    ] as const)
      await expect(p.validator.respond(p.validations, agentId, uid, nonce))
        .to.be.revertedWithCustomError(p.validations, "UnknownRequest")
        .withArgs(requestHashOf(p, uid, agentId, nonce));
  });

  it("refuses an attestation of a stranger, also of one that the owner approved: that needs no consent", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const uid = await attested(p, p.stranger);
    await settle(p, uid, Status.Verified);
    await ask(p, uid);
    const approvals = [
      async () => undefined,
      async () => p.agents.connect(p.owner).approve(p.stranger, 0),
      async () => p.agents.connect(p.owner).setApprovalForAll(p.stranger, true),
    ];
    for (const approve of approvals) {
      await approve();
      await expect(p.validator.respond(p.validations, 0, uid, 0))
        .to.be.revertedWithCustomError(p.validator, "ForeignProver")
        .withArgs(p.stranger, 0);
    }
  });

  it("refuses a former owner's attestation, and takes the new one's", async () => {
    const p = await networkHelpers.loadFixture(asked);
    const later = await attested(p, p.stranger);
    await ask(p, later);
    await p.agents.connect(p.owner).transferFrom(p.owner, p.stranger, 0);

    await expect(p.validator.respond(p.validations, 0, p.uid, 0))
      .to.be.revertedWithCustomError(p.validator, "ForeignProver")
      .withArgs(p.owner, 0);
    await settle(p, later, Status.Verified);
    await expect(p.validator.respond(p.validations, 0, later, 0)).to.emit(p.validations, "ValidationResponse");
  });

  it("refuses an unknown attestation, also where the agent has no wallet", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await ask(p, hash("nothing"));
    await p.agents.connect(p.owner).transferFrom(p.owner, p.stranger, 0);
    expect(await p.agents.getAgentWallet(0)).to.equal(ethers.ZeroAddress);

    await expect(p.validator.respond(p.validations, 0, hash("nothing"), 0))
      .to.be.revertedWithCustomError(p.validator, "ForeignProver")
      .withArgs(ethers.ZeroAddress, 0);
  });

  it("refuses a pending attestation without a method, or under one that may end Void", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.method.setCanVoid(true);
    for (const method of [0, MOCK]) {
      const uid = await attested(p, p.owner, method);
      await ask(p, uid);

      await expect(p.validator.respond(p.validations, 0, uid, 0))
        .to.be.revertedWithCustomError(p.validator, "NothingToRespond")
        .withArgs(uid, Status.Pending);
    }
  });

  it("refuses a void and a revoked attestation", async () => {
    const p = await networkHelpers.loadFixture(asked);
    const revoked = attestationOf(p.owner, { modelId: p.integerModel });
    await p.registry.connect(p.owner).revoke(revoked);
    const revokedUid = (await p.registry.uidOf(revoked)) as Hex;
    await ask(p, revokedUid);
    await settle(p, p.uid, Status.Void);
    for (const [uid, status] of [
      [p.uid, Status.Void],
      [revokedUid, Status.Revoked],
    ] as const)
      await expect(p.validator.respond(p.validations, 0, uid, 0))
        .to.be.revertedWithCustomError(p.validator, "NothingToRespond")
        .withArgs(uid, status);
  });

  for (const [what, status, response] of [
    ["passes what is Verified", Status.Verified, 100],
    ["fails what is Refuted", Status.Refuted, 0],
  ] as const)
    it(`${what}: softly while it is pending, then hard, each once; anyone calls`, async () => {
      const p = await networkHelpers.loadFixture(asked);
      const respond = () => p.validator.connect(p.stranger).respond(p.validations, 0, p.uid, 0);
      await p.method.setCanVoid(false);
      const expectResponse = async (response: number, tag: string) => {
        await expect(respond())
          .to.emit(p.validations, "ValidationResponse")
          .withArgs(p.validator, 0, p.requestHash, response, "", p.uid, tag);
        await expect(respond()).to.be.revertedWithCustomError(p.validator, "AlreadyResponded").withArgs(p.requestHash);
      };

      await expectResponse(50, "method-2/soft");
      await settle(p, p.uid, status);
      await expectResponse(response, "method-2/hard");
      expect(await p.validations.getSummary(0, [p.validator], "method-2/hard")).to.deep.equal([1n, BigInt(response)]);
      expect(await p.validations.getSummary(0, [], "method-2/soft")).to.deep.equal([0n, 0n]);
      expect(await p.validations.getSummary(0, [p.other], "")).to.deep.equal([0n, 0n]);
    });

  for (const [what, leave] of [
    ["transfers the agent", (p: Agency) => p.agents.connect(p.owner).transferFrom(p.owner, p.stranger, 0)],
    ["changes its wallet", (p: Agency) => p.agents.connect(p.stranger).becomeWallet(0)],
  ] as const)
    it(`fails softly passed work that is Refuted also when who attested it ${what} meanwhile`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.agents.connect(p.prover).becomeWallet(0);
      const uid = await attested(p, what === "changes its wallet" ? p.prover : p.owner);
      const requestHash = await ask(p, uid);
      await p.method.setCanVoid(false);
      await p.validator.respond(p.validations, 0, uid, 0);
      await leave(p);
      await settle(p, uid, Status.Refuted);

      await p.validator.respond(p.validations, 0, uid, 0);
      const { response, tag } = await p.validations.getValidationStatus(requestHash);
      expect([response, tag]).to.deep.equal([0n, "method-2/hard"]);
    });

  it("answers for the agent's wallet", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.agents.connect(p.prover).becomeWallet(0);
    const uid = await attested(p, p.prover);
    await ask(p, uid);
    await settle(p, uid, Status.Verified);

    await p.validator.respond(p.validations, 0, uid, 0);
    expect(await p.validations.getAgentValidations(0)).to.deep.equal([requestHashOf(p, uid)]);
    expect(await p.validations.getValidatorRequests(p.validator)).to.deep.equal([requestHashOf(p, uid)]);
  });

  it("answers where the operator asked, and about a batch", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = ethers.concat(["0x03", ethers.dataSlice(hash("batch"), 1)]);
    const fields = [MOCK, p.integerModel, context, 2, "0x", "0x0102"] as const;
    const id = (await p.registry.connect(p.owner).attestBatch.staticCall(...fields)) as Hex;
    await p.registry.connect(p.owner).attestBatch(...fields);
    await p.agents.connect(p.owner).setApprovalForAll(p.other, true);
    await p.validations.connect(p.other).validationRequest(p.validator, 0, "", requestHashOf(p, id));
    await settle(p, id, Status.Verified);

    await expect(p.validator.respond(p.validations, 0, id, 0)).to.emit(p.validations, "ValidationResponse");
  });

  it("can't read a registry of the older draft, whose tag is 32 bytes", async () => {
    const p = await networkHelpers.loadFixture(asked);
    const older = await ethers.deployContract("Replayer");
    const requestHash = await p.validator.requestHashOf(older, 0, p.uid, 0);
    const query = p.validations.interface.encodeFunctionData("getValidationStatus", [requestHash]);
    const values = [await p.validator.getAddress(), 0, 0, ethers.encodeBytes32String("tag"), 1];
    const types = ["address", "uint256", "uint8", "bytes32", "uint256"];
    await older.prime(query, ethers.AbiCoder.defaultAbiCoder().encode(types, values));

    await expect(p.validator.respond(older, 0, p.uid, 0)).to.revert(ethers);
  });

  it("gives the vectors' hashes, and names its registry", async () => {
    const { validator, registry } = await networkHelpers.loadFixture(fixture);
    expect(await validator.registry()).to.equal(registry);
    const code = await ethers.provider.getCode(validator);
    for (const { validator: address, validations, agentId, uid, nonce, requestHash } of vectors.requests) {
      await networkHelpers.setCode(address, code);
      const at = await ethers.getContractAt("ERC8004Validator", address);

      expect(await at.requestHashOf(validations, agentId, uid, nonce)).to.equal(requestHash);
    }
  });
});
