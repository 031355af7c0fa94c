import { expect } from "chai";
import { createProgress } from "../../indexer/progress.ts";

describe("the progress of a backfill", () => {
  const backfill = (cursor: number, events: number) => ({ after: 1_000, cursor, to: 3_000, events });

  function watch(isTTY: boolean) {
    const written: string[] = [];
    const reported: string[] = [];
    const clock = { now: 0 };
    const stream = { isTTY, write: (text: string) => written.push(text) > 0 };
    const report = createProgress(
      stream,
      (sentence) => reported.push(sentence),
      () => clock.now,
    );
    return { written, reported, clock, report };
  }

  it("is a bar with rates and the time left where a person watches, taken away in the end", () => {
    const { written, reported, clock, report } = watch(true);
    report(backfill(1_000, 0));
    clock.now = 2_000;
    report(backfill(2_000, 50_000));
    report(undefined);
    expect(written.at(-2)).to.equal(
      `\r\u001b[K${"█".repeat(15)}${"░".repeat(15)} Block 2000 of 3000, 500 blocks and 25,000 events a second, 2 s left`,
    );
    expect(written.at(-1)).to.equal("\r\u001b[K");
    expect(reported).to.deep.equal([]);
  });

  it("is a sentence every ten seconds elsewhere", () => {
    const { written, reported, clock, report } = watch(false);
    report(backfill(1_000, 0));
    for (clock.now = 1_000; clock.now <= 25_000; clock.now += 1_000) report(backfill(1_000 + clock.now / 250, 10));
    report(undefined);
    expect(reported).to.deep.equal([
      "Block 1040 of 3000, 4 blocks and 1 events a second, 9 min left",
      "Block 1080 of 3000, 4 blocks and 1 events a second, 8 min left",
    ]);
    expect(written).to.deep.equal([]);
  });

  it("starts anew with each backfill", () => {
    const { written, clock, report } = watch(true);
    report(backfill(1_000, 0));
    report(undefined);
    clock.now = 60_000;
    report(backfill(1_000, 0));
    clock.now = 61_000;
    report(backfill(1_001, 7));
    expect(written.at(-1)).to.match(/1 blocks and 7 events a second, 34 min left$/);
  });
});
