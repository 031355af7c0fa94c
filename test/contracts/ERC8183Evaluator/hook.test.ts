import { expect } from "chai";
import { network } from "hardhat";
import vectors from "../../vectors/adapters.json" with { type: "json" };
import { hash } from "../fixtures.ts";
import { Status, settle } from "../seasons.ts";
import { attest, attestationFor, BUDGET, fundedJob, JobStatus, market, openJob, termedJob } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8183Evaluator as a job's hook", () => {
  for (const callerFirst of [false, true])
    describe(
      callerFirst ? "of an escrow that tells the caller first, as the reference" : "of an escrow by the text",
      () => {
        const site = () => market(ethers, callerFirst);
        const hooked = { hooked: true };

        it("refuses to fund a job without terms, which nobody could complete", async () => {
          const p = await openJob(await site(), networkHelpers, hooked);

          await expect(p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x"))
            .to.be.revertedWithCustomError(p.evaluator, "NoTerms")
            .withArgs(p.jobId);
        });

        it("refuses a deliverable that can't decide, and takes the right one then", async () => {
          const p = await fundedJob(await site(), networkHelpers, hooked);
          const submit = (deliverable: string) => p.escrow.connect(p.provider).submit(p.jobId, deliverable, "0xabcd");
          await expect(submit(hash("some file")))
            .to.be.revertedWithCustomError(p.evaluator, "ForeignDeliverable")
            .withArgs(hash("some file"), ethers.ZeroAddress);

          const uid = await attest(p, p.provider, attestationFor(p));
          const submitted = await submit(uid);
          await expect(submitted).to.emit(p.evaluator, "Delivered").withArgs(p.escrow, p.jobId, uid);
          await expect(submitted).to.emit(p.escrow, "JobSubmitted").withArgs(p.jobId, p.provider, uid);
          await expect(p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid))
            .to.be.revertedWithCustomError(p.evaluator, "AlreadyDelivered")
            .withArgs(p.jobId, uid);
        });

        it("notes the funding in the moment, and nothing at other steps", async () => {
          const p = await termedJob(await site(), networkHelpers, hooked);
          expect((await p.evaluator.caseOf(p.escrow, p.jobId)).fundedAt).to.equal(0);

          const funded = await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x1234");
          await expect(funded)
            .to.emit(p.evaluator, "FundingNoted")
            .withArgs(p.escrow, p.jobId, await networkHelpers.time.latest());
        });

        it("stays out of a rejection by the client, and of a provider set later", async () => {
          const p = await openJob(await site(), networkHelpers, hooked);
          const { escrow, client } = p;
          await escrow.connect(client).createJob(ethers.ZeroAddress, p.evaluator, p.expiredAt, "", p.evaluator);
          await escrow.connect(client).setProvider(p.jobId + 1n, p.provider, "0x");
          for (const jobId of [p.jobId, p.jobId + 1n]) {
            await escrow.connect(client).reject(jobId, ethers.ZeroHash, "0x");
            expect((await escrow.getJob(jobId)).status).to.equal(JobStatus.Rejected);
          }
        });

        it("doesn't stand in the way of a refund", async () => {
          const p = await fundedJob(await site(), networkHelpers, hooked);
          await networkHelpers.time.increaseTo(p.expiredAt);
          await p.escrow.claimRefund(p.jobId);

          expect(await p.token.balanceOf(p.client)).to.equal(10n * BUDGET);
        });

        it("serves the whole of a job", async () => {
          const p = await fundedJob(await site(), networkHelpers, hooked);
          const attestation = attestationFor(p);
          const uid = await attest(p, p.provider, attestation);
          await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
          await settle(p, uid, Status.Verified);
          await p.evaluator.decide(p.escrow, p.jobId, attestation);

          expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Completed);
        });
      },
    );

  it("takes nothing about a job from anyone but its escrow", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const uid = await attest(p, p.provider, attestationFor(p));
    const submit = p.escrow.interface.getFunction("submit").selector;
    const data = ethers.AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes"], [uid, "0x"]);
    await expect(p.evaluator.connect(p.provider).afterAction(p.jobId, submit, data)).to.revert(ethers);
    const call = p.evaluator.interface.encodeFunctionData("afterAction", [p.jobId, submit, data]);
    await expect(p.token.execute(p.evaluator, call)).to.revert(ethers);

    expect((await p.evaluator.caseOf(p.escrow, p.jobId)).deliverable).to.equal(ethers.ZeroHash);
  });

  it("refuses data that are too short to hold a deliverable", async () => {
    const p = await market(ethers);
    const submit = p.escrow.interface.getFunction("submit").selector;
    await expect(p.evaluator.afterAction(0, submit, "0x1234")).to.revert(ethers);
  });

  it("says by ERC-165 that it is a hook", async () => {
    const { evaluator } = await market(ethers);
    const hook = ["beforeAction", "afterAction"]
      .map((name) => BigInt(evaluator.interface.getFunction(name as "beforeAction").selector))
      .reduce((a, b) => a ^ b);

    expect(await evaluator.supportsInterface(ethers.toBeHex(hook, 4))).to.equal(true);
    expect(await evaluator.supportsInterface("0x01ffc9a7")).to.equal(true);
    expect(await evaluator.supportsInterface("0xffffffff")).to.equal(false);
  });

  it("gives the vectors' contexts", async () => {
    const { evaluator } = await market(ethers);
    const code = await ethers.provider.getCode(evaluator);
    for (const { evaluator: address, escrow, jobId, terms, context } of vectors.jobs) {
      await networkHelpers.setCode(address, code);

      expect(
        await ethers.getContractAt("ERC8183Evaluator", address).then((at) => at.contextOf(escrow, jobId, terms)),
      ).to.equal(context);
    }
  });
});
