import { expect } from "chai";
import { network } from "hardhat";
import { BUDGET, fundedJob, JobStatus, market, openJob, termedJob } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8183Evaluator.noteFunded", () => {
  const termed = async () => termedJob(await market(ethers), networkHelpers);
  const funded = async () => {
    const p = await termed();
    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");
    return p;
  };

  it("refuses a job that isn't funded, or has ended", async () => {
    const p = await networkHelpers.loadFixture(termed);
    await expect(p.evaluator.noteFunded(p.escrow, p.jobId))
      .to.be.revertedWithCustomError(p.evaluator, "WrongJobStatus")
      .withArgs(p.jobId, JobStatus.Open);

    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");
    await networkHelpers.time.increaseTo(p.expiredAt);
    await p.escrow.claimRefund(p.jobId);
    await expect(p.evaluator.noteFunded(p.escrow, p.jobId))
      .to.be.revertedWithCustomError(p.evaluator, "WrongJobStatus")
      .withArgs(p.jobId, JobStatus.Expired);
  });

  it("refuses a job without terms", async () => {
    const p = await openJob(await market(ethers), networkHelpers);
    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");

    await expect(p.evaluator.noteFunded(p.escrow, p.jobId))
      .to.be.revertedWithCustomError(p.evaluator, "NoTerms")
      .withArgs(p.jobId);
  });

  it("refuses to note it again, later: the first time stays", async () => {
    for (const hooked of [false, true]) {
      const p = await fundedJob(await market(ethers), networkHelpers, { hooked });
      const { fundedAt } = await p.evaluator.caseOf(p.escrow, p.jobId);

      await expect(p.evaluator.connect(p.client).noteFunded(p.escrow, p.jobId))
        .to.be.revertedWithCustomError(p.evaluator, "FundingAlreadyNoted")
        .withArgs(p.jobId);
      expect((await p.evaluator.caseOf(p.escrow, p.jobId)).fundedAt).to.equal(fundedAt);
    }
  });

  it("notes now, whoever calls", async () => {
    const { evaluator, escrow, stranger, jobId } = await networkHelpers.loadFixture(funded);
    const now = (await networkHelpers.time.latest()) + 1000;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(evaluator.connect(stranger).noteFunded(escrow, jobId))
      .to.emit(evaluator, "FundingNoted")
      .withArgs(escrow, jobId, now);
    expect((await evaluator.caseOf(escrow, jobId)).fundedAt).to.equal(now);
  });

  it("also notes a job whose work was submitted too early", async () => {
    const { evaluator, escrow, provider, jobId } = await networkHelpers.loadFixture(funded);
    await escrow.connect(provider).submit(jobId, ethers.id("work"), "0x");

    await expect(evaluator.noteFunded(escrow, jobId)).to.emit(evaluator, "FundingNoted");
  });
});
