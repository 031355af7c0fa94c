import { expect } from "chai";
import type { Standing } from "../../../sdk/wire.ts";
import { summaryOf } from "../../../web/standings/summary.ts";
import { account } from "../audit/story.ts";

const row = (i: number, place: number, points: number, rank = place): Standing => ({
  ...{ rank, place, account: account(i), points: String(points), verified: 0, pending: 0, refuted: 0, caught: 0 },
  ...{ lastSeq: "1", lastChangeAt: 0, name: null },
});

const before = [row(0, 1, 30), row(1, 2, 20), row(2, 3, 10)];

describe("summary of new standings", () => {
  it("says nothing where nothing changed, or rows are only new on the page", () => {
    expect(summaryOf(before, before)).to.equal(undefined);
    expect(summaryOf(before, [...before, row(3, 4, 5)])).to.equal(undefined);
    expect(summaryOf([], before)).to.equal(undefined);
  });

  it("puts the visitor's own change first", () => {
    const after = [row(1, 1, 40), row(0, 2, 30), row(2, 3, 10)];
    expect(summaryOf(before, after, account(0).toLowerCase() as never)).to.equal(
      "You went from rank 1 to rank 2, with 30 points.",
    );
    expect(summaryOf(before, [row(0, 1, 31), ...before.slice(1)], account(0))).to.equal(
      "You have 31 points now, still rank 1.",
    );
  });

  it("names a new leader, else how many rows changed", () => {
    const after = [row(1, 1, 40), row(0, 2, 30), row(2, 3, 10)];
    expect(summaryOf(before, after)).to.match(/^0xA?.{3,5}…\w{4} leads now, with 40 points\.$/i);
    expect(summaryOf(before, [row(0, 1, 31), row(1, 2, 21), row(2, 3, 10)])).to.equal(
      "Standings updated: 2 rows changed.",
    );
    const shared = [row(1, 1, 30), row(0, 2, 30, 1), row(2, 3, 10)];
    expect(summaryOf(before, shared)).to.equal("Standings updated: 1 row changed.");
    expect(summaryOf(before.slice(1), [row(1, 2, 21), row(2, 3, 10)])).to.equal("Standings updated: 1 row changed.");
  });
});
