import { expect } from "chai";
import type { Address, Hex } from "viem";
import { INVALID, UNAVAILABLE } from "../../../sdk/votes.ts";
import type { Step } from "../../../sdk/wire.ts";
import { quorum } from "../../../web/methods/quorum.ts";
import { textOf } from "../text.ts";

const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const at = { blockNumber: 1, timestamp: 1, transactionHash: hash(0), logIndex: 0 };
const steps = (...bare: object[]): Step[] => bare.map((step) => ({ ...step, at }) as Step);

const words = (step: object, answer: Hex | null = null) => textOf(quorum.describe(step as never, answer) ?? []);

describe("Quorum's steps in words", () => {
  it("are none of a step that isn't its own", () => {
    expect(quorum.describe({ step: "tossed" } as never, null)).to.equal(undefined);
  });

  it("say which row of a shown run was wrong", () => {
    const row = { step: "rowRefuted", by: account(3), unit: null, layer: 1, row: 2, claimed: 5, correct: 6 };
    expect(words(row)).to.equal(
      `${account(3)} showed one wrong row: row 2 of layer 1. The prover claimed 5, the contract computed 6.`,
    );
  });

  it("say what a vote was for", () => {
    const vote = (outputHash: Hex, answer: Hex | null) =>
      words({ step: "voteRevealed", round: 1, by: account(1), outputHash }, answer);
    expect(vote(INVALID, hash(7))).to.contain("there is no valid run");
    expect(vote(UNAVAILABLE, hash(7))).to.contain("is unavailable");
    expect(vote(hash(7), null)).to.contain(`a vote: output ${hash(7)}.`);
    expect(vote(hash(7), hash(7))).to.contain("the prover's output");
    expect(vote(hash(8), hash(7))).to.contain("another output");
  });

  it("describe the panels, and what a member lost", () => {
    const members = [account(1), account(2)];
    expect(words({ step: "drawScheduled", round: 1, drawBlock: 1_234 })).to.equal(
      "The first panel is to be drawn from block 1,234 on.",
    );
    expect(words({ step: "panelDrawn", round: 2, members })).to.equal(
      `The deciding panel of 2 was drawn: ${members.join(", ")}`,
    );
    expect(words({ step: "panelRefilled", members })).to.equal(
      `Missed seats were filled again from the same draw: ${members.join(", ")}`,
    );
    expect(words({ step: "revealOpened", round: 3 })).to.equal(
      "All members of the panel 3 had committed: revealing began.",
    );
    expect(words({ step: "roundUndecided", round: 1, votes: 1 })).to.contain("no decision, with 1 vote for");
    expect(words({ step: "revealEnded", round: 1 })).to.equal(
      "Prover and members had revealed: the time to appeal began.",
    );
    expect(words({ step: "revealEnded", round: 2 })).to.equal("Prover and members had revealed.");
    expect(words({ step: "appealOpened", by: account(1) })).to.equal(
      `${account(1)} appealed the decision: the deciding panel was called.`,
    );
    expect(words({ step: "runShown", until: 9 })).to.equal(
      "The prover showed its run: from then on, only a wrong row of it counted.",
    );
    expect(words({ step: "penalised", account: account(1), amount: "20000000000000000" })).to.equal(
      `${account(1)} lost 0.02 ETH of the bond.`,
    );
  });
});

describe("a refutation under Quorum", () => {
  const refutation = (outputHash: Hex | null, ...bare: object[]) => {
    const { by, evidence, also } = quorum.refutationOf({ steps: steps(...bare), outputHash });
    return [textOf(by), textOf(evidence), ...also.map(({ title, text }) => `${title}: ${textOf(text)}`)];
  };

  it("is nobody's find where the prover never opened its answer", () => {
    expect(refutation(null)).to.deep.equal([
      "nobody: the prover did not reveal in time",
      "the prover committed to an answer and never opened it",
    ]);
  });

  it("is the find of who showed a wrong row of a shown run", () => {
    const row = { index: 0, unit: "4", layer: 1, row: 2, claimed: 5, correct: 6 };
    expect(
      refutation(hash(7), { step: "runShown", until: 9 }, { step: "rowRefuted", by: account(3), ...row }),
    ).to.deep.equal([
      `${account(3)}, who re-ran it and showed the row`,
      "row 2 of layer 1 of unit 4: claimed 5, computed by the contract 6",
    ]);
  });

  it("lists the last panel's votes, and what its members lost", () => {
    const drawn = (round: number, ...members: number[]) => ({
      ...{ step: "panelDrawn", round, members: members.map(account) },
    });
    const vote = (round: number, by: number, outputHash: Hex) => ({
      ...{ step: "voteRevealed", round, by: account(by), outputHash },
    });
    expect(
      refutation(
        hash(7),
        ...[drawn(1, 1, 2), vote(1, 1, hash(7)), { step: "revealed", by: account(9), outputHash: hash(7) }],
        ...[drawn(2, 3, 4, 5), vote(2, 3, hash(8)), vote(2, 5, hash(8)), vote(2, 4, hash(7))],
        { step: "penalised", account: account(4), amount: "10000000000000000" },
      ),
    ).to.deep.equal([
      `${account(3)}, ${account(5)}`,
      "2 votes of a drawn panel of 3 for another output than the prover's, 1 for it",
      "Panel: 1 member who voted otherwise, or not at all, lost 0.01 ETH of bond",
    ]);
  });
});
