import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex } from "viem";
import { answerHash } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, hash } from "../fixtures.ts";
import { QUORUM, Status } from "../seasons.ts";
import { attestArguments, baseInput, outputOf, type Proven, provenRun, ZK, zkProtocol } from "../zk.ts";

const { ethers, networkHelpers } = await network.create();

describe("ZkProof, when an attestation is recorded", () => {
  async function fixture() {
    const p = await zkProtocol(ethers, networkHelpers);
    const input = p.inputOf(p.prover, 0);
    const unit = await provenRun(p, p.prover, input, p.contextOf(0));
    const free = await provenRun(p, p.prover, baseInput(1));
    return { ...p, unit, free, attest: (run: Proven) => p.registry.connect(p.prover).attest(...attestArguments(run)) };
  }

  it("refuses anyone but the registry", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation, answer, evidence } = p.free;
    const zk = p.zk.connect(p.prover);

    for (const call of [
      () => zk.onAttest(uid, attestation, answer, evidence),
      () => zk.onAttestBatch(uid, { ...attestation, count: 1, root: uid }, 5, evidence),
      () => zk.onCommit(uid, attestation),
      () => zk.onReveal(uid, attestation, answer),
    ])
      await expect(call()).to.be.revertedWithCustomError(zk, "NotTheRegistry").withArgs(p.prover);
  });

  it("refuses hidden answers, batches and shown runs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { inputHash, context, answer } = p.free.attestation;
    const registry = p.registry.connect(p.prover);
    const hook = (name: "onCommit" | "onAttestBatch" | "onShown" | "onShownSettled") =>
      p.zk.interface.getFunction(name).selector;

    await expect(registry.commit(ZK, p.modelId, inputHash, context, answer))
      .to.be.revertedWithCustomError(p.zk, "NotSupported")
      .withArgs(hook("onCommit"));
    await expect(registry.attestBatch(ZK, p.modelId, p.contextOf(0), 1, "0x", "0x01"))
      .to.be.revertedWithCustomError(p.zk, "NotSupported")
      .withArgs(hook("onAttestBatch"));
    await expect(p.zk.onShown(hash("uid"), 0, "0x"))
      .to.be.revertedWithCustomError(p.zk, "NotSupported")
      .withArgs(hook("onShown"));
    await expect(p.zk.onShownSettled(hash("uid"), Status.Verified, p.prover))
      .to.be.revertedWithCustomError(p.zk, "NotSupported")
      .withArgs(hook("onShownSettled"));
  });

  it("refuses a unit of another campaign, and one of another method's task", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const elsewhere =
      `${p.contextOf(0).slice(0, 4)}${addressOf(p.other).slice(2).toLowerCase()}${p.contextOf(0).slice(44)}` as Hex;
    const inputHash = p.unit.attestation.inputHash;
    const registry = p.registry.connect(p.prover);

    await expect(registry.attest(ZK, p.modelId, inputHash, elsewhere, p.unit.answer, p.unit.evidence))
      .to.be.revertedWithCustomError(p.zk, "WrongCampaign")
      .withArgs(elsewhere);
    await expect(
      registry.attest(QUORUM, p.modelId, inputHash, p.contextOf(0), p.unit.answer, p.unit.evidence),
    ).to.be.revert(ethers);
    await expect(
      registry.attest(ZK, p.modelId, inputHash, p.contextOf(99), p.unit.answer, p.unit.evidence),
    ).to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange");
  });

  it("refuses a model whose key isn't admitted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { inputHash } = p.free.attestation;

    await expect(
      p.registry.connect(p.prover).attest(ZK, p.integerModel, inputHash, FREE_CONTEXT, p.free.answer, p.free.evidence),
    )
      .to.be.revertedWithCustomError(p.zk, "KeyNotAdmitted")
      .withArgs(p.integerModel);
  });

  it("refuses a trace", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const answer = { ...p.free.answer, traceHash: hash("trace") };
    const uid = await p.registry.uidOf({ ...p.free.attestation, answer: answerHash(addressOf(p.prover), answer) });

    await expect(p.attest({ ...p.free, answer }))
      .to.be.revertedWithCustomError(p.quorum, "UnexpectedTrace")
      .withArgs(uid, hash("trace"));
  });

  it("records and verifies a unit in one transaction, and the campaign pays for it", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    const sent = await p.attest(p.unit);
    await expect(sent).to.emit(p.zk, "Proven").withArgs(p.unit.uid, true, p.unit.evidence);
    await expect(sent).to.emit(p.registry, "StatusChanged").withArgs(p.unit.uid, Status.Verified, p.prover);
    expect((await p.registry.recordOf(p.unit.uid)).status).to.equal(Status.Verified);
    await expect(p.campaign.connect(p.other).award(p.prover, p.unit.attestation, p.shownOf(p.prover, 0)))
      .to.emit(p.campaign, "PointsAwarded")
      .withArgs(p.seasonId, p.prover, p.unit.uid, 1, 10, 1);
  });

  it("leaves a unit with another input unpaid", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const other = await provenRun(p, p.prover, baseInput(3), p.contextOf(1));
    await p.attest(other);

    await expect(p.campaign.award(p.prover, other.attestation, p.shownOf(p.prover, 1))).to.be.revertedWithCustomError(
      p.campaign,
      "WrongInput",
    );
  });

  it("verifies a free attestation, and one of a request", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const request = await provenRun(p, p.prover, baseInput(2), `0x02${"ab".repeat(31)}`);

    for (const run of [p.free, request]) {
      await p.attest(run);
      expect(await p.registry.statusOf(run.uid)).to.equal(Status.Verified);
    }
  });

  it("verifies what another account relays, as its prover's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation, answer, evidence, uid } = p.free;
    const { chainId } = await ethers.provider.getNetwork();
    const domain = { name: "Proofboard", version: "1", chainId, verifyingContract: addressOf(p.registry) };
    const fields = [
      "address prover",
      "uint8 method",
      "bytes32 modelId",
      "bytes32 inputHash",
      "bytes32 context",
      "bytes32 answer",
    ];
    const types = {
      Attestation: fields.map((field) => ({
        type: field.split(" ")[0] as string,
        name: field.split(" ")[1] as string,
      })),
    };
    const signature = await p.prover.signTypedData(domain, types, attestation);

    await expect(p.registry.connect(p.other).attestBySig(attestation, answer, evidence, signature))
      .to.emit(p.registry, "StatusChanged")
      .withArgs(uid, Status.Verified, p.prover);
  });

  it("takes the whole range of inputs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [i, fill] of [0, 127, 128, 255].entries()) {
      const input = new Uint8Array(16).fill(fill);
      const run = await provenRun(p, p.prover, input, FREE_CONTEXT, hash(`salt ${i}`));
      expect(run.evidence.startsWith(concat([bytesToHex(input), bytesToHex(outputOf(input))]))).to.equal(true);
      await p.attest(run);
      expect(await p.registry.statusOf(run.uid)).to.equal(Status.Verified);
    }
  });
});
