import { expect } from "chai";
import fc from "fast-check";
import { Chunk } from "../../../indexer/rank/chunk.ts";
import type { Unranked } from "../../../indexer/rank/standings.ts";
import { accountOf } from "../story.ts";

const unranked = (account: number): Unranked => ({
  account: accountOf(account),
  points: String(2n ** 70n + BigInt(account)),
  verified: account,
  pending: 1,
  refuted: 2,
  caught: 3,
  lastSeq: String(account),
  lastChangeAt: 1_750_000_000,
});

const json = (standings: readonly Unranked[], firstRank: number): string =>
  standings.map((standing, i) => JSON.stringify({ rank: firstRank + i, ...standing })).join();

type Step = { at: number } & ({ insert: number } | { ahead: number } | { cut: true } | { remove: true });

const at = fc.nat({ max: 40 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ at, insert: fc.integer({ min: 1_000, max: 99_999 }) }),
    fc.record({ at, ahead: fc.nat({ max: 10_000_000 }) }),
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

  it("is the JSON of its standings with the ranks that they have now, after any changes", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 8 }), (told, guess) => {
        const standings = [unranked(1), unranked(2), unranked(3)];
        const chunk = new Chunk(1, 9, standings);
        for (const { at, ...step } of told) {
          const place = at % (standings.length + 1);
          if ("insert" in step) {
            chunk.insert(place, unranked(step.insert));
            standings.splice(place, 0, unranked(step.insert));
          } else if ("ahead" in step) chunk.ahead = step.ahead;
          else if (place === standings.length) continue;
          else if ("cut" in step) {
            const cut = standings
              .splice(place)
              .map((standing, i) => ({ rank: chunk.ahead + place + 1 + i, ...standing }));
            expect(chunk.cut(place)).to.deep.equal(cut);
          } else {
            chunk.remove(place);
            standings.splice(place, 1);
          }
          expect(chunk.length).to.equal(standings.length);
        }
        for (const [i, { account, points, lastSeq }] of standings.entries()) {
          expect(standings[chunk.indexOf(account, guess)]?.account).to.equal(account);
          expect(chunk.slice(i, standings.length)).to.equal(json(standings.slice(i), chunk.ahead + 1 + i));
          expect(chunk.keyAt(i)).to.include({ points, lastSeq });
        }
      }),
    );
  });
});
