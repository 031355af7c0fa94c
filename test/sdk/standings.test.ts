import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, getAddress, type Hex, numberToHex } from "viem";
import { rankAll, type Standing } from "../../sdk/ledger.ts";
import { cutStandings, standingBytes, verifyStanding } from "../../sdk/standings.ts";
import { verifyProof } from "../../sdk/tree.ts";
import chunks from "../vectors/standings.json" with { type: "json" };

const account = getAddress(numberToHex(1, { size: 20 }));

const orders = fc.array(fc.bigInt({ min: 0n, max: 5n }), { minLength: 1, maxLength: 40 }).map((points) =>
  rankAll(
    points.map((points, i) => ({
      account: getAddress(numberToHex(i + 1, { size: 20 })),
      points,
      lastSeq: BigInt((7 * i) % 41) + 1n,
    })),
  ),
);

const cuts = fc.record({ order: orders, size: fc.integer({ min: 1, max: 41 }) });

describe("final standings", () => {
  const order = rankAll([5n, 5n, 0n].map((points, i) => ({ account, points, lastSeq: BigInt(i + 1) })));

  it("refuse to be cut into chunks of no size", () => {
    for (const size of [0, -1, 0.5, Number.NaN, 2 ** 53])
      expect(() => cutStandings(order, size)).to.throw(RangeError, `A chunk can't hold ${size} accounts.`);
  });

  it("refuse a list with a gap, a double or another order", () => {
    const [first, second, third] = order as [Standing, Standing, Standing];
    for (const [wrong, place, at] of [
      [[first, third], 3, 2],
      [[first, first, second], 1, 2],
      [[second, first], 2, 1],
    ] as const)
      expect(() => cutStandings(wrong, 9)).to.throw(
        RangeError,
        `${account} stands at place ${place}; its place in the list is ${at}.`,
      );
  });

  it("refuse to prove a place that the chunk doesn't hold", () => {
    const [, second] = cutStandings(order, 2);
    for (const place of [0, 2, 4, 3.5])
      expect(() => second?.proof(place)).to.throw(RangeError, `Place ${place} is not in the chunk of places 3 to 3.`);
  });

  it("refuse a proof for another standing, place or chunk", () => {
    fc.assert(
      fc.property(cuts, fc.nat(), fc.nat(), ({ order, size }, at, other) => {
        const standing = order[at % order.length] as Standing;
        const cut = cutStandings(order, size);
        const index = Math.floor((standing.place - 1) / size);
        const { root, first, proof } = cut[index] as (typeof cut)[number];
        const proved = proof(standing.place);
        const another = order[other % order.length] as Standing;
        const shown = { ...standing, rank: standing.rank + 1 };
        expect(verifyStanding(root, first, shown, proved)).to.equal(false);
        expect(verifyStanding(root, first + 1, standing, proved)).to.equal(false);
        expect(verifyStanding(root, first, another, proved)).to.equal(another === standing);
        for (const [i, chunk] of cut.entries())
          expect(verifyStanding(chunk.root, chunk.first, standing, proved)).to.equal(i === index);
      }),
    );
  });

  it("are proved one by one, however they are cut", () => {
    fc.assert(
      fc.property(cuts, ({ order, size }) => {
        const cut = cutStandings(order, size);
        expect(cut.flatMap(({ standings }) => standings)).to.deep.equal(order);
        for (const { root, first, standings, proof } of cut)
          for (const standing of standings)
            expect(verifyStanding(root, first, standing, proof(standing.place))).to.equal(true);
      }),
    );
  });

  for (const { first, root, standings, proofs } of chunks)
    it(`have the vectors' bytes and proofs: ${standings.length} from place ${first}`, () => {
      const read = standings.map(({ account, points, lastSeq, ...standing }) => ({
        ...{ ...standing, account: account as Hex },
        ...{ points: BigInt(points), lastSeq: BigInt(lastSeq) },
      }));
      for (const [i, standing] of read.entries()) {
        const { index, count, siblings } = proofs[i] as (typeof proofs)[number];
        expect(bytesToHex(standingBytes(standing))).to.equal(standings[i]?.data);
        expect(verifyProof(root as Hex, count, index, standingBytes(standing), siblings as Hex[])).to.equal(true);
      }
    });
});
