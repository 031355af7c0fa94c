import { expect } from "chai";
import fc from "fast-check";
import type { Address } from "viem";
import type { Db } from "../../../indexer/store/database.ts";
import type { EntryKey, EntryListener } from "../../../indexer/store/listener.ts";
import { appendAtOnce, logsOf, open, told } from "./opened.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 2, maxLength: 25 });

/** Keeps what it is told, and at each end of an epoch what it was told until then. */
function hearingOf(length: number) {
  const heard = new Map<string, EntryKey>();
  const tallied = new Set<string>();
  const closings: { end: number; entries: unknown[] }[] = [];
  const log: string[] = [];
  let next = 1000 + length;
  const listener: EntryListener = {
    nextEpochEnd: () => next,
    reach(timestamp) {
      for (; next <= timestamp; next += length) closings.push({ end: next, entries: entriesOf(heard) });
    },
    changed(changes) {
      const accounts = changes.map(({ seasonId, account }) => `${seasonId} ${account}`);
      expect(new Set(accounts)).to.have.lengthOf(changes.length);
      for (const [i, { before, after }] of changes.entries()) {
        const name = accounts[i] as string;
        tallied.add(name);
        expect(heard.get(name)).to.deep.equal(before && { points: before.points, lastSeq: before.lastSeq });
        if (after) heard.set(name, { points: after.points, lastSeq: after.lastSeq });
        else heard.delete(name);
      }
    },
    tallied: (seasonId, account) => tallied.add(`${seasonId} ${account}`),
    retreat: (timestamp) => log.push(`retreat ${timestamp}`),
    seasonsChanged: () => log.push("seasons"),
    abandoned: () => log.push("abandoned"),
  };
  return { heard, tallied, closings, log, listener };
}

const rowsOf = (db: Db): Map<string, string> =>
  new Map(
    db
      .prepare<[], { season_id: number; account: string }>("SELECT * FROM entries")
      .all()
      .map((row) => [`${row.season_id} ${row.account}`, JSON.stringify(row)]),
  );

const entriesOf = (heard: ReadonlyMap<string, EntryKey>): string[] =>
  [...heard].map(([name, { points, lastSeq }]) => `${name} ${points} ${lastSeq}`).sort();

/** The entries right before a time, by the ledger. */
const entriesBefore = (db: Db, time: number): unknown[] =>
  db
    .prepare(
      `SELECT name || ' ' || last_seq FROM (
         SELECT season_id || ' ' || account || ' ' || points AS name, max(seq) AS last_seq
         FROM ledger JOIN blocks ON number = block_number WHERE timestamp < ? GROUP BY season_id, account)`,
    )
    .pluck()
    .all(time)
    .sort();

describe("who listens to the store", () => {
  it("is told of each entry before and after, once a transaction, so that it has the same entries", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 25 }), (choices, cut) => {
        const { first, blocks } = told(choices);
        const { heard, listener } = hearingOf(7);
        const { db, chain } = open(":memory:", listener);
        chain.start(first);
        appendAtOnce(chain, blocks);
        const same = () => {
          const rows = db
            .prepare("SELECT season_id, account, points, last_seq FROM entries WHERE last_seq > 0")
            .safeIntegers()
            .all();
          const entries = rows as { season_id: bigint; account: Address; points: bigint; last_seq: bigint }[];
          expect(heard).to.deep.equal(
            new Map(entries.map((e) => [`${e.season_id} ${e.account}`, { points: e.points, lastSeq: e.last_seq }])),
          );
        };
        same();
        chain.rollback(Math.min(first.number + cut, blocks.length));
        same();
        chain.rollback(first.number);
        expect(heard).to.have.lengthOf(0);
      }),
      { numRuns: 40 },
    );
  });

  it("is told of every account that has anything else than before", () => {
    fc.assert(
      fc.property(story, fc.nat({ max: 25 }), (choices, cut) => {
        const { first, blocks } = told(choices);
        const { tallied, listener } = hearingOf(7);
        const { db, chain } = open(":memory:", listener);
        chain.start(first);
        const half = blocks.length >> 1;
        for (const change of [
          () => appendAtOnce(chain, blocks.slice(0, half)),
          () => appendAtOnce(chain, blocks.slice(half)),
          () => chain.rollback(Math.min(first.number + cut, blocks.length)),
        ]) {
          const before = rowsOf(db);
          tallied.clear();
          change();
          const after = rowsOf(db);
          const changed = [...before.keys(), ...after.keys()].filter((name) => before.get(name) !== after.get(name));
          expect(changed.filter((name) => !tallied.has(name))).to.deep.equal([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("reaches the end of each epoch with the entries of all blocks before it and of none after", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 9 }), (choices, length) => {
        const { first, blocks } = told(choices);
        const { closings, listener } = hearingOf(length);
        const { db, chain } = open(":memory:", listener);
        chain.start(first);
        appendAtOnce(chain, blocks);
        expect(closings).to.have.lengthOf(Math.floor((blocks.length + 1) / length));
        for (const { end, entries } of closings) expect(entries).to.deep.equal(entriesBefore(db, end));
      }),
      { numRuns: 40 },
    );
  });

  it("hears of seasons that open or are undone, of a retreat, and of a transaction that failed", () => {
    const { first, blocks } = told([[]]);
    const { log, listener } = hearingOf(5);
    const { chain } = open(":memory:", listener);
    chain.start(first);
    appendAtOnce(chain, blocks);
    expect(log).to.deep.equal(["seasons"]);
    const [opening] = blocks.slice(0, 1).map(logsOf);
    const again = { ...first, number: 9, hash: `0x${"9".repeat(64)}` as const };
    const logs = (opening ?? []).map((one) => ({ ...one, blockNumber: 9 }));
    expect(() => chain.append({ headers: [again], logs, finalized: 0 })).to.throw();
    chain.rollback(first.number);
    expect(log).to.deep.equal(["seasons", "abandoned", "seasons", `retreat ${first.timestamp}`]);
  });
});
