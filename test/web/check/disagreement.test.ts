import { expect } from "chai";
import type { Hex } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import type { AttestationSummary } from "../../../sdk/wire.ts";
import { disagreements } from "../../../web/check/disagreement.ts";
import type { Recorded } from "../../../web/check/messages.ts";

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;

const recorded: Recorded = {
  prover: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  modelId: hash("1"),
  method: 1,
  context: ZERO_HASH,
  inputHash: hash("2"),
  outputHash: hash("3"),
  root: null,
  status: "verified",
};

const served = (changes: Partial<AttestationSummary>) =>
  ({ ...recorded, method: { id: 1, name: "Quorum" }, ...changes }) as AttestationSummary;

describe("the indexer's words held against the chain's", () => {
  const lies: [string, Partial<AttestationSummary>][] = [
    ["prover", { prover: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" }],
    ["model", { modelId: hash("9") }],
    ["method", { method: { id: 2, name: "FraudProof" } }],
    ["context", { context: hash("9") }],
    ["input", { inputHash: hash("9") }],
    ["output", { outputHash: hash("9") }],
    ["root", { root: hash("9") }],
    ["status", { status: "refuted" }],
  ];
  for (const [what, lie] of lies)
    it(`names a wrong ${what}, and both values`, () => {
      const [sentence, ...others] = disagreements(served(lie), recorded);
      expect(others).to.deep.equal([]);
      expect(sentence).to.match(new RegExp(`^Of the ${what}, the indexer says .+; the chain says .+\\.$`));
    });

  it("finds nothing where they agree", () => {
    expect(disagreements(served({}), recorded)).to.deep.equal([]);
  });

  it("takes an indexer that is behind for no liar", () => {
    expect(disagreements(served({ status: "pending", outputHash: null }), recorded)).to.deep.equal([]);
  });
});
