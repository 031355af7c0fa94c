import { expect } from "chai";
import { padHex } from "viem";
import type { AsOf, Standing } from "../../../sdk/wire.ts";
import { attestationsPerMinute, pointsOverTime, rankOverTime, takingPart } from "../../../web/charts/series.ts";

const asOf = {} as AsOf;
const [a, b] = [padHex("0xa", { size: 20 }), padHex("0xb", { size: 20 })];
const standing = (account: typeof a, points: string): Standing => ({
  ...{
    rank: 1,
    place: 1,
    account,
    points,
    verified: 0,
    pending: 0,
    refuted: 0,
    caught: 0,
    lastSeq: "1",
    lastChangeAt: 1,
    name: null,
  },
});

describe("charts' series", () => {
  it("have nothing to draw where nothing happened", () => {
    expect(attestationsPerMinute({ asOf, items: [] })).to.deep.equal({ times: [], lines: [] });
  });

  it("give who took part in each tenth of a season", () => {
    const tenth = { endsAt: 0, attestations: 9, isWhole: true };
    const tenths = [
      { ...tenth, startsAt: 100, provers: 3, verifiers: 0 },
      { ...tenth, startsAt: 200, provers: 1, verifiers: 2 },
    ];
    expect(takingPart(tenths)).to.deep.equal({
      times: [100, 200],
      lines: [
        { label: "Provers", values: [3, 1] },
        { label: "Verifiers", values: [0, 2] },
      ],
    });
  });

  it("give points from none at the start to each epoch's end and now", () => {
    const epochs = [1, 2, 3].map((epoch) => ({ epoch, endsAt: 100 * epoch, seq: "0" }));
    const items = [
      { account: a, reasons: [], history: [{ rank: 1, points: "10" }, { rank: 1, points: "20" }, null] },
      { account: b, reasons: [], history: [null, { rank: 2, points: "5" }, null] },
    ];
    const series = pointsOverTime({ asOf, epochs, items }, [standing(a, "25"), standing(b, "7")], 10, 250);
    expect(series.times).to.deep.equal([10, 100, 200, 250]);
    expect(series.lines.map(({ values }) => values)).to.deep.equal([
      [0, 10, 20, 25],
      [0, 0, 5, 7],
    ]);
  });

  it("give an account's rank at each epoch's end, none before its first entry, and now if it moved since", () => {
    const epochs = [1, 2].map((epoch) => ({ epoch, endsAt: 100 * epoch, seq: "0" }));
    const items = [{ account: a, reasons: [], history: [null, { rank: 7, points: "20" }] }];
    const of = (lastChangeAt: number) => rankOverTime({ epochs, items }, { account: a, rank: 3, lastChangeAt });
    expect(of(150)).to.deep.equal({ times: [100, 200], lines: [{ label: "Rank", values: [null, 7] }] });
    expect(of(250)).to.deep.equal({ times: [100, 200, 250], lines: [{ label: "Rank", values: [null, 7, 3] }] });
    expect(rankOverTime({ epochs: [], items: [] }, { account: b, rank: 1, lastChangeAt: 9 }).times).to.deep.equal([9]);
  });

  it("count each minute by method, zero where there was none, and three hours at most", () => {
    const method = (id: number) => ({ id, name: `m${id}` });
    const items = [
      { minute: 60, method: method(2), count: 3 },
      { minute: 60, method: method(1), count: 1 },
      { minute: 180, method: method(1), count: 4 },
    ];
    const { times, lines } = attestationsPerMinute({ asOf, items });
    expect(times).to.deep.equal([60, 120, 180]);
    expect(lines).to.deep.equal([
      { label: "m1", values: [1, 0, 4] },
      { label: "m2", values: [3, 0, 0] },
    ]);
    const later = [...items, { minute: 6_000_000, method: method(1), count: 1 }];
    expect(attestationsPerMinute({ asOf, items: later }).times).to.have.length(181);
  });
});
