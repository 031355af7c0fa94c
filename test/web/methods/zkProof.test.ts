import { expect } from "chai";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import type { Season, Step } from "../../../sdk/wire.ts";
import { zkProof } from "../../../web/methods/zkProof.ts";
import { textOf } from "../text.ts";

const step = (isTest: boolean) =>
  ({
    ...{ step: "proven", isTest },
    at: { blockNumber: 1, timestamp: 1, transactionHash: ZERO_HASH, logIndex: 0 },
  }) as Extract<Step, { step: "proven" }>;

describe("ZkProof's steps in words", () => {
  it("are none of a step that isn't its own", () => {
    expect(zkProof.describe({ step: "rowRefuted" } as never, null)).to.equal(undefined);
  });

  it("say when a proof was made under a TEST key", () => {
    expect(textOf(zkProof.describe(step(false), null) ?? [])).to.equal(
      "The contract checked a zero-knowledge proof of the run.",
    );
    expect(textOf(zkProof.describe(step(true), null) ?? [])).to.contain("under a TEST key");
  });
});

describe("ZkProof's rules", () => {
  it("say that a unit is verified at once, and that nothing burns", () => {
    const { earnings, penalties } = zkProof.rulesOf({} as Season);
    expect(earnings.join()).to.contain("verified in the transaction that attests it");
    expect(penalties.join()).to.contain("nothing is refuted and nothing burns");
    expect(textOf(zkProof.refutationOf({ steps: [], outputHash: null }).by)).to.match(/^nobody/);
  });
});
