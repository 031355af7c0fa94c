import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { createOrder } from "../../../indexer/rank/order.ts";
import { createRanking } from "../../../indexer/rank/ranking.ts";
import { createStandingsCache } from "../../../indexer/rank/standings-cache.ts";
import { createStored, type Stored } from "../../../indexer/rank/stored.ts";
import { openDatabase } from "../../../indexer/store/sqlite/database.ts";
import type { Standing } from "../../../sdk/wire.ts";
import type { Block } from "../node.ts";
import { accountOf, deployment } from "../story.ts";
import { blocksOf, openFollowed } from "./followed.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 20 }), { minLength: 3, maxLength: 20 });

/** Standings of any season that are `seasons` at the time, and boards of them. */
function boardsOf(seasons: Map<number, Standing[]>, most: number) {
  const db = openDatabase(":memory:", deployment);
  for (const [id, { length }] of seasons)
    db.exec(`INSERT INTO seasons VALUES (${id}, '0x', 0, NULL, 0, 0, 0, NULL, NULL, NULL, 0, ${length}, 0, '0x')`);
  const reads: number[] = [];
  const all = (season: number): Standing[] => {
    reads.push(season);
    return seasons.get(season) ?? [];
  };
  const stored = {
    of: (season) => ({
      page(after, limit) {
        const from = after ? all(season).findIndex(({ lastSeq }) => lastSeq === String(after.lastSeq)) + 1 : 0;
        return all(season).slice(from, from + limit);
      },
    }),
    unranked: (season, account) => all(season).find((one) => one.account === account),
  } as Stored;
  return { db, reads, boards: createStandingsCache(db, stored, most) };
}

const standings = (count: number): Standing[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ rank: 1, place: i + 1, account: accountOf(i + 1), points: "7", lastSeq: String(i + 1), lastChangeAt: 1 },
    ...{ verified: 0, pending: 0, refuted: 0, caught: 0, name: null },
  }));

async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

