import { expect } from "chai";
import fc from "fast-check";
import { createDecoder } from "../../../indexer/decode/events.ts";
import { createRanking } from "../../../indexer/rank/ranking.ts";
import { createChain } from "../../../indexer/store/chain.ts";
import { openDatabase } from "../../../indexer/store/database.ts";
import type { Standing } from "../../../sdk/wire.ts";
import { type Block, chainOf } from "../node.ts";
import { deployment, tell } from "../story.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 20 }), { minLength: 1, maxLength: 20 });

function rankingOf(choices: readonly (readonly number[])[]) {
  const db = openDatabase(":memory:", deployment);
  const ranking = createRanking(db);
  const chain = createChain(db, createDecoder(deployment), deployment.contracts.Campaign.address, ranking.listener);
  ranking.build();
  const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
  chain.start(second);
  for (const block of blocks) {
    const where = { blockNumber: block.number, blockHash: block.hash, transactionHash: block.hash };
    const logs = block.logs.map((log, logIndex) => ({ ...log, ...where, logIndex }));
    chain.append({ headers: [block], logs, finalized: 0 });
  }
  return { ranking, ledgers: (blocks.at(-1) as Block).ledgers };
}

const after = ({ points, lastSeq }: Standing) => ({ points: BigInt(points), lastSeq: BigInt(lastSeq) });

describe("the ranking", () => {
  it("knows no account without a ledger entry", () => {
    const { ranking } = rankingOf([[]]);
    expect(ranking.standingOf(1, "0x000000000000000000000000000000000000dEaD")).to.equal(undefined);
    expect(ranking.page(1, undefined, 10)).to.deep.equal([]);
  });

  it("is points descending, then the lower last entry; ranks are 1 to n, also of accounts burned back to zero", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { ranking, ledgers } = rankingOf(choices);
        for (const [seasonId, ledger] of ledgers) {
          const page = ranking.page(Number(seasonId), undefined, 1000);
          expect(page.map(({ rank }) => rank)).to.deep.equal(page.map((_, i) => i + 1));
          const expected = page.toSorted(
            (a, b) => Number(BigInt(b.points) - BigInt(a.points)) || Number(BigInt(a.lastSeq) - BigInt(b.lastSeq)),
          );
          expect(page).to.deep.equal(expected);
          expect(new Map(page.map(({ account, points }) => [account, BigInt(points)]))).to.deep.equal(ledger.points);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same rank alone, in pages of any size and among neighbours", () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 }), (choices, size, around) => {
        const { ranking } = rankingOf(choices);
        const all = ranking.page(1, undefined, 1000);
        const paged: Standing[] = [];
        for (let page = ranking.page(1, undefined, size); page.length > 0; ) {
          paged.push(...page);
          page = ranking.page(1, after(page.at(-1) as Standing), size);
        }
        expect(paged).to.deep.equal(all);
        for (const [i, standing] of all.entries()) {
          expect(ranking.standingOf(1, standing.account)).to.deep.equal(standing);
          expect(ranking.neighbours(1, standing, around)).to.deep.equal([
            ...all.slice(Math.max(0, i - around), i),
            ...all.slice(i + 1, i + 1 + around),
          ]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
