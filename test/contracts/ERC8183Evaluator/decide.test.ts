import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import type { Attestation } from "../../../sdk/commitments.ts";
import { addressOf, hash } from "../fixtures.ts";
import { MOCK, Status, settle } from "../seasons.ts";
import { attest, attestationFor, BUDGET, deliveredJob, fundedJob, JobStatus, market } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8183Evaluator.decide", () => {
  const delivered = async () => deliveredJob(await market(ethers), networkHelpers);

  /** A job whose provider delivered an attestation that differs, Verified. */
  async function misdelivered(fields: Partial<Attestation>) {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const attestation = attestationFor(p, fields);
    const uid = await attest(p, p.provider, attestation);
    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
    await p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid);
    await settle(p, uid, Status.Verified);
    return { ...p, attestation, uid };
  }

  it("refuses a job without a deliverable", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const attestation = attestationFor(p);
    const uid = await attest(p, p.provider, attestation);
    await settle(p, uid, Status.Verified);

    await expect(p.evaluator.decide(p.escrow, p.jobId, attestation))
      .to.be.revertedWithCustomError(p.evaluator, "NotTheDeliverable")
      .withArgs(uid, ethers.ZeroHash);
  });

  it("refuses another attestation of the provider's, though it is Verified", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    const another = attestationFor(p, { inputHash: hash("another input") });
    const uid = await attest(p, p.provider, another);
    await settle(p, uid, Status.Verified);

    await expect(p.evaluator.decide(p.escrow, p.jobId, another))
      .to.be.revertedWithCustomError(p.evaluator, "NotTheDeliverable")
      .withArgs(uid, p.uid);
  });

  it("refuses a deliverable of another model or input, whatever its status", async () => {
    const { floatModel } = await market(ethers);
    for (const fields of [{ modelId: floatModel }, { inputHash: hash("another input") }]) {
      const p = await misdelivered(fields);

      await expect(p.evaluator.decide(p.escrow, p.jobId, p.attestation))
        .to.be.revertedWithCustomError(p.evaluator, "OutsideTerms")
        .withArgs(p.uid);
    }
  });

  it("refuses a deliverable of another job, of other terms, of a request, of a unit, and a free one", async () => {
    const { evaluator, escrow, terms } = await networkHelpers.loadFixture(delivered);
    const others = [
      await evaluator.contextOf(escrow, 1, terms),
      await evaluator.contextOf(escrow, 0, { ...terms, methods: 6n }),
      await evaluator.contextOf(evaluator, 0, terms),
    ];
    const own = await evaluator.contextOf(escrow, 0, terms);
    const kinds = ["01", "02"].map((kind) => `0x${kind}${own.slice(4)}`);
    for (const context of [...others, ...kinds, ethers.ZeroHash]) {
      const p = await misdelivered({ context: context as Hex });

      await expect(p.evaluator.decide(p.escrow, p.jobId, p.attestation))
        .to.be.revertedWithCustomError(p.evaluator, "OutsideTerms")
        .withArgs(p.uid);
    }
  });

  it("refuses one job's deliverable for another job, and for another escrow's", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    await settle(p, p.uid, Status.Verified);
    const elsewhere = await ethers.deployContract("MockEscrow", [p.token, false]);
    for (const [escrow, jobId] of [
      [p.escrow, p.jobId + 1n],
      [elsewhere, p.jobId],
    ] as const)
      await expect(p.evaluator.decide(escrow, jobId, p.attestation))
        .to.be.revertedWithCustomError(p.evaluator, "NotTheDeliverable")
        .withArgs(p.uid, ethers.ZeroHash);
  });

  it("never decides by a batch: its id is no attestation's uid", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const { context, modelId } = attestationFor(p);
    const fields = [MOCK, modelId, context, 1, "0x", "0x0102"] as const;
    const id = (await p.registry.connect(p.provider).attestBatch.staticCall(...fields)) as Hex;
    await p.registry.connect(p.provider).attestBatch(...fields);
    await settle(p, id, Status.Verified);
    await p.escrow.connect(p.provider).submit(p.jobId, id, "0x");
    await p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, id);
    const attestation = attestationFor(p);

    await expect(p.evaluator.decide(p.escrow, p.jobId, attestation))
      .to.be.revertedWithCustomError(p.evaluator, "NotTheDeliverable")
      .withArgs(await p.registry.uidOf(attestation), id);
    await networkHelpers.time.increaseTo(p.expiredAt);
    await p.escrow.claimRefund(p.jobId);
    expect(await p.token.balanceOf(p.client)).to.equal(10n * BUDGET);
  });

  it("refuses while the attestation is Pending, and for ever if it is Void: the job expires", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    const decide = () => p.evaluator.decide(p.escrow, p.jobId, p.attestation);
    await expect(decide())
      .to.be.revertedWithCustomError(p.evaluator, "NothingToDecide")
      .withArgs(p.uid, Status.Pending);

    await settle(p, p.uid, Status.Void);
    await expect(decide()).to.be.revertedWithCustomError(p.evaluator, "NothingToDecide").withArgs(p.uid, Status.Void);
    await networkHelpers.time.increaseTo(p.expiredAt);
    await p.escrow.connect(p.stranger).claimRefund(p.jobId);
    expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Expired);
    expect(await p.token.balanceOf(p.client)).to.equal(10n * BUDGET);
  });

  it("refuses one that its prover revoked before it was recorded", async () => {
    const p = await fundedJob(await market(ethers), networkHelpers);
    const attestation = attestationFor(p);
    await p.registry.connect(p.provider).revoke(attestation);
    const uid = await p.registry.uidOf(attestation);
    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
    await p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid);

    await expect(p.evaluator.decide(p.escrow, p.jobId, attestation))
      .to.be.revertedWithCustomError(p.evaluator, "NothingToDecide")
      .withArgs(uid, Status.Revoked);
  });

  it("is refused by the escrow once the job expired, or was decided", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    await settle(p, p.uid, Status.Verified);
    const snapshot = await networkHelpers.takeSnapshot();
    await networkHelpers.time.increaseTo(p.expiredAt);
    await p.escrow.claimRefund(p.jobId);
    const decide = () => p.evaluator.decide(p.escrow, p.jobId, p.attestation);
    await expect(decide()).to.be.revertedWithCustomError(p.escrow, "NotInState").withArgs(p.jobId, JobStatus.Expired);

    await snapshot.restore();
    await decide();
    await expect(decide()).to.be.revertedWithCustomError(p.escrow, "NotInState").withArgs(p.jobId, JobStatus.Completed);
  });

  it("isn't run twice by a token that calls back", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    await settle(p, p.uid, Status.Verified);
    const again = p.evaluator.interface.encodeFunctionData("decide", [
      await p.escrow.getAddress(),
      p.jobId,
      p.attestation,
    ]);
    await p.token.onNextTransfer(p.evaluator, again);

    const decided = await p.evaluator.decide(p.escrow, p.jobId, p.attestation);
    const refused = p.escrow.interface.encodeErrorResult("ReentrancyGuardReentrantCall", []);
    await expect(decided).to.emit(p.token, "CalledBack").withArgs(false, refused);
    expect(await p.token.balanceOf(p.provider)).to.equal(BUDGET);
  });

  it("lets a lying escrow spoil nothing but its own jobs", async () => {
    const p = await networkHelpers.loadFixture(delivered);
    await settle(p, p.uid, Status.Refuted);
    const lying = await ethers.deployContract("Replayer");
    const liar = addressOf(p.stranger);
    const get = p.escrow.interface.encodeFunctionData("getJob", [p.jobId]);
    const says = async (status: number) => {
      const job = [0, liar, liar, addressOf(p.evaluator), "", 1, 2n ** 40n, status, ethers.ZeroAddress];
      await lying.prime(get, p.escrow.interface.encodeFunctionResult("getJob", [job]));
    };
    await says(JobStatus.Open);
    await p.evaluator.connect(p.stranger).register(lying, p.jobId, p.terms);
    await says(JobStatus.Submitted);
    await p.evaluator.noteFunded(lying, p.jobId);

    expect((await p.evaluator.caseOf(p.escrow, p.jobId)).deliverable).to.equal(p.uid);
    await expect(p.evaluator.connect(p.stranger).deliver(lying, p.jobId, p.uid))
      .to.be.revertedWithCustomError(p.evaluator, "ForeignDeliverable")
      .withArgs(p.uid, p.provider);
    await p.evaluator.decide(p.escrow, p.jobId, p.attestation);
    expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Rejected);
  });

  for (const hooked of [false, true])
    describe(hooked ? "with the evaluator as the job's hook" : "without a hook", () => {
      const fixture = async () => deliveredJob(await market(ethers), networkHelpers, { hooked });

      it("completes the job when the attestation is Verified, whoever calls", async () => {
        const p = await fixture();
        await settle(p, p.uid, Status.Verified);

        const decided = await p.evaluator.connect(p.stranger).decide(p.escrow, p.jobId, p.attestation);
        await expect(decided).to.emit(p.evaluator, "JobDecided").withArgs(p.escrow, p.jobId, p.uid, Status.Verified);
        await expect(decided).to.emit(p.escrow, "JobCompleted").withArgs(p.jobId, p.evaluator, p.uid);
        await expect(decided).to.emit(p.escrow, "PaymentReleased").withArgs(p.jobId, p.provider, BUDGET);
        expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Completed);
        expect(await p.token.balanceOf(p.provider)).to.equal(BUDGET);
      });

      it("rejects the job when the attestation is Refuted, whoever calls", async () => {
        const p = await fixture();
        await settle(p, p.uid, Status.Refuted);

        const decided = await p.evaluator.connect(p.stranger).decide(p.escrow, p.jobId, p.attestation);
        await expect(decided).to.emit(p.evaluator, "JobDecided").withArgs(p.escrow, p.jobId, p.uid, Status.Refuted);
        await expect(decided).to.emit(p.escrow, "JobRejected").withArgs(p.jobId, p.evaluator, p.uid);
        await expect(decided).to.emit(p.escrow, "Refunded").withArgs(p.jobId, p.client, BUDGET);
        expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Rejected);
        expect(await p.token.balanceOf(p.client)).to.equal(10n * BUDGET);
      });
    });

  it("names its registry", async () => {
    const { evaluator, registry } = await networkHelpers.loadFixture(delivered);
    expect(await evaluator.registry()).to.equal(registry);
  });
});
