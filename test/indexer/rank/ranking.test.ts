import { expect } from "chai";
import fc from "fast-check";
import { RankingNotBuilt } from "../../../indexer/rank/built.ts";
import { createRanking } from "../../../indexer/rank/ranking.ts";
import { openDatabase } from "../../../indexer/store/sqlite/database.ts";
import { StorageError } from "../../../indexer/store/store.ts";
import type { Standing } from "../../../sdk/wire.ts";
import type { Block } from "../node.ts";
import { dump, scratch } from "../running.ts";
import { deployment } from "../story.ts";
import { openEntries } from "./entries.ts";
import { placed } from "./expected.ts";
import { blocksOf, openFollowed } from "./followed.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 20 }), { minLength: 1, maxLength: 20 });

function rankingOf(choices: readonly (readonly number[])[]) {
  const blocks = blocksOf(choices);
  const { db, ranking, append, writer } = openFollowed(blocks);
  ranking.build();
  for (const block of blocks.slice(2)) append([block]);
  return { db, ranking, writer, blocks, append, ledgers: (blocks.at(-1) as Block).ledgers };
}

const after = ({ points, lastSeq }: Standing) => ({ points: BigInt(points), lastSeq: BigInt(lastSeq) });

describe("the ranking", () => {
  it("refuses to be read before it is built", () => {
    const { ranking } = openFollowed(blocksOf([[]]));
    expect(() => ranking.of(1)).to.throw(RankingNotBuilt, "The ranking is being built: ask again later.");
    expect(ranking.built()).to.equal(false);
    ranking.build();
    expect(ranking.built()).to.equal(true);
    expect(ranking.of(1).pageFrom(1, 1)).to.deep.equal([]);
  });

  it("says that the file is locked when it can't be built now, and is built when it can", () => {
    const files = scratch();
    const db = openDatabase(files.path("db"), deployment);
    const other = openDatabase(files.path("db"), deployment);
    const ranking = createRanking(db);
    db.pragma("busy_timeout = 1");
    other.exec("BEGIN IMMEDIATE");
    expect(() => ranking.build()).to.throw(StorageError, "locked");
    expect(ranking.built()).to.equal(false);
    other.exec("ROLLBACK");
    const elsewhere = createRanking(other);
    ranking.build();
    expect([ranking.built(), elsewhere.built()]).to.deep.equal([true, true]);
    for (const one of [db, other]) one.close();
    files.remove();
  });

  it("knows no account without a ledger entry", () => {
    const { ranking } = rankingOf([[]]);
    const season = ranking.of(1);
    expect(season.standingOf("0x000000000000000000000000000000000000dEaD")).to.equal(undefined);
    expect(season.rankOf("0x000000000000000000000000000000000000dEaD")).to.equal(undefined);
    expect(season.page(undefined, 10)).to.deep.equal([]);
  });

  it("is points descending, then the lower last entry; equal points share a rank, also at zero after a burn", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { ranking, ledgers } = rankingOf(choices);
        for (const [seasonId, ledger] of ledgers) {
          const page = ranking.of(Number(seasonId)).page(undefined, 1000);
          expect(page).to.deep.equal(placed(page));
          expect(new Map(page.map(({ account, points }) => [account, BigInt(points)]))).to.deep.equal(ledger.points);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same rank and place alone, in pages of any size, from any place on and among neighbours", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 }), (choices, size, around) => {
        const season = rankingOf(choices).ranking.of(1);
        const all = season.page(undefined, 1000);
        const paged: Standing[] = [];
        for (let page = season.page(undefined, size); page.length > 0; ) {
          paged.push(...page);
          page = season.page(after(page.at(-1) as Standing), size);
        }
        expect(paged).to.deep.equal(all);
        for (const [i, standing] of all.entries()) {
          expect(season.standingOf(standing.account)).to.deep.equal(standing);
          expect(season.rankOf(standing.account)).to.equal(standing.rank);
          expect(season.pageFrom(i + 1, size)).to.deep.equal(all.slice(i, i + size));
          const found = season.around(standing.account, around);
          expect(JSON.parse(found?.item as string)).to.deep.equal(standing);
          expect(JSON.parse(found?.neighbours.join("") as string)).to.deep.equal([
            ...all.slice(Math.max(0, i - around), i),
            ...all.slice(i + 1, i + 1 + around),
          ]);
        }
        expect(season.pageFrom(all.length + 1, size)).to.deep.equal([]);
      }),
      { numRuns: 30 },
    );
  });

  it("shares a rank over hundreds of accounts with equal points, wherever among them a page begins", () => {
    const { ranking, flush, db } = openEntries();
    const points = Array.from({ length: 900 }, (_, i) => (i < 2 ? 30n : i < 700 ? 20n : 10n));
    flush(
      points.map((points, account) => ({
        account,
        before: undefined,
        after: { points, lastSeq: BigInt(account + 1) },
      })),
    );
    db.exec("INSERT INTO blocks VALUES (1, '0x1', '0x0', 1, NULL)");
    db.exec(`INSERT INTO ledger SELECT 1, last_seq, account, '0x', 1, 1, points, '0x', 1, 0 FROM entries`);
    ranking.build();
    const season = ranking.of(1);
    const all = season.page(undefined, 1_000);
    expect(all).to.deep.equal(placed(all)).and.to.have.lengthOf(900);
    for (const place of [1, 2, 3, 64, 699, 700, 701, 900]) {
      const one = all[place - 1] as Standing;
      expect(season.pageFrom(place, 5)).to.deep.equal(all.slice(place - 1, place + 4));
      expect(season.page(after(one), 5)).to.deep.equal(all.slice(place, place + 5));
      expect([season.rankOf(one.account), season.standingOf(one.account)]).to.deep.equal([one.rank, one]);
      expect(JSON.parse(season.around(one.account, 3)?.neighbours.join("") as string)).to.deep.equal([
        ...all.slice(Math.max(0, place - 4), place - 1),
        ...all.slice(place, place + 3),
      ]);
    }
  });

  it("is the same to the row whether it followed every block, some of them twice, or was built at the end", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 20 }), (choices, depth) => {
        const { db, writer, blocks, append } = rankingOf(choices);
        const followed = dump(db);
        const from = Math.max(1, blocks.length - 1 - depth);
        writer.rollback(from);
        append(blocks.slice(from + 1));
        expect(dump(db)).to.deep.equal(followed);

        const late = openFollowed(blocks);
        late.append(blocks.slice(2));
        late.ranking.build();
        late.writer.complete();
        for (const table of ["places", "marks", "ranking_built"])
          expect(dump(late.db)[table], table).to.deep.equal(followed[table]);
      }),
      { numRuns: 30 },
    );
  });

  it("forgets a build that its transaction took back", () => {
    const blocks = blocksOf([[]]);
    const { ranking, db, append } = openFollowed(blocks);
    db.exec("BEGIN");
    ranking.build();
    expect(ranking.built()).to.equal(true);
    db.exec("ROLLBACK");
    const [, , opening] = blocks as [Block, Block, Block];
    expect(() => append([{ ...opening, logs: [...opening.logs, ...opening.logs] }])).to.throw();
    expect(ranking.built()).to.equal(false);
  });
});