describe("standings in memory", () => {
  it("are not held where they are too many, those of later seasons first", async () => {
    const seasons = new Map([1, 2, 3].map((season) => [season, standings(10)]));
    const { boards, reads } = boardsOf(seasons, 25);
    for (let i = 0; i < 3; i++) {
      for (const season of [1, 2, 3]) boards.of(season);
      await turns();
    }
    expect([1, 2, 3].map((season) => boards.of(season)?.page(undefined, 50).length)).to.deep.equal([undefined, 10, 10]);
    expect(new Set(reads)).to.deep.equal(new Set([2, 3]));
  });

  it("are read of one season at a time", async () => {
    const { boards, reads } = boardsOf(new Map([1, 2].map((season) => [season, standings(600)])), 5_000);
    for (const season of [1, 2]) boards.of(season);
    await turns();
    expect(new Set(reads)).to.deep.equal(new Set([1]));
    expect([boards.of(2), boards.of(1) === undefined]).to.deep.equal([undefined, false]);
    await turns();
    expect([boards.of(2) === undefined, boards.size()]).to.deep.equal([false, 1_200]);
  });

  it("are dropped when their season or a later one grows too large", async () => {
    const seasons = new Map([1, 2].map((season) => [season, standings(10)]));
    const { boards, db } = boardsOf(seasons, 25);
    for (const season of [1, 2]) {
      boards.of(season);
      await turns();
    }
    expect(boards.size()).to.equal(20);
    db.exec("UPDATE seasons SET participants = 20 WHERE season_id = 2");
    boards.changed(2, accountOf(1));
    expect(boards.of(2)).to.not.equal(undefined);
    expect([boards.size(), boards.of(1)]).to.deep.equal([10, undefined]);
    db.exec("UPDATE seasons SET participants = 30 WHERE season_id = 2");
    boards.changed(2, accountOf(1));
    expect(boards.of(2)).to.equal(undefined);
    await turns();
    expect(boards.of(2)).to.equal(undefined);
  });

  it("are read in parts, and once more account by account as these change meanwhile", async () => {
    const all = standings(1_000);
    const { boards, reads } = boardsOf(new Map([[1, all]]), 5_000);
    boards.of(1);
    await turns(2);
    expect(boards.of(1)).to.equal(undefined);
    const moved = { ...(all.pop() as Standing), points: "9" };
    all.unshift(moved);
    boards.changed(1, moved.account);
    const gone = all.splice(1, 1)[0] as Standing;
    boards.changed(1, gone.account);
    await turns();
    const read = boards.of(1)?.page(undefined, 2_000) ?? [];
    expect(read.map(({ account }) => account)).to.deep.equal(all.map(({ account }) => account));
    expect(read.map(({ rank, place }) => [rank, place])).to.deep.equal(all.map((_, i) => [i === 0 ? 1 : 2, i + 1]));
    const before = reads.length;
    expect(boards.of(1)?.rankOf(moved.account)).to.equal(1);
    expect(reads).to.have.lengthOf(before);
  });

  it("are read to the end, however many of them change meanwhile", async () => {
    const all = standings(3_000);
    const { boards } = boardsOf(new Map([[1, all]]), 5_000);
    boards.of(1);
    await turns(5);
    for (const one of all.slice(0, 2_000)) {
      one.verified = 7;
      boards.changed(1, one.account);
    }
    await turns(30);
    expect(boards.of(1)?.page(undefined, 3_000)).to.deep.equal(all);
  });

  it("are read anew once more of them changed than are worth following, or they were to be forgotten", async () => {
    const all = standings(3);
    const { boards } = boardsOf(new Map([[1, all]]), 50);
    for (const disturb of [
      () => boards.forget(),
      () => {
        for (let i = 0; i <= 1_500; i++) boards.changed(1, `0x${i.toString(16).padStart(40, "0")}`);
      },
    ]) {
      boards.of(1);
      await turns();
      expect(boards.of(1)?.rankOf(accountOf(2))).to.equal(1);
      disturb();
      expect(boards.of(1)).to.equal(undefined);
    }
  });

  it("are left to the database where it can't be read or is closed", async () => {
    const { boards, db } = boardsOf(new Map([[1, standings(3)]]), 50);
    const broken = {
      of() {
        throw new Error("disk I/O error");
      },
    } as unknown as Stored;
    const failing = createStandingsCache(db, broken, 50);
    failing.of(1);
    boards.of(1);
    await turn();
    expect(failing.of(1)).to.equal(undefined);
    boards.forget();
    boards.of(1);
    db.close();
    await turns();
    expect([boards.size(), failing.size()]).to.deep.equal([0, 0]);
  });

  it("are those of the database after any blocks, and after undoing any of them", async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.integer({ min: 1, max: 20 }), async (choices, depth) => {
        const blocks = blocksOf(choices);
        const { db, ranking, writer, append } = openFollowed(blocks, 1_000);
        ranking.build();
        const stored = createStored(db, createOrder(db));
        const same = () => {
          const expected = stored.of(1).page(undefined, 1_000);
          const read = ranking.of(1);
          expect(read.page(undefined, 1_000)).to.deep.equal(expected);
          for (const one of expected) expect(read.standingOf(one.account)).to.deep.equal(one);
        };
        for (const [i, block] of blocks.slice(2).entries()) {
          append([block]);
          if (i % 3 === 0) same();
          if (i % 2 === 0) await turns(2);
        }
        same();
        const from = Math.max(1, blocks.length - 1 - depth);
        writer.rollback(from);
        same();
        append(blocks.slice(from + 1) as Block[]);
        same();
        expect(() => append(blocks.slice(-1))).to.throw();
        same();
        await turns();
        same();
        expect(ranking.held()).to.equal(stored.of(1).page(undefined, 1_000).length);
        const late = createRanking(db, { held: 1_000 });
        late.of(1);
        await turns();
        expect(late.of(1).page(undefined, 1_000)).to.deep.equal(stored.of(1).page(undefined, 1_000));
        expect(late.held()).to.equal(ranking.held());
        db.close();
      }),
      { numRuns: 30 },
    );
  });
});
