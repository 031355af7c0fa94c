import { expect } from "chai";
import fc from "fast-check";
import { Chunk } from "../../../indexer/rank/chunk.ts";
import type { Unranked } from "../../../indexer/rank/standings.ts";
import type { Standing } from "../../../sdk/wire.ts";
import { accountOf } from "../story.ts";

const unranked = (account: number): Unranked => ({
  account: accountOf(account),
  points: String(2n ** 70n + BigInt(account % 5)),
  verified: account,
  pending: 1,
  refuted: 2,
  caught: 3,
  lastSeq: String(account),
  lastChangeAt: 1_750_000_000,
  // Text that a chunk looks for.
  name: account % 3 === 0 ? null : `",${account % 2 === 0 ? '"account":"' : '"lastSeq":"9'}${accountOf(account + 1)}`,
});

/** Standings as a chunk has them: next to each other, equal points share a rank. */
function ranked(standings: readonly Unranked[], { ahead, firstRank }: Pick<Chunk, "ahead" | "firstRank">): Standing[] {
  const ranked: Standing[] = [];
  for (const [i, standing] of standings.entries()) {
    const before = ranked.at(-1);
    const place = ahead + 1 + i;
    const rank = before === undefined ? firstRank : before.points === standing.points ? before.rank : place;
    ranked.push({ rank, place, ...standing });
  }
  return ranked;
}

type Step = { at: number } & ({ insert: number } | { ahead: number; equal: number } | { cut: true } | { remove: true });

const at = fc.nat({ max: 40 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ at, insert: fc.integer({ min: 1_000, max: 99_999 }) }),
    fc.record({ at, ahead: fc.nat({ max: 10_000_000 }), equal: fc.nat({ max: 9 }) }),
    fc.record({ at, remove: fc.constant(true as const) }),
    fc.record({ at, cut: fc.constant(true as const) }),
  ),
  { maxLength: 60 },
);

describe("a chunk of standings", () => {
  it("has no account that is not in it, wherever it is looked for", () => {
    const chunk = new Chunk(1, 0, [unranked(1), unranked(2)]);
    for (const guess of [0, 1, 2, 127]) expect(chunk.indexOf(accountOf(3), guess)).to.equal(-1);
    expect(new Chunk(1, 0, []).indexOf(accountOf(3), 0)).to.equal(-1);
  });

  it("is the JSON of its standings with the ranks and places that they have now, after any changes", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 8 }), (drawn, guess) => {
        const standings = [unranked(1), unranked(2), unranked(3)];
        const chunk = new Chunk(1, 9, standings);
        for (const { at, ...step } of drawn) {
          const place = at % (standings.length + 1);
          if ("insert" in step) {
            chunk.insert(place, unranked(step.insert));
            standings.splice(place, 0, unranked(step.insert));
          } else if ("ahead" in step) {
            chunk.ahead = step.ahead;
            chunk.firstRank = Math.max(1, step.ahead + 1 - step.equal);
          } else if (place === standings.length) continue;
          else if ("cut" in step) {
            expect(chunk.cut(place)).to.deep.equal(ranked(standings, chunk).slice(place));
            standings.splice(place);
          } else {
            chunk.remove(place);
            standings.splice(place, 1);
          }
          expect(chunk.length).to.equal(standings.length);
        }
        const expected = ranked(standings, chunk);
        for (const [i, { account, points, lastSeq, rank }] of expected.entries()) {
          expect(chunk.positionAt(i)).to.deep.equal({ points: BigInt(points), lastSeq: BigInt(lastSeq) });
          expect(standings[chunk.indexOf(account, guess)]?.account).to.equal(account);
          expect(`[${chunk.slice(i, standings.length)}]`).to.equal(JSON.stringify(expected.slice(i)));
          expect(chunk.rankAt(i)).to.equal(rank);
          expect(chunk.positionAt(i)).to.deep.equal({ points: BigInt(points), lastSeq: BigInt(lastSeq) });
        }
      }),
    );
  });

  it("knows the points at its ends, and how many share the last ones, after any changes", () => {
    const points = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(points, fc.nat(), (drawn, removed) => {
        const sorted = drawn.toSorted((a, b) => b - a);
        const chunk = new Chunk(
          1,
          0,
          sorted.map((one, i) => ({ ...unranked(i), points: String(one) })),
        );
        const expectEdges = () =>
          expect(chunk.edges).to.deep.equal({
            first: BigInt(sorted[0] as number),
            last: BigInt(sorted.at(-1) as number),
            tie: sorted.indexOf(sorted.at(-1) as number),
          });
        expectEdges();
        chunk.remove(removed % sorted.length);
        sorted.splice(removed % sorted.length, 1);
        expectEdges();
        chunk.insert(0, { ...unranked(99), points: "7" });
        sorted.unshift(7);
        expectEdges();
      }),
    );
  });
});
