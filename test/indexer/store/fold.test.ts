import { expect } from "chai";
import fc from "fast-check";
import { createDecoder } from "../../../indexer/decode/events.ts";
import type { Log } from "../../../indexer/ingest/blocks.ts";
import { createRanking } from "../../../indexer/rank/ranking.ts";
import { type Chain, createChain } from "../../../indexer/store/chain.ts";
import { type Db, openDatabase } from "../../../indexer/store/database.ts";
import { IntegrityError } from "../../../indexer/store/integrity.ts";
import { campaignAbi } from "../../../sdk/abi.ts";
import { type Block, chainOf } from "../node.ts";
import { dump } from "../running.ts";
import { accountOf, deployment, emit, tell } from "../story.ts";

const decoder = createDecoder(deployment);
const campaign = deployment.contracts.Campaign;

function open(): { db: Db; chain: Chain } {
  const db = openDatabase(":memory:", deployment);
  createRanking(db);
  return { db, chain: createChain(db, decoder, campaign.address) };
}

const logsOf = (block: Block): Log[] =>
  block.logs.map((log, logIndex) => ({
    ...log,
    ...{ blockNumber: block.number, blockHash: block.hash, transactionHash: block.hash, logIndex },
  }));

function append(chain: Chain, blocks: readonly Block[]): void {
  for (const block of blocks) chain.append({ headers: [block], logs: logsOf(block), finalized: 0 });
}

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 });

describe("the fold of events", () => {
  it("refuses a gap in a season's ledger and then changes nothing", () => {
    const { db, chain } = open();
    const [first, second, opening] = chainOf(tell([])) as [Block, Block, Block];
    chain.start(second);
    append(chain, [opening]);
    const before = dump(db);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 2n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(chain, [next]))
      .to.throw(IntegrityError)
      .with.property("message", "The ledger of season 1 goes from entry 0 to 2.");
    expect(dump(db)).to.deep.equal(before);
  });

  it("refuses points for a statement that was never recorded", () => {
    const { chain } = open();
    const [first, second, opening] = chainOf(tell([])) as [Block, Block, Block];
    chain.start(second);
    append(chain, [opening]);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(chain, [next])).to.throw(IntegrityError, "never recorded");
  });

  it("refuses points in a season that was never drafted", () => {
    const { chain } = open();
    const [first, second] = chainOf(tell([])) as [Block, Block];
    chain.start(first);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    expect(() => append(chain, [{ ...second, logs: [award] }])).to.throw(IntegrityError, "never drafted");
  });

  it("is undone to the byte, at every block", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        const states = blocks.map((block) => {
          const before = dump(db);
          append(chain, [block]);
          return { before, number: block.number };
        });
        for (const { before, number } of states.toReversed()) {
          chain.rollback(number - 1);
          expect(dump(db)).to.deep.equal(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same rows after a detour over another fork", () => {
    fc.assert(
      fc.property(story, story, story, (common, lost, kept) => {
        const direct = open();
        const detour = open();
        const [, second, ...right] = chainOf(tell([...common, ...kept])) as [Block, Block, ...Block[]];
        const wrong = chainOf(tell([...common, ...lost]), "other", common.length + 3).slice(2);
        for (const { chain } of [direct, detour]) chain.start(second);
        append(direct.chain, right);
        append(detour.chain, wrong);
        detour.chain.rollback(common.length + 2);
        append(detour.chain, right.slice(common.length + 1));
        expect(dump(detour.db)).to.deep.equal(dump(direct.db));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps each entry, the totals and the ledger's hash as the contract does", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        append(chain, blocks);
        for (const [seasonId, ledger] of (blocks.at(-1) as Block).ledgers) {
          const season = db
            .prepare("SELECT seq, participants, total_points, ledger_hash FROM seasons WHERE season_id = ?")
            .get(seasonId);
          expect(season).to.deep.equal({
            seq: Number(ledger.seq),
            participants: ledger.participants,
            total_points: Number(ledger.totalPoints),
            ledger_hash: ledger.ledgerHash,
          });
          const entries = db.prepare("SELECT account, points FROM entries WHERE season_id = ?").raw().all(seasonId);
          expect(new Map(entries as [string, number][])).to.deep.equal(
            new Map([...ledger.points].map(([account, points]) => [account, Number(points)])),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});
