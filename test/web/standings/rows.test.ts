import { expect } from "chai";
import type { Profile, Standing } from "../../../sdk/wire.ts";
import { riseOf, rowsOf, sorted } from "../../../web/standings/rows.ts";
import { account } from "../audit/story.ts";

const row = (i: number, place: number): Standing => ({
  ...{ rank: 1, place, account: account(i), points: "1", verified: 0, pending: 0, refuted: 0, caught: 0 },
  ...{ lastSeq: "1", lastChangeAt: 0, name: null },
});

describe("rows of the table", () => {
  it("has an account that moved between two pages once, where the later page has it", () => {
    const rows = rowsOf([{ items: [row(0, 1), row(1, 2)] }, { items: [row(1, 3), row(2, 4)] }]);
    expect(rows.map(({ account: of, place }) => [of, place])).to.deep.equal([
      [account(0), 1],
      [account(1), 3],
      [account(2), 4],
    ]);
  });

  it("is sorted by what is asked, equal ones as the ranking has them", () => {
    const rows = [3, 7, 3, 0].map((refuted, i) => ({ ...row(i, i + 1), refuted }));
    const places = (descending: boolean) => sorted(rows, { column: "refuted", descending }).map(({ place }) => place);
    expect(places(true)).to.deep.equal([2, 1, 3, 4]);
    expect(places(false)).to.deep.equal([4, 1, 3, 2]);
    expect(sorted(rows, undefined)).to.equal(rows);
  });

  it("knows how far an account rose since the last epoch, and of none that it was not there", () => {
    const profile = (history: Profile["history"]): Profile => ({ account: account(0), reasons: [], history });
    expect(
      riseOf(
        profile([
          { rank: 9, points: "1" },
          { rank: 5, points: "2" },
        ]),
        2,
      ),
    ).to.equal(3);
    expect(riseOf(profile([{ rank: 1, points: "1" }]), 2)).to.equal(-1);
    expect(riseOf(profile([{ rank: 1, points: "1" }, null]), 2)).to.equal(undefined);
    expect(riseOf(profile([]), 2)).to.equal(undefined);
    expect(riseOf(undefined, 2)).to.equal(undefined);
  });
});
