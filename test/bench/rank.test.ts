import { expect } from "chai";
import { openPopulation, SEASON } from "../../bench/rank/population.ts";
import { measureRanks } from "../../bench/rank.ts";
import { createRanking } from "../../indexer/rank/ranking.ts";
import { dump, scratch } from "../indexer/running.ts";

describe("bench rank", () => {
  const accounts = 1_000;
  let files: ReturnType<typeof scratch>;
  beforeEach(() => {
    files = scratch();
  });
  afterEach(() => files.remove());

  it("measures each kind of work, and leaves the data as it found them", () => {
    const first = measureRanks(files.path("kept"), accounts, 300);
    const db = openPopulation(files.path("kept"), accounts);
    const rows = dump(db);
    db.close();
    const rank = measureRanks(files.path("kept"), accounts, 100);

    for (const timings of [first, rank]) {
      expect(timings.map(({ name }) => name)).to.deep.equal(["lookup", "rank", "at", "around", "update", "build"]);
      for (const timing of timings) {
        expect(timing).to.have.all.keys("name", "accounts", "p50Us", "p99Us", "meanUs");
        expect(timing.accounts).to.equal(accounts);
        expect(timing.p50Us).to.be.within(Number.MIN_VALUE, timing.p99Us);
        expect(timing.meanUs).to.be.above(0);
      }
    }
    const again = openPopulation(files.path("kept"), accounts);
    expect(dump(again)).to.deep.equal(rows);
    again.close();
  });

  it("measures a ranking that is the entries in order", () => {
    measureRanks(files.path("kept"), accounts, 200);
    const db = openPopulation(files.path("kept"), accounts);
    const expected = db.prepare("SELECT account FROM entries ORDER BY points DESC, last_seq").pluck().all();
    const ranked = createRanking(db)
      .of(SEASON)
      .page(undefined, accounts + 1);
    expect(ranked.map(({ account }) => account)).to.deep.equal(expected);
    expect(new Set(ranked.map(({ points }) => points)).size).to.be.within(20, accounts / 2);
    db.close();
  });

  it("makes data anew whose updates were broken off", () => {
    const db = openPopulation(files.path("kept"), accounts);
    const rows = dump(db);
    db.exec(`UPDATE seasons SET seq = seq + 1; UPDATE entries SET points = 7`);
    db.close();
    const again = openPopulation(files.path("kept"), accounts);
    expect(dump(again)).to.deep.equal(rows);
    again.close();
  });
});
