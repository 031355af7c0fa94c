import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import { attest, attestationFor, BUDGET, deliveredJob, fundedJob, JobStatus, market, termedJob } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8183Evaluator.deliver", () => {
  /** Submitted with an attestation that may decide, which isn't delivered. */
  async function submitted() {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const uid = await attest(p, p.provider, attestationFor(p));
    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
    return { ...p, uid };
  }

  it("refuses everyone but the job's provider", async () => {
    const { evaluator, escrow, jobId, uid, client, stranger, provider } = await networkHelpers.loadFixture(submitted);
    for (const caller of [client, stranger])
      await expect(evaluator.connect(caller).deliver(escrow, jobId, uid))
        .to.be.revertedWithCustomError(evaluator, "NotTheJobsProvider")
        .withArgs(caller, provider);
  });

  it("refuses a job whose work isn't submitted, or that has ended", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const uid = await attest(p, p.provider, attestationFor(p));
    const deliver = () => p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid);
    await expect(deliver())
      .to.be.revertedWithCustomError(p.evaluator, "WrongJobStatus")
      .withArgs(p.jobId, JobStatus.Funded);

    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
    await networkHelpers.time.increaseTo(p.expiredAt);
    await p.escrow.claimRefund(p.jobId);
    await expect(deliver())
      .to.be.revertedWithCustomError(p.evaluator, "WrongJobStatus")
      .withArgs(p.jobId, JobStatus.Expired);
  });

  it("refuses while nobody noted the funding", async () => {
    const p = await termedJob(await market(ethers), networkHelpers);
    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");
    const uid = await attest(p, p.provider, attestationFor(p));
    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");

    await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
      .to.be.revertedWithCustomError(p.evaluator, "FundingNotNoted")
      .withArgs(p.jobId);
  });

  it("refuses a second deliverable, and the same again", async () => {
    const p = await deliveredJob(await market(ethers), networkHelpers);
    const another = await attest(p, p.provider, attestationFor(p, { inputHash: hash("another input") }));
    for (const uid of [another, p.uid])
      await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
        .to.be.revertedWithCustomError(p.evaluator, "AlreadyDelivered")
        .withArgs(p.jobId, p.uid);
  });

  it("refuses what nobody attested, and an attestation of another prover", async () => {
    const p = await networkHelpers.loadFixture(submitted);
    const prover = p.stranger.address as `0x${string}`;
    const copied = attestationFor(p, { prover });
    const { method, modelId, inputHash, context } = copied;
    const answer = { outputHash: hash("output"), traceHash: ethers.ZeroHash, salt: hash("salt") };
    const fields = [method, modelId, inputHash, context, answer, "0x"] as const;
    const foreign = await p.registry.connect(p.stranger).attest.staticCall(...fields);
    await p.registry.connect(p.stranger).attest(...fields);

    for (const [uid, by] of [
      [hash("nothing"), ethers.ZeroAddress],
      [ethers.ZeroHash, ethers.ZeroAddress],
      [foreign, prover],
    ] as const)
      await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
        .to.be.revertedWithCustomError(p.evaluator, "ForeignDeliverable")
        .withArgs(uid, by);
  });

  it("refuses an attestation made before the funding was noted, or in the same second", async () => {
    const p = await termedJob(await market(ethers), networkHelpers);
    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");
    const now = (await networkHelpers.time.latest()) + 100;
    const context = attestationFor(p).context;
    const fields = [2, p.terms.modelId, p.terms.inputHash, context] as const;
    const answerOf = (text: string) => ({ outputHash: hash(text), traceHash: ethers.ZeroHash, salt: hash("salt") });
    const early = await p.registry.connect(p.provider).attest.staticCall(...fields, answerOf("early"), "0x");
    const same = await p.registry.connect(p.provider).attest.staticCall(...fields, answerOf("same"), "0x");
    await networkHelpers.time.setNextBlockTimestamp(now - 1);
    await p.registry.connect(p.provider).attest(...fields, answerOf("early"), "0x");
    await ethers.provider.send("evm_setAutomine", [false]);
    try {
      await networkHelpers.time.setNextBlockTimestamp(now);
      await p.evaluator.noteFunded(p.escrow, p.jobId, { gasLimit: 1_000_000 });
      await p.registry.connect(p.provider).attest(...fields, answerOf("same"), "0x", { gasLimit: 1_000_000 });
      await networkHelpers.mine(1);
    } finally {
      await ethers.provider.send("evm_setAutomine", [true]);
    }
    await p.escrow.connect(p.provider).submit(p.jobId, early, "0x");

    for (const [uid, at] of [
      [early, now - 1],
      [same, now],
    ] as const)
      await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
        .to.be.revertedWithCustomError(p.evaluator, "AttestedBeforeFunding")
        .withArgs(uid, at, now);
  });

  it("refuses an attestation without a method, or under one that the terms don't accept", async () => {
    const p = await networkHelpers.loadFixture(submitted);
    await p.registry.addMethod(p.method);
    for (const method of [0, 3]) {
      const uid = await attest(p, p.provider, attestationFor(p, { method }));

      await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
        .to.be.revertedWithCustomError(p.evaluator, "MethodOutsideTerms")
        .withArgs(uid, method);
    }
  });

  it("takes the provider's attestation, for ever", async () => {
    const { evaluator, escrow, provider, jobId, uid } = await networkHelpers.loadFixture(submitted);

    await expect(evaluator.connect(provider).deliver(escrow, jobId, uid))
      .to.emit(evaluator, "Delivered")
      .withArgs(escrow, jobId, uid);
    expect((await evaluator.caseOf(escrow, jobId)).deliverable).to.equal(uid);
  });

  it("takes one that was made after the work was submitted, under another name", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    await p.escrow.connect(p.provider).submit(p.jobId, hash("another name"), "0x");
    const uid = await attest(p, p.provider, attestationFor(p));

    await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid)).to.emit(p.evaluator, "Delivered");
  });
});
