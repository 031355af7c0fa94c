import Database from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { StorageError } from "../../../indexer/store/store.ts";
import type { Block } from "../node.ts";
import { append, appendAtOnce, assembled, campaign, logsOf, open, storyOf } from "../opened.ts";
import { choices, dump, scratch } from "../running.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 2, maxLength: 25 });
const long = storyOf(choices(60, 9));
const numberOf = (blocks: readonly Block[]): number => (blocks.at(-1) as Block).number;

describe("the writer of the database", () => {
  it("refuses logs of a block without its header", () => {
    const { writer } = open();
    writer.start(long.first);
    const [opening, next] = long.blocks as [Block, Block];
    expect(() => writer.append({ headers: [next], logs: logsOf(opening), finalized: 0 })).to.throw(
      "Block 2 has logs and came without its header.",
    );
  });

  it("refuses to roll back to a block that is not kept", () => {
    const { writer } = open();
    writer.start(long.first);
    append(writer, long.blocks, 30);
    expect(() => writer.rollback(0)).to.throw("Block 0 is not kept.");
    expect(writer.progress()?.cursor.number).to.equal(numberOf(long.blocks));
  });

  it("remembers nothing of a transaction that failed", () => {
    const { db, writer } = open();
    const straight = open();
    for (const each of [writer, straight.writer]) each.start(long.first);
    append(writer, long.blocks.slice(0, 20));
    const rest = long.blocks.slice(20);
    const award = rest.findIndex(({ logs }) => logs.some(({ address }) => address === campaign.address.toLowerCase()));
    const gap = rest.map((block, i) => (i === award ? { ...block, logs: [] } : block));
    expect(() => appendAtOnce(writer, gap)).to.throw(IntegrityError);
    appendAtOnce(writer, rest);
    append(straight.writer, long.blocks);
    expect(dump(db)).to.deep.equal(dump(straight.db));
  });

  it("says that the disk is full, loses nothing, and goes on when there is space", () => {
    const files = scratch();
    const { db, writer } = open(files.path("db"));
    writer.start(long.first);
    append(writer, long.blocks.slice(0, 10));
    const before = dump(db);
    const pages = db.pragma("page_count", { simple: true });
    db.pragma(`max_page_count = ${pages}`);
    expect(() => appendAtOnce(writer, long.blocks.slice(10))).to.throw(
      StorageError,
      "can't be written now: the disk is full (SQLITE_FULL).",
    );
    expect(dump(db)).to.deep.equal(before);
    db.pragma("max_page_count = 1000000");
    appendAtOnce(writer, long.blocks.slice(10));
    const straight = open();
    straight.writer.start(long.first);
    append(straight.writer, long.blocks);
    expect(dump(db)).to.deep.equal(dump(straight.db));
    db.close();
    files.remove();
  });

  it("says that another process has locked it, and goes on when the lock is let go", () => {
    const files = scratch();
    const { db, writer } = open(files.path("db"));
    writer.start(long.first);
    const other = new Database(files.path("db"));
    db.pragma("busy_timeout = 0");
    other.exec("BEGIN IMMEDIATE");
    expect(() => append(writer, long.blocks.slice(0, 1))).to.throw(
      StorageError,
      "can't be written now: another process has locked it (SQLITE_BUSY).",
    );
    other.exec("ROLLBACK");
    append(writer, long.blocks.slice(0, 1));
    expect(writer.progress()?.cursor.number).to.equal(2);
    other.close();
    db.close();
    files.remove();
  });

  it("has the same rows whether blocks come one by one or at once, final or not", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 30 }), fc.nat({ max: 25 }), (choices, finalized, cut) => {
        const { first, blocks } = storyOf(choices);
        const single = open();
        const ranges = open();
        for (const { writer } of [single, ranges]) writer.start(first);
        append(single.writer, blocks, finalized);
        for (const part of [blocks.slice(0, cut), blocks.slice(cut)])
          if (part.length > 0) appendAtOnce(ranges.writer, part, finalized);
        expect(dump(ranges.db)).to.deep.equal(dump(single.db));
      }),
      { numRuns: 40 },
    );
  });

  it("has the same rows whether its indexes and ranking are built before or after", () => {
    const early = open();
    const late = assembled();
    early.writer.complete();
    for (const { writer } of [early, late]) {
      writer.start(long.first);
      append(writer, long.blocks, 20);
    }
    expect(late.writer.isComplete()).to.equal(false);
    late.writer.complete();
    expect(late.writer.isComplete()).to.equal(true);
    expect(dump(late.db)).to.deep.equal(dump(early.db));
  });

  it("keeps the headers of blocks with events and of those that aren't final, and no others", () => {
    const { db, writer } = open();
    writer.start(long.first);
    append(writer, long.blocks.slice(0, 30), 5);
    append(writer, long.blocks.slice(30), 40);
    writer.markVerified();
    const kept = db.prepare("SELECT number FROM blocks ORDER BY number").pluck().all();
    const expected = long.blocks.filter(({ number, logs }) => number >= 40 || logs.length > 0);
    expect(kept).to.deep.equal(expected.map(({ number }) => number));
  });

  it("is rewound below final blocks, and from there on is what it would have been", () => {
    const { db, writer } = open();
    writer.start(long.first);
    append(writer, long.blocks, 50);
    const target = writer.highest(25)?.number as number;
    expect(target).to.be.at.most(25);
    writer.rewind(target);
    expect(writer.progress()).to.deep.include({ finalized: target });
    expect(writer.progress()?.cursor.number).to.equal(target);
    append(writer, long.blocks.slice(target - 1), 50);
    const straight = open();
    straight.writer.start(long.first);
    append(straight.writer, long.blocks, 50);
    expect(dump(db)).to.deep.equal(dump(straight.db));
  });

  it("is emptied of another chain, and then is like new", () => {
    const { db, writer, ranking } = open();
    writer.start(long.first);
    append(writer, storyOf(choices(30, 4)).blocks);
    writer.wipe();
    ranking.build();
    writer.start(long.first);
    append(writer, long.blocks);
    const straight = open();
    straight.writer.start(long.first);
    append(straight.writer, long.blocks);
    expect(dump(db)).to.deep.equal(dump(straight.db));
  });

  describe("folded anew from its events", () => {
    it("stays as it was when an event can't be folded", () => {
      const { db, writer } = open();
      writer.start(long.first);
      append(writer, long.blocks);
      db.exec(
        "DELETE FROM events WHERE (block_number, log_index) IN (SELECT block_number, log_index FROM ledger WHERE seq = 1)",
      );
      // As in a file that a bad log came into.
      db.exec("UPDATE blocks SET checksum = NULL");
      const before = dump(db);
      expect(() => writer.rebuild()).to.throw(IntegrityError, "goes from entry 0 to 2");
      expect(dump(db)).to.deep.equal(before);
    });

    it("has the same rows, also where some were damaged", () => {
      fc.assert(
        fc.property(story, fc.nat({ max: 30 }), (choices, finalized) => {
          const { first, blocks } = storyOf(choices);
          const { db, writer } = open();
          writer.start(first);
          append(writer, blocks, finalized);
          const before = dump(db);
          db.exec("DELETE FROM places; UPDATE entries SET points = points + 1, pending = pending + 1");
          db.exec("DELETE FROM activity; UPDATE attestations SET status = 2; DELETE FROM epochs");
          writer.rebuild();
          expect(dump(db)).to.deep.equal(before);
        }),
        { numRuns: 25 },
      );
    });
  });
});
