import { expect } from "chai";
import fc from "fast-check";
import { type Address, getAddress } from "viem";
import { type LedgerEntry, ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import { compareStandings, foldLedger, rankAll } from "../../sdk/ledger.ts";

const accountOf = (n: number): Address => getAddress(`0x${(n + 1).toString(16).padStart(40, "0")}`);

const entry = (account: number, delta: bigint, seq: bigint): LedgerEntry => ({
  ...{ seasonId: 1n, account: accountOf(account), subject: ZERO_HASH, reason: 1, delta, seq },
});

describe("ledger", () => {
  it("refuses a gap, a repetition and a beginning other than 1", () => {
    expect(() => foldLedger([entry(0, 1n, 2n)])).to.throw(RangeError, "from seq 0 to seq 2; 1 is missing");
    expect(() => foldLedger([entry(0, 1n, 1n), entry(0, 1n, 3n)])).to.throw(RangeError, "from seq 1 to seq 3");
    expect(() => foldLedger([entry(0, 1n, 1n), entry(0, 1n, 1n)])).to.throw(RangeError, "from seq 1 to seq 1");
  });

  it("refuses points below zero", () => {
    expect(() => foldLedger([entry(0, 5n, 1n), entry(0, -6n, 2n)])).to.throw(
      RangeError,
      `Account ${accountOf(0)} falls to -1 points at seq 2.`,
    );
  });

  it("is empty before the first entry", () => {
    expect(foldLedger([])).to.deep.equal({ seq: 0n, totalPoints: 0n, ledgerHash: ZERO_HASH, standings: [] });
  });

  it("ranks points descending, gives equal points one rank and each account its place, also burned back to zero", () => {
    const { standings, totalPoints } = foldLedger([
      entry(0, 10n, 1n),
      entry(1, 20n, 2n),
      entry(2, 10n, 3n),
      entry(3, 5n, 4n),
      entry(3, -5n, 5n),
    ]);
    expect(standings.map(({ rank, place, account, points }) => [rank, place, account, points])).to.deep.equal([
      [1, 1, accountOf(1), 20n],
      [2, 2, accountOf(0), 10n],
      [2, 3, accountOf(2), 10n],
      [4, 4, accountOf(3), 0n],
    ]);
    expect(totalPoints).to.equal(40n);
  });

  it("puts nobody in order of nobody", () => {
    expect(rankAll([])).to.deep.equal([]);
  });

  it("keeps what an account brings, and leaves the list it was given as it was", () => {
    const given = [
      { name: "Anne", points: 1n, lastSeq: 1n },
      { name: "Boris", points: 2n, lastSeq: 2n },
    ];
    expect(rankAll(given)).to.deep.equal([
      { name: "Boris", points: 2n, lastSeq: 2n, rank: 1, place: 1 },
      { name: "Anne", points: 1n, lastSeq: 1n, rank: 2, place: 2 },
    ]);
    expect(given[0]?.name).to.equal("Anne");
  });

  it("ranks by how many have more points, and places by how many stand before", () => {
    const points = fc.array(fc.bigInt({ min: 0n, max: 4n }), { maxLength: 30 });
    fc.assert(
      fc.property(points, fc.infiniteStream(fc.nat()), (all, keys) => {
        const accounts = all.map((points, i) => ({ points, lastSeq: BigInt(i + 1), key: keys.next().value }));
        const shuffled = accounts.toSorted((a, b) => a.key - b.key);
        for (const { rank, place, points, lastSeq } of rankAll(shuffled)) {
          const more = all.filter((other) => other > points).length;
          const before = accounts.filter((other) => other.points === points && other.lastSeq < lastSeq).length;
          expect([rank, place]).to.deep.equal([more + 1, more + before + 1]);
        }
      }),
    );
  });

  it("sums to its total, places everybody once in order, and hashes every entry", () => {
    const changes = fc.array(fc.tuple(fc.nat(5), fc.bigInt({ min: 1n, max: 1000n })), { maxLength: 40 });
    fc.assert(
      fc.property(changes, (awards) => {
        const entries = awards.map(([account, delta], i) => entry(account, delta, BigInt(i + 1)));
        const { standings, totalPoints, ledgerHash: hash, seq } = foldLedger(entries);
        expect(standings.reduce((sum, { points }) => sum + points, 0n)).to.equal(totalPoints);
        expect(standings.map(({ place }) => place)).to.deep.equal(standings.map((_, i) => i + 1));
        for (const { rank, points } of standings)
          expect(rank).to.equal(1 + standings.filter((other) => other.points > points).length);
        for (const [i, standing] of standings.slice(1).entries())
          expect(compareStandings(standings[i] ?? standing, standing)).to.equal(-1);
        expect(new Set(standings.map(({ account }) => account)).size).to.equal(standings.length);
        expect(seq).to.equal(BigInt(entries.length));
        expect(hash).to.equal(entries.reduce((previous, each) => ledgerHash(previous, each), ZERO_HASH));
      }),
    );
  });
});
