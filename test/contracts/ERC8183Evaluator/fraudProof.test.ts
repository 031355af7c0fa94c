import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { forward } from "../../../inference/integer.ts";
import { disputeRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { jobContext, methodMask } from "../../../sdk/adapters.ts";
import { addressOf, ETHER, hash, WINDOW } from "../fixtures.ts";
import { changed, FRAUD, layers, layout, wrongRow } from "../fraud.ts";
import { BUDGET, JobStatus, market, openJob } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("A job under FraudProof", () => {
  const right = traceOf(forward(layers, Int8Array.of(1, -2, 3, -4)));

  /** The provider ran the model, told the trace, and submitted: all that the evaluator learns it learns as the job's hook. */
  async function submitted(trace: Uint8Array) {
    const p = await openJob(await market(ethers), networkHelpers, { hooked: true });
    await p.registry.addMethod(p.fraud);
    await p.bonds.deposit(p.fraud, p.provider, { value: ETHER });
    const common = { prover: addressOf(p.provider), method: FRAUD, modelId: p.integerModel };
    const traced = (context: Hex) => buildTraced(layout, { ...common, context, salt: hash("salt"), trace });
    const { inputHash } = traced(hash("")).attestation;
    const terms = { modelId: p.integerModel, inputHash, methods: methodMask([FRAUD]) };
    const job = { evaluator: addressOf(p.evaluator), escrow: addressOf(p.escrow), jobId: p.jobId };
    await p.evaluator.connect(p.client).register(p.escrow, p.jobId, terms);
    await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");

    const made = traced(jobContext(31_337, job, terms));
    const { method, modelId, context } = made.attestation;
    await p.registry.connect(p.provider).attest(method, modelId, inputHash, context, made.answer, made.evidence);
    const uid = await p.registry.uidOf(made.attestation);
    await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
    return { ...p, ...made, uid };
  }

  it("is paid when the window passed without a challenge", async () => {
    const p = await submitted(right);
    await networkHelpers.time.increase(WINDOW);
    await p.fraud.settle(p.uid);
    await p.evaluator.decide(p.escrow, p.jobId, p.attestation);

    expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Completed);
    expect(await p.token.balanceOf(p.provider)).to.equal(BUDGET);
  });

  it("is refunded when a challenger showed one wrong row", async () => {
    const wrong = changed(right, 5);
    const p = await submitted(wrong);
    const row = disputeRow(layout, layers, wrongRow(wrong));
    await p.fraud.connect(p.stranger).refute(p.attestation, p.answer, wrong, row);
    await p.evaluator.decide(p.escrow, p.jobId, p.attestation);

    expect((await p.escrow.getJob(p.jobId)).status).to.equal(JobStatus.Rejected);
    expect(await p.token.balanceOf(p.client)).to.equal(10n * BUDGET);
  });
});
