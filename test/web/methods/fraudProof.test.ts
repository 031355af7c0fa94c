import { expect } from "chai";
import type { Address } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import type { Step } from "../../../sdk/wire.ts";
import { fraudProof } from "../../../web/methods/fraudProof.ts";
import { textOf } from "../text.ts";

const challenger: Address = `0x${"1".repeat(40)}`;
const row = {
  ...{ step: "rowRefuted", by: challenger, index: 2, unit: "1066", layer: 1, row: 0, claimed: -20, correct: -19 },
  at: { blockNumber: 1, timestamp: 1, transactionHash: ZERO_HASH, logIndex: 0 },
} as Extract<Step, { step: "rowRefuted" }>;

const refutation = (steps: Step[]) => {
  const { by, evidence, also } = fraudProof.refutationOf({ steps, outputHash: null });
  return [textOf(by), textOf(evidence), ...also];
};

describe("FraudProof's steps in words", () => {
  it("are none of a step that isn't its own", () => {
    expect(fraudProof.describe({ step: "voteCommitted" } as never, null)).to.equal(undefined);
  });

  it("name the wrong row, and its unit where there is one", () => {
    const words = (unit: string | null) => textOf(fraudProof.describe({ ...row, unit }, null) ?? []);
    expect(words("1066")).to.equal(
      `${challenger} showed one wrong row: row 0 of layer 1 of unit 1,066. The prover claimed −20, the contract computed −19.`,
    );
    expect(words(null)).to.contain("row 0 of layer 1. The prover");
  });
});

describe("a refutation under FraudProof", () => {
  it("names no finder where the server names none", () => {
    expect(refutation([])).to.deep.equal(["not reported by this server", "one wrong row"]);
  });

  it("names who showed the row, and what it should have been", () => {
    expect(refutation([row])).to.deep.equal([
      `${challenger}, who re-ran it and showed the row`,
      "row 0 of layer 1 of unit 1,066: claimed −20, computed by the contract −19",
    ]);
  });
});
