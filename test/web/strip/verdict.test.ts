import { expect } from "chai";
import { secondOf, verdictOf } from "../../../web/strip/verdict.ts";

const recomputed = {
  ...{ blockNumber: 1_234, entries: "12481", participants: 3, totalPoints: "9", ledgerHash: "0x", sampled: 0, rows: 0 },
};

describe("verdict", () => {
  it("names the first difference", () => {
    const differences = [{ sentence: "Rank 3 is wrong." }, { sentence: "So is rank 4." }];
    expect(verdictOf({ kind: "mismatch", differences, ...recomputed })).to.equal(
      "Points don't match the chain: Rank 3 is wrong.",
    );
  });

  it("says what keeps it from checking, and what it knew before", () => {
    expect(verdictOf({ kind: "cannot", why: "The RPC is away." })).to.equal(
      "Points can't be checked here: The RPC is away.",
    );
    expect(verdictOf({ kind: "cannot", why: "The RPC is away.", last: recomputed })).to.include("up to block 1,234");
  });

  it("adds what a second RPC says", () => {
    const agrees = { kind: "agrees", blockNumber: 1_200, sealed: true } as const;
    const cannot = { kind: "cannot", why: "The RPC is away." } as const;
    expect(verdictOf({ kind: "match", ...recomputed, second: agrees })).to.match(/recomputed here, over two RPCs$/);
    expect(verdictOf({ kind: "match", ...recomputed, second: cannot })).to.match(/; the second RPC can't be asked$/);
    expect(secondOf(undefined)).to.equal("It is being asked.");
    expect(secondOf({ kind: "differs" })).to.include("differs");
    expect(secondOf(cannot)).to.equal("It can't be asked: The RPC is away.");
    expect(secondOf(agrees)).to.equal("It says the same up to block 1,200. Its header hashes to its hash.");
    expect(secondOf({ ...agrees, sealed: false })).to.include("believed as told");
  });

  it("counts entries, and blocks until they are read", () => {
    expect(verdictOf({ kind: "match", ...recomputed })).to.equal(
      "Points match the chain: 12,481 entries recomputed here",
    );
    expect(verdictOf({ kind: "match", ...recomputed, entries: "1" })).to.include("1 entry recomputed");
    expect(verdictOf({ kind: "checking", done: 0, total: 0 })).to.equal("Checking points …");
    expect(verdictOf({ kind: "checking", done: 1_200, total: 5_000 })).to.equal(
      "Checking points: 1,200 of 5,000 blocks read",
    );
  });
});
