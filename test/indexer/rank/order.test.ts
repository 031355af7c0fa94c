import { expect } from "chai";
import fc from "fast-check";
import type { EntryKey } from "../../../indexer/fold/entries.ts";
import { createOrder, firstOf } from "../../../indexer/rank/order.ts";
import { addressOf, type Change, coalesced, type Entries, openEntries, undone } from "./entries.ts";

const ACCOUNTS = 60;
const MOST_CHANGES = 150;
const MANY = 400;

interface Step {
  account: number;
  points: bigint;
  height: number;
  /** Whether the changes since the last flush are flushed now. */
  flush: boolean;
}

// High entries are rare among seqs as they come, and common here.
const step: fc.Arbitrary<Step> = fc.record({
  account: fc.nat({ max: ACCOUNTS - 1 }),
  points: fc.constantFrom(0n, 10n, 10n, 20n, 30n, 1n << 40n, (1n << 63n) - 1n),
  height: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
  flush: fc.boolean(),
});
const steps = fc.array(step, { maxLength: MOST_CHANGES });

/** Ledger entries by the height that the ranking draws for them. */
function seqsByHeight(): bigint[][] {
  const { db } = openEntries();
  db.exec(
    `INSERT INTO places (season_id, behind, last_seq, number)
     WITH RECURSIVE seqs (seq) AS (VALUES (1) UNION ALL SELECT seq + 1 FROM seqs WHERE seq < 1200000)
     SELECT 1, 0, seq, seq FROM seqs`,
  );
  const ofHeight = db
    .prepare<[number, number], bigint>("SELECT last_seq FROM places WHERE height = ? LIMIT ?")
    .pluck()
    .safeIntegers();
  return [0, 1, 2, 3].map((height) => ofHeight.all(height, MANY));
}

describe("the order of entries", () => {
  const seqs = seqsByHeight();

  /** The changes that the steps make, each flush's together; a step without a ledger entry left to give makes none. */
  function changesOf(list: readonly Step[]): Change[][] {
    const left = seqs.map((some) => [...some]);
    const entries = new Map<number, EntryKey>();
    const flushes: Change[][] = [[]];
    for (const { account, points, height, flush } of list) {
      const lastSeq = left[height]?.pop();
      if (lastSeq === undefined) continue;
      const after = { points, lastSeq };
      flushes.at(-1)?.push({ account, before: entries.get(account), after });
      entries.set(account, after);
      if (flush) flushes.push([]);
    }
    return flushes;
  }

  function expectExact({ db, order, ranking }: Entries): void {
    const entries = db
      .prepare<[], { account: string; points: bigint; last_seq: bigint }>("SELECT * FROM entries")
      .safeIntegers()
      .all()
      .toSorted((a, b) => Number(b.points - a.points) || Number(a.last_seq - b.last_seq));
    const keys = entries.map(({ points, last_seq }) => ({ behind: -points, lastSeq: last_seq }));
    const read = createOrder(db);
    const ranks = keys.map(({ behind }) => 1 + keys.filter((other) => other.behind < behind).length);
    expect(keys.map((key) => read.ahead(1, key))).to.deep.equal(keys.map((_, i) => i));
    expect(keys.map((key) => read.rankAndPlace(1, key))).to.deep.equal(
      ranks.map((rank, i) => ({ rank, place: i + 1 })),
    );
    expect(keys.map((key) => read.ahead(1, firstOf(key)))).to.deep.equal(ranks.map((rank) => rank - 1));
    expect(keys.map((_, i) => read.at(1, i + 1))).to.deep.equal(keys);
    expect(read.at(1, keys.length + 1)).to.equal(undefined);
    expect(entries.map(({ account }) => ranking.of(1).rankOf(account as `0x${string}`))).to.deep.equal(ranks);
    const incremental = order();
    db.exec("DELETE FROM places; DELETE FROM marks; DELETE FROM ranking_built");
    ranking.forget();
    ranking.build();
    expect(order()).to.deep.equal(incremental);
  }

  it("knows entries of every height", () => {
    expect(seqs.map(({ length }) => length > 2)).to.deep.equal([true, true, true, true]);
  });

  it("has nothing in an empty season", () => {
    const { db, ranking } = openEntries();
    ranking.build();
    const order = createOrder(db);
    expect(order.at(1, 1)).to.equal(undefined);
    const nobody = { behind: -5n, lastSeq: 7n };
    expect(order.ahead(1, nobody)).to.equal(0);
    expect(ranking.of(1).rankOf(addressOf(0))).to.equal(undefined);
  });

  it("is exact after any changes and after undoing any of them, and the same as one built at once", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: MOST_CHANGES }), (list, kept) => {
        const entries = openEntries();
        entries.ranking.build();
        const flushes = changesOf(list);
        const [first, second] = [flushes.slice(0, kept), flushes.slice(kept)];
        for (const changes of first) entries.flush(coalesced(changes));
        const before = entries.order();
        for (const changes of second) entries.flush(coalesced(changes));
        expectExact(entries);
        for (const changes of second.toReversed()) entries.flush(coalesced(undone(changes)));
        expect(entries.order()).to.deep.equal(before);
        expectExact(entries);
        entries.flush(coalesced(undone(first.flat())));
        expect(entries.order()).to.deep.equal({ places: [], marks: [] });
      }),
      { numRuns: 60 },
    );
  });

  it("follows nothing before it is built, and then has it all", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const entries = openEntries();
        for (const changes of changesOf(list)) entries.flush(coalesced(changes));
        expect(entries.order()).to.deep.equal({ places: [], marks: [] });
        entries.ranking.build();
        expectExact(entries);
      }),
      { numRuns: 20 },
    );
  });

  it("finds a place beyond hundreds of marks of one level", () => {
    const entries = openEntries();
    const low = (seqs[1] as bigint[]).map((lastSeq, account) => ({
      account,
      before: undefined,
      after: { points: 0n, lastSeq },
    }));
    entries.flush(low);
    entries.ranking.build();
    expect(low.length).to.equal(MANY);
    expectExact(entries);
  });

  it("keeps seasons apart", () => {
    const { db, ranking, flush } = openEntries();
    db.exec(
      "INSERT INTO seasons SELECT 2, organiser, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, '0x' FROM seasons",
    );
    db.exec(`INSERT INTO entries VALUES (2, '${addressOf(1)}', 99, 1, 1, 0, 0, 0, 0, 99, 0, 0)`);
    ranking.build();
    flush([{ account: 1, before: undefined, after: { points: 5n, lastSeq: 1n } }]);
    flush([{ account: 2, before: undefined, after: { points: 6n, lastSeq: 2n } }]);
    expect([1, 2].map((season) => ranking.of(season).rankOf(addressOf(1)))).to.deep.equal([2, 1]);
    expect(ranking.of(2).rankOf(addressOf(2))).to.equal(undefined);
  });
});
