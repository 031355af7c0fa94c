import { expect } from "chai";
import fc from "fast-check";
import { createSeasonCache } from "../../../indexer/rank/season-cache.ts";
import { positionOf, type Unranked } from "../../../indexer/rank/standings.ts";
import type { Standing } from "../../../sdk/wire.ts";
import { accountOf } from "../story.ts";
import { placed } from "./expected.ts";

const standing = (account: number, points: number | bigint, lastSeq: number): Unranked => ({
  account: accountOf(account),
  points: String(points),
  verified: account,
  pending: 0,
  refuted: 0,
  caught: 0,
  lastSeq: String(lastSeq),
  lastChangeAt: 5,
  name: account % 3 === 0 ? null : `Zoë "${account}" 🦊`,
});

/** Standings that are put, undefined points for those that are removed. */
const changes = fc.array(
  fc.record({
    account: fc.integer({ min: 1, max: 900 }),
    points: fc.option(fc.oneof(fc.nat({ max: 12 }), fc.bigInt(0n, 2n ** 63n - 1n)), { nil: undefined, freq: 6 }),
  }),
  { maxLength: 1_500, size: "max" },
);

describe("the standings of a season in memory", () => {
  it("knows no account that is not on it", () => {
    const cache = createSeasonCache();
    cache.remove(accountOf(1));
    expect([cache.size(), cache.rankOf(accountOf(1)), cache.standingOf(accountOf(1))]).to.deep.equal([
      0,
      undefined,
      undefined,
    ]);
    expect([cache.page(undefined, 5), cache.pageFrom(1, 5), cache.pageFrom(7, 5)]).to.deep.equal([[], [], []]);
    expect(cache.page({ points: 1n, lastSeq: 1n }, 5)).to.deep.equal([]);
    cache.put(standing(1, 5, 1));
    cache.remove(accountOf(1));
    expect([cache.size(), cache.page(undefined, 5)]).to.deep.equal([0, []]);
  });

  it("has the ranks and places of a sorted list, whatever was put and removed, read in any way", () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 300 }), fc.nat({ max: 5 }), (drawn, size, around) => {
        const cache = createSeasonCache();
        const standings = new Map<number, Unranked>();
        for (const [i, { account, points }] of drawn.entries()) {
          if (points === undefined) {
            cache.remove(accountOf(account));
            standings.delete(account);
          } else {
            cache.put(standing(account, points, i + 1));
            standings.set(account, standing(account, points, i + 1));
          }
          if (i % 100 === 0) cache.page(undefined, 1);
        }
        const all = placed([...standings.values()]);
        expect(cache.size()).to.equal(all.length);
        expect(cache.page(undefined, 2_000)).to.deep.equal(all);
        for (let from = 0; from < all.length; from += size) {
          const one = all[from] as Standing;
          expect(cache.pageFrom(from + 1, size)).to.deep.equal(all.slice(from, from + size));
          expect(cache.page(positionOf(one), size)).to.deep.equal(all.slice(from + 1, from + 1 + size));
          expect(cache.rankOf(one.account)).to.equal(one.rank);
          expect(cache.standingOf(one.account)).to.deep.equal(one);
          const found = cache.around(one.account, around);
          expect(`${found?.item}${found?.neighbours.join("")}`).to.match(/^[ -~]*$/);
          expect(JSON.parse(found?.item ?? "")).to.deep.equal(one);
          const neighbours = [
            ...all.slice(Math.max(0, from - around), from),
            ...all.slice(from + 1, from + 1 + around),
          ];
          expect(JSON.parse(found?.neighbours.join("") ?? "")).to.deep.equal(neighbours);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("takes standings that are behind all others, and moves there who is among them and on the cache already", () => {
    fc.assert(
      fc.property(fc.nat({ max: 400 }), fc.nat({ max: 400 }), fc.nat({ max: 50 }), (first, second, moved) => {
        const cache = createSeasonCache();
        const one = (account: number, i: number) => standing(account, 10_000 - Math.floor(i / 90), i + 1);
        const ahead = Array.from({ length: first }, (_, i) => one(i + 1, i));
        const behind = Array.from({ length: second }, (_, i) => one(i < moved ? i + 1 : first + i + 1, first + i));
        cache.append(ahead);
        cache.append(behind);
        const all = [...ahead.filter(({ account }) => !behind.some((other) => other.account === account)), ...behind];
        expect(cache.page(undefined, 1_000)).to.deep.equal(placed(all));
        expect(cache.size()).to.equal(all.length);
      }),
      { numRuns: 60 },
    );
  });

  it("goes on from a position where nobody stands any more", () => {
    const cache = createSeasonCache();
    for (const [account, points] of [9, 7, 7, 3].entries()) cache.put(standing(account + 1, points, account + 1));
    const after = (points: bigint, lastSeq: bigint) =>
      cache.page({ points, lastSeq }, 9).map(({ rank, place, points }) => `${place}, rank ${rank}: ${points}`);
    expect(after(10n, 1n)).to.deep.equal(["1, rank 1: 9", "2, rank 2: 7", "3, rank 2: 7", "4, rank 4: 3"]);
    expect(after(8n, 1n)).to.deep.equal(["2, rank 2: 7", "3, rank 2: 7", "4, rank 4: 3"]);
    expect(after(7n, 2n)).to.deep.equal(["3, rank 2: 7", "4, rank 4: 3"]);
    expect(after(3n, 5n)).to.deep.equal([]);
  });

  it("shares a rank over any number of accounts with equal points, and shares it anew when one of them leaves", () => {
    const cache = createSeasonCache();
    cache.append(Array.from({ length: 2_000 }, (_, i) => standing(i + 1, i < 3 ? 9 : i < 1_900 ? 7 : 3, i + 1)));
    const ranks = () => [1, 3, 4, 900, 1_900, 1_901, 2_000].map((account) => cache.rankOf(accountOf(account)));
    expect(ranks()).to.deep.equal([1, 1, 4, 4, 4, 1_901, 1_901]);
    expect(cache.pageFrom(1_899, 4).map(({ rank, place }) => [rank, place])).to.deep.equal([
      [4, 1_899],
      [4, 1_900],
      [1_901, 1_901],
      [1_901, 1_902],
    ]);
    cache.remove(accountOf(2));
    cache.put(standing(2_001, 7, 2_001));
    expect(ranks()).to.deep.equal([1, 1, 3, 3, 3, 1_901, 1_901]);
    cache.put(standing(900, 8, 2_002));
    expect(ranks()).to.deep.equal([1, 1, 4, 3, 4, 1_901, 1_901]);
  });
});
