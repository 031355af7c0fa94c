import { expect } from "chai";
import type { Address, Hex } from "viem";
import type { Method, Step } from "../../../sdk/wire.ts";
import { storyOf } from "../../../web/caught/story.ts";
import { textOf } from "../text.ts";

const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const at = { blockNumber: 1, timestamp: 1, transactionHash: hash(0), logIndex: 0 };
const known: Method = { id: 1, name: "Quorum" };
const unknown: Method = { id: 7, name: "unknown method 7" };

function story(method: Method, ...bare: object[]) {
  const steps = bare.map((step) => ({ ...step, at }) as Step);
  const { by, evidence, also, burned } = storyOf({ steps, method, outputHash: null });
  return { by: textOf(by), evidence: textOf(evidence), also, burned };
}

describe("the story of a refutation", () => {
  it("says that nothing is known under an unknown method, but for who settled it", () => {
    const evidence = "unknown method 7: nothing is known of what it proves";
    expect(story(unknown)).to.deep.equal({ by: "not known", evidence, also: [], burned: 0n });
    expect(story(unknown, { step: "settled", status: "refuted", by: account(3) })).to.deep.equal({
      ...{ by: `not known: a transaction of ${account(3)} settled it`, evidence, also: [], burned: 0n },
    });
  });

  it("is its method's to write", () => {
    expect(story(known).by).to.equal("nobody: the prover did not reveal in time");
  });

  it("adds up the points that were burned, under any method", () => {
    const burned = (amount: string) => ({ step: "burned", account: account(1), reason: { id: 5 }, amount, seq: "1" });
    for (const method of [known, unknown])
      expect(story(method, burned("35"), burned("9007199254740993")).burned).to.equal(9_007_199_254_741_028n);
  });
});
