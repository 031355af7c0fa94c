import { expect } from "chai";
import type { Address, Hex } from "viem";
import type { Step } from "../../../sdk/wire.ts";
import { storyOf } from "../../../web/caught/story.ts";

const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const at = { blockNumber: 1, timestamp: 1, transactionHash: hash(0), logIndex: 0 };

const steps = (...bare: unknown[]): Step[] => bare.map((step) => ({ ...(step as object), at }) as Step);

describe("the story of a refutation", () => {
  it("is empty where nothing happened", () => {
    expect(storyOf({ steps: [], outputHash: null })).to.deep.equal({
      ...{ row: undefined, votes: [], panel: 0, revealed: false, burned: 0n, penalised: [] },
    });
  });

  it("tells the row and who showed it", () => {
    const row = {
      step: "rowRefuted",
      by: account(1),
      index: 2,
      unit: "66",
      layer: 1,
      row: 0,
      claimed: -20,
      correct: -19,
    };
    expect(storyOf({ steps: steps(row), outputHash: null }).row).to.deep.include(row);
  });

  it("tells the last panel's votes, and which are the prover's", () => {
    const { votes, panel, revealed, penalised } = storyOf({
      outputHash: hash(7),
      steps: steps(
        { step: "panelDrawn", round: 1, members: [account(1), account(2)] },
        { step: "voteRevealed", round: 1, by: account(1), outputHash: hash(7) },
        { step: "revealed", by: account(9), outputHash: hash(7) },
        { step: "panelDrawn", round: 2, members: [account(3), account(4), account(5)] },
        { step: "voteRevealed", round: 2, by: account(3), outputHash: hash(8) },
        { step: "voteRevealed", round: 2, by: account(4), outputHash: hash(7) },
        { step: "penalised", account: account(4), amount: "12" },
      ),
    });
    expect([panel, revealed]).to.deep.equal([3, true]);
    expect(votes).to.deep.equal([
      { by: account(3), outputHash: hash(8), isProvers: false },
      { by: account(4), outputHash: hash(7), isProvers: true },
    ]);
    expect(penalised).to.deep.equal([{ account: account(4), amount: 12n }]);
  });

  it("adds up the points that were burned", () => {
    const burned = (amount: string) => ({ step: "burned", account: account(1), reason: { id: 5 }, amount, seq: "1" });
    expect(storyOf({ steps: steps(burned("35"), burned("9007199254740993")), outputHash: null }).burned).to.equal(
      9_007_199_254_741_028n,
    );
  });
});
