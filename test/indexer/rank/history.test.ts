import { expect } from "chai";
import fc from "fast-check";
import type { RowChange } from "../../../indexer/fold/changes.ts";
import type { Season } from "../../../indexer/fold/seasons.ts";
import { RankingNotBuilt } from "../../../indexer/rank/built.ts";
import { createHistory, type PastStanding } from "../../../indexer/rank/history.ts";
import type { Db } from "../../../indexer/store/sqlite/database.ts";
import { createReaders } from "../../../indexer/store/sqlite/readers.ts";
import type { Block } from "../node.ts";
import { dump } from "../running.ts";
import { accountOf } from "../story.ts";
import { addressOf, cursorAt, openEntries } from "./entries.ts";
import { blocksOf, openFollowed } from "./followed.ts";

/** Seasons of a story last for 997 seconds from 1003 on. */
const START = 1_003;
const LENGTH = 10;
const EPOCHS = 100;

const block = fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 12 });
const pause = fc.constantFrom(0, 1, 5, 9, 10, 30, 200);
const story = fc.array(fc.tuple(block, pause), { minLength: 2, maxLength: 25 }).map((drawn) =>
  blocksOf(
    drawn.map(([choices]) => choices),
    [1_000, 1, 1, ...drawn.map(([, seconds]) => seconds)],
  ),
);

interface Entry {
  seq: bigint;
  account: string;
  points: bigint;
  timestamp: bigint;
}

/** Epochs that ended up to a time, with everybody's standing then, from the ledger from its beginning on. */
function replayed(db: Db, season: number, timestamp: number) {
  const ledger = db
    .prepare<[number], Entry>(
      `SELECT seq, account, points, timestamp FROM ledger JOIN blocks ON number = block_number
       WHERE season_id = ? ORDER BY seq`,
    )
    .safeIntegers()
    .all(season);
  const epochs = Array.from({ length: EPOCHS }, (_, i) => ({ epoch: i + 1, endsAt: START + (i + 1) * LENGTH }));
  return epochs
    .filter(({ endsAt }) => endsAt <= timestamp)
    .map((epoch) => {
      const entries = ledger.filter((entry) => entry.timestamp < epoch.endsAt);
      const last = [...new Map(entries.map((entry) => [entry.account, entry])).values()];
      const standings = last.map(({ account, points }): [string, PastStanding] => [
        account,
        { rank: 1 + last.filter((other) => other.points > points).length, points: `${points}` },
      ]);
      return { ...epoch, seq: `${entries.at(-1)?.seq ?? 0}`, standings: new Map(standings) };
    });
}

/** Of season 1: the others have other times. */
function expectExact(db: Db, { timestamp }: Block): void {
  const history = createHistory(db);
  const expected = replayed(db, 1, timestamp);
  expect(history.epochs(1)).to.deep.equal(expected.map(({ standings: _, ...epoch }) => epoch));
  for (let n = 0; n < 12; n++)
    expect(history.standingsAt(1, accountOf(n))).to.deep.equal(
      expected.map(({ standings }) => standings.get(accountOf(n)) ?? null),
    );
}

/** That season 1 opens, whose row is written. */
function opening(db: Db): RowChange {
  const season = createReaders(db).seasons.season(1) as Season;
  return { table: "seasons", before: { ...season, startsAt: null }, after: season };
}

