import { expect } from "chai";
import { numberToHex } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { accountOf, type Emitted } from "../story.ts";
import { at, CLOSES, campaign, ends, openEnding, poster } from "./ending.ts";

const { freeze, post, finalise } = ends;
const hash = numberToHex(7, { size: 32 });

/** A season that closed, once these were told. */
function closed(...before: ((ledger: Parameters<typeof freeze>[0]) => Emitted)[]) {
  const told = openEnding();
  for (const event of before) told.tell(CLOSES, event(told.ledger));
  return told;
}

/** What is refused of a frozen season, once these were told. */
function refuses(sentence: string, event: Emitted, ...before: Emitted[]) {
  const told = closed(freeze, ...before.map((each) => () => each));
  expect(() => told.tell(CLOSES, event)).to.throw(IntegrityError, sentence);
}

describe("the fold of a season's end", () => {
  it("refuses points from the moment on in which a season closes", () => {
    const { tell } = closed();
    tell(CLOSES - 1, campaign.award(at(1), 1n, 6n));
    expect(() => tell(CLOSES, campaign.award(at(1), 1n, 7n))).to.throw(IntegrityError, "after it closed");
  });

  it("refuses a freeze before the season closed, and a second one", () => {
    const { tell, ledger } = closed();
    expect(() => tell(CLOSES - 1, freeze(ledger))).to.throw(IntegrityError, "frozen before it closed");
    tell(CLOSES, freeze(ledger));
    expect(() => tell(CLOSES, freeze(ledger))).to.throw(IntegrityError, "frozen twice");
  });

  it("refuses a freeze of a season that nobody drafted", () => {
    const { tell, ledger } = closed();
    expect(() => tell(CLOSES, freeze(ledger, { seasonId: 2n }))).to.throw(IntegrityError, "never drafted");
  });

  for (const differing of [{ seq: 4n }, { ledgerHash: hash }, { participants: 3 }, { totalPoints: 41n }])
    it(`refuses a freeze with another ${Object.keys(differing)}`, () => {
      const { tell, ledger } = closed();
      expect(() => tell(CLOSES, freeze(ledger, differing))).to.throw(IntegrityError, "another ledger");
    });

  it("refuses a chunk and an end of a season that isn't frozen", () => {
    const { tell } = closed();
    expect(() => tell(CLOSES, post(1, 2))).to.throw(IntegrityError, "which isn't frozen");
    expect(() => tell(CLOSES, finalise())).to.throw(IntegrityError, "isn't frozen");
  });

  it("refuses a chunk that neither continues its poster's draft nor begins it", () => {
    refuses("doesn't continue", post(3, 4));
    refuses("doesn't continue", post(2, 3), post(1, 2));
    refuses("doesn't continue", post(1, 1, { accounts: [] }));
    refuses("doesn't continue", post(1, 1, { firstRank: 0 }), post(1, 4));
    // Another poster's draft is no other's.
    refuses("doesn't continue", post(3, 4, { poster: accountOf(9) }), post(1, 2));
  });

  it("refuses accounts out of order, twice, or without an entry", () => {
    refuses("out of order", post(1, 2, { accounts: [at(2), at(1)] }));
    refuses("out of order", post(1, 2, { accounts: [at(1), at(3), at(2)] }));
    refuses("out of order", post(1, 2, { accounts: [at(1), at(1)] }));
    refuses("out of order", post(2, 2, { accounts: [at(1)] }), post(1, 1));
    refuses("has no entry", post(1, 2, { accounts: [at(1), accountOf(99)] }));
  });

  it("refuses a chunk whose root isn't its accounts'", () => {
    refuses("has the root", post(1, 2, { chunkRoot: hash }));
    refuses("has the root", post(1, 2, { accounts: [at(1)] }));
    refuses("has the root", post(2, 3, { accounts: [at(2)] }), post(1, 1));
  });

  it("refuses an end without a complete draft of the poster's own", () => {
    refuses("draft has 0 of 4", finalise());
    refuses("draft has 3 of 4", finalise(), post(1, 3));
    refuses("with 3 accounts", finalise({ participants: 3 }), post(1, 3));
    refuses("draft has 0 of 4", finalise({ poster: accountOf(9) }), post(1, 4));
    refuses("draft has 1 of 4", finalise(), post(1, 3), post(1, 1));
  });

  it("refuses anything after the end", () => {
    refuses("which is final", post(1, 2), post(1, 4), finalise());
    refuses("final twice", finalise(), post(1, 4), finalise());
  });

  it("keeps the final draft's chunks apart from those of other posters and earlier tries", () => {
    const { tell, readers } = closed(freeze);
    const stranger = accountOf(9);
    tell(CLOSES + 1, post(1, 1), post(2, 3));
    tell(CLOSES + 2, post(1, 4, { poster: stranger, firstRank: 1 }));
    tell(CLOSES + 3, post(1, 2), post(3, 4), finalise());
    const end = readers.ends.end(1);
    expect(end).to.include({ poster, epoch: 2, finalisedAt: CLOSES + 3 });
    expect([end?.frozen.timestamp, end?.finalised?.timestamp]).to.deep.equal([CLOSES, CLOSES + 3]);
    const chunks = [1, 2, 3, 4].map((place) => readers.ends.finalChunk(1, place));
    expect(chunks.map((chunk) => [chunk?.first, chunk?.count, chunk?.epoch])).to.deep.equal([
      ...[1, 2].map(() => [1, 2, 2]),
      ...[3, 4].map(() => [3, 2, 2]),
    ]);
  });

  it("undoes an end with its block", () => {
    const { tell, readers, writer } = closed(freeze, () => post(1, 2));
    const before = writer.progress()?.cursor.number as number;
    tell(CLOSES + 1, post(3, 4), finalise());
    expect(readers.ends.finalChunk(1, 1)?.count).to.equal(2);
    writer.rollback(before);
    expect(readers.ends.end(1)).to.include({ poster: null, finalised: null });
    expect(readers.ends.finalChunk(1, 1)).to.equal(undefined);
    tell(CLOSES + 1, post(3, 4), finalise());
    expect(readers.ends.end(1)?.poster).to.equal(poster);
  });
});
