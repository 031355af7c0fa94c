import { expect } from "chai";
import { padHex, zeroAddress } from "viem";
import type { Attestation, Step } from "../../../sdk/wire.ts";
import { dutyOf, standOf } from "../../../web/take-part/follow.ts";

const word = padHex("0x1", { size: 32 });
const at = { blockNumber: 1, timestamp: 1, transactionHash: word, logIndex: 0 };
const committed: Step = { step: "committed", by: zeroAddress, at };
const scheduled = (round: number): Step => ({ step: "drawScheduled", round, drawBlock: 5, drawUntil: 90, at });
const drawn = (round: number, commitUntil: number): Step => ({
  ...{ step: "panelDrawn", round, members: [], commitUntil, revealUntil: commitUntil + 20, at },
});
const opened = (round: number, revealUntil: number): Step => ({ step: "revealOpened", round, revealUntil, at });

const attestation = (steps: Step[], more: Partial<Attestation> = {}): Attestation => ({
  ...{ uid: word, prover: zeroAddress, modelId: word, method: { id: 1, name: "Quorum" }, status: "pending" },
  ...{ inputHash: word, context: word, unit: null, counts: true, count: 1, answer: word, outputHash: null },
  ...{
    traceHash: null,
    salt: null,
    root: null,
    attested: at,
    settled: null,
    proverName: null,
    proven: "",
    notProven: "",
  },
  steps,
  ...more,
});

describe("a prover's duty", () => {
  it("never asks to reveal before the members have committed, nor when it is too late", () => {
    const before = attestation([committed, scheduled(1), drawn(1, 100)]);
    expect(dutyOf(attestation([committed, scheduled(1)]), 99)).to.equal("wait");
    expect(dutyOf(before, 99)).to.equal("wait");
    expect(dutyOf(before, 120)).to.equal("wait");
    expect(dutyOf(attestation([...before.steps, opened(1, 70)]), 70)).to.equal("wait");
  });

  it("asks to reveal once all have committed, or the time of refilled seats is over", () => {
    const steps = [committed, scheduled(1), drawn(1, 100)];
    const refilled: Step = { step: "panelRefilled", members: [], commitUntil: 200, revealUntil: 220, at };
    expect(dutyOf(attestation(steps), 100)).to.equal("wait");
    expect(dutyOf(attestation([...steps, refilled]), 200)).to.equal("reveal");
    expect(dutyOf(attestation([...steps, opened(1, 70)]), 60)).to.equal("reveal");
  });

  it("looks at the latest round only", () => {
    const steps = [committed, scheduled(1), drawn(1, 100), opened(1, 70), scheduled(2)];
    expect(dutyOf(attestation(steps), 60)).to.equal("wait");
    expect(dutyOf(attestation([...steps, drawn(2, 130)]), 131)).to.equal("reveal");
  });

  it("asks nothing twice, and nothing of what is settled", () => {
    const steps = [committed, scheduled(1), drawn(1, 100), opened(1, 70)];
    expect(dutyOf(attestation(steps), 60)).to.equal("reveal");
    expect(dutyOf(attestation(steps, { outputHash: word }), 60)).to.equal("wait");
    expect(dutyOf(attestation(steps, { status: "verified" }), 60)).to.equal("done");
  });

  it("never asks to reveal under a method without hidden answers, or that nothing is known of", () => {
    const steps = [committed, scheduled(1), drawn(1, 100), opened(1, 120)];
    for (const method of [
      { id: 2, name: "FraudProof" },
      { id: 7, name: "unknown method 7" },
    ])
      expect(dutyOf(attestation(steps, { method }), 100)).to.equal("wait");
  });

  it("describes the state under an unknown method without any panel", () => {
    const method = { id: 7, name: "unknown method 7" };
    const stands = (["pending", "verified", "refuted", "void"] as const).map((status) =>
      standOf(attestation([committed], { method, status })),
    );
    expect(stands).to.deep.equal([
      "Recorded. unknown method 7 has not settled it yet.",
      "Verified. Points follow.",
      "Refuted.",
      "Void. The unit may be tried again.",
    ]);
  });

  it("says of a batch that it waits for its window, and why it was settled", () => {
    const method = { id: 2, name: "FraudProof" };
    const batch = (status: Attestation["status"]) =>
      standOf(attestation([], { method, status, answer: null, count: 16 }));
    expect(batch("pending")).to.equal(
      "Recorded. It is verified when its window is over, unless somebody shows a wrong row.",
    );
    expect(batch("verified")).to.equal("Verified: nobody showed a wrong row within the window. Points follow.");
    expect(batch("refuted")).to.equal("Refuted: somebody showed a wrong row, and the contract recomputed it.");
  });

  it("says each state in words", () => {
    const steps = [committed, scheduled(1), drawn(1, 100), opened(1, 70)];
    expect(steps.map((_, i) => standOf(attestation(steps.slice(0, i + 1))))).to.deep.equal([
      "Committed. A panel will be drawn.",
      "A panel is about to be drawn.",
      "A panel is drawn: its members run the model and commit to its output.",
      "All members have committed: answers are being opened.",
    ]);
    expect(standOf(attestation(steps, { outputHash: word }))).to.contain("Your answer is open");
    expect(standOf(attestation(steps, { status: "refuted" }))).to.contain("another answer");
  });
});