describe("the history of standings", () => {
  it("refuses to be read before the ranking is built", () => {
    const history = createHistory(openEntries().db);
    expect(() => history.epochs(1)).to.throw(RankingNotBuilt);
    expect(() => history.standingsAt(1, accountOf(1))).to.throw(RankingNotBuilt);
  });

  it("is what the ledger gives for every epoch's end", () => {
    fc.assert(
      fc.property(story, (blocks) => {
        const { db, ranking, append } = openFollowed(blocks);
        ranking.build();
        for (const one of blocks.slice(2)) append([one]);
        expectExact(db, blocks.at(-1) as Block);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps the shared ranks of an epoch whether or not the ranking was built at its end", () => {
    for (const built of [true, false]) {
      const { db, ranking, flush } = openEntries();
      if (built) ranking.build();
      const points = [7n, 9n, 7n, 0n, 7n, 0n];
      flush(
        points.map((points, account) => ({
          account,
          before: undefined,
          after: { points, lastSeq: BigInt(account + 1) },
        })),
      );
      const add = db.prepare("INSERT INTO ledger VALUES (1, ?, ?, '0x', 1, 1, ?, '0x', 1, 0)");
      for (const [n, one] of points.entries()) add.run(n + 1, addressOf(n), one);
      db.exec("UPDATE seasons SET starts_at = 1000, closes_at = 1030, seq = 6, participants = 6");
      ranking.follow({ cursor: cursorAt(1_010), rows: [opening(db)] }, () => 1_010);
      ranking.build();
      const history = createHistory(db);
      const ranks = points.map((_, n) => history.standingsAt(1, addressOf(n))[0]?.rank);
      expect(ranks, `${built}`).to.deep.equal([2, 1, 2, 5, 2, 5]);
    }
  });

  it("is the same to the row when blocks come many at a time and the ranking is built at the end", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 25 }), (blocks, size) => {
        const followed = openFollowed(blocks);
        followed.ranking.build();
        for (const one of blocks.slice(2)) followed.append([one]);

        const late = openFollowed(blocks);
        for (let from = 2; from < blocks.length; from += size) late.append(blocks.slice(from, from + size));
        late.ranking.build();
        expect(dump(late.db)).to.deep.equal(dump(followed.db));
      }),
      { numRuns: 40 },
    );
  });

  it("is undone with the blocks, to the row, over any ends of epochs and any fork", () => {
    fc.assert(
      fc.property(story, fc.array(fc.tuple(block, pause), { maxLength: 6 }), fc.boolean(), (blocks, fork, built) => {
        const { db, ranking, writer, append } = openFollowed(blocks);
        writer.complete();
        if (built) ranking.build();
        const states = blocks.slice(2).map((one) => {
          append([one]);
          return dump(db);
        });
        for (let i = states.length - 2; i >= 0; i--) {
          const base = blocks[i + 2] as Block;
          writer.rollback(base.number);
          expect(dump(db)).to.deep.equal(states[i]);
          let { number, timestamp, hash } = base;
          for (const [, seconds] of fork) {
            number++;
            timestamp += seconds;
            append([{ ...base, number, timestamp, parentHash: hash, logs: [] }]);
          }
          if (fork.length > 0) writer.rollback(base.number);
          expect(dump(db)).to.deep.equal(states[i]);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("closes nothing in a transaction that failed", () => {
    const blocks = blocksOf([[1], [2], [3]], [1_000, 1, 1, 5, 30, 30]);
    const [, , opening, , second, third] = blocks as [Block, Block, Block, Block, Block, Block];
    const { db, ranking, writer, append } = openFollowed(blocks);
    ranking.build();
    append(blocks.slice(2, 4));
    const before = dump(db);
    expect(() => append([second, { ...third, logs: opening.logs }])).to.throw();
    expect(dump(db)).to.deep.equal(before);
    append([second]);
    append([third]);
    expectExact(db, third);
    expect(createHistory(db).epochs(1).length).to.equal(6);
    writer.rollback(3);
    expect(dump(db)).to.deep.equal(before);
  });

  it("has participants beyond the first thousand, and shares what didn't change", () => {
    const { db, ranking, flush } = openEntries();
    ranking.build();
    const count = 2_500;
    const keyOf = (n: number) => ({ points: BigInt(n % 7), lastSeq: BigInt(n + 1) });
    flush(Array.from({ length: count }, (_, account) => ({ account, before: undefined, after: keyOf(account) })));
    const add = db.prepare("INSERT INTO ledger VALUES (1, ?, ?, '0x', 1, 1, ?, '0x', 1, 0)");
    for (let n = 0; n < count; n++) add.run(n + 1, addressOf(n), n % 7);
    db.exec(`UPDATE seasons SET starts_at = 1000, closes_at = 1030, seq = ${count}, participants = ${count}`);
    const history = createHistory(db);
    ranking.follow({ cursor: cursorAt(1_009), rows: [opening(db)] }, () => 1_009);
    expect(history.epochs(1)).to.deep.equal([]);
    ranking.follow({ cursor: cursorAt(1_020), rows: [] }, () => 1_020);
    expect(history.epochs(1)).to.deep.equal([
      { epoch: 1, endsAt: 1_010, seq: `${count}` },
      { epoch: 2, endsAt: 1_020, seq: `${count}` },
    ]);
    const numbers = Array.from({ length: count }, (_, n) => n);
    for (const n of [0, 1, 999, 1_000, 1_001, 1_999, 2_000, 2_499]) {
      const standing = { rank: 1 + numbers.filter((other) => other % 7 > n % 7).length, points: `${n % 7}` };
      expect(history.standingsAt(1, addressOf(n)), `${n}`).to.deep.equal([standing, standing]);
    }
    expect(history.standingsAt(1, addressOf(count))).to.deep.equal([null, null]);
    expect(db.prepare("SELECT count(*) FROM epoch_ranks").pluck().get()).to.equal(3);
    ranking.retreat({ cursor: cursorAt(1_019), rows: [] });
    expect(history.epochs(1).map(({ epoch }) => epoch)).to.deep.equal([1]);
    expect(db.prepare("SELECT count(*) FROM epoch_ranks").pluck().get()).to.equal(3);
    ranking.retreat({ cursor: cursorAt(1_009), rows: [] });
    expect(db.prepare("SELECT count(*) FROM epoch_ranks").pluck().get()).to.equal(0);
  });
});
