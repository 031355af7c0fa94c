import { expect } from "chai";
import type { Profile, Receipt, Standing } from "../../../sdk/wire.ts";
import { compareServed, rowsOf, type Served } from "../../../web/audit/served.ts";
import { account, asOfBlock, bookOf, change, standingsOf } from "./story.ts";

const changes = [change(1, 0, 50), change(2, 1, 70), change(3, 2, 20), change(4, 0, -10), change(5, 3, 90)];
const book = bookOf(changes);
const served = (part: Partial<Served>): Served => ({ asOf: asOfBlock(book, 5), seasonId: "1", ...part });
const sentences = (part: Partial<Served>) => compareServed(book, served(part)).map(({ sentence }) => sentence);

const edited = (i: number, edit: Partial<Standing>): Standing[] =>
  standingsOf(book).map((row, at) => (at === i ? { ...row, ...edit } : row));

const receipt = (seq: number, edit: Record<string, unknown> = {}): Receipt => {
  const entry = book.entry(BigInt(seq));
  if (!entry) throw new Error(`There is no entry ${seq}.`);
  return {
    ...{ seasonId: "1", seq: String(seq), account: entry.account, subject: entry.subject, rule: "" },
    ...{ reason: { id: entry.reason, name: "" }, delta: String(entry.delta), points: String(entry.points) },
    ...{ previousLedgerHash: book.hashAt(BigInt(seq) - 1n), ledgerHash: entry.ledgerHash },
    ...{ at: { blockNumber: entry.blockNumber, timestamp: 0, transactionHash: "0x", logIndex: 0 } },
    ...edit,
  } as unknown as Receipt;
};

describe("what the API served against the ledger", () => {
  it("says which place has other points, and whose", () => {
    const [difference] = compareServed(book, served({ standings: edited(1, { points: "71" }) }));
    expect(difference).to.deep.equal({
      account: account(1),
      sentence: `Place 2, ${account(1)}, is served with 71 points; the chain gives 70.`,
    });
  });

  it("says who stands at a place that another account is served at", () => {
    const [first, second, ...rest] = standingsOf(book) as [Standing, Standing, ...Standing[]];
    const swapped = [{ ...second, place: 1 }, { ...first, place: 2 }, ...rest];
    expect(sentences({ standings: swapped })).to.deep.equal([
      `Place 1 is served as ${account(1)}, whose place is 2; the chain gives ${account(3)}.`,
      `Place 2 is served as ${account(3)}, whose place is 1; the chain gives ${account(1)}.`,
    ]);
  });

  it("says that an account was invented", () => {
    const sentence = `Place 1 is served as ${account(9)}, which has no points on chain.`;
    expect(sentences({ standings: edited(0, { account: account(9) }) })).to.deep.equal([sentence]);
  });

  it("says that a place is beyond the last, or its last entry another", () => {
    expect(sentences({ standings: edited(3, { place: 5 }) })[0]).to.include("the chain gives nobody");
    expect(sentences({ standings: edited(0, { lastSeq: "4" }) })[0]).to.include("its last entry 4; on chain it is 5");
  });

  it("says which rank is wrong: equal points share one, and others don't", () => {
    const tied = bookOf([...changes, change(6, 4, 70, 6)]);
    const rows = standingsOf(tied);
    expect(rows.map(({ rank }) => rank)).to.deep.equal([1, 2, 2, 4, 5]);
    const rankedAs = (i: number, rank: number) =>
      compareServed(tied, {
        ...{ asOf: asOfBlock(tied, 6), seasonId: "1" },
        standings: rows.map((row, at) => (at === i ? { ...row, rank } : row)),
      });
    const wrong = (i: number, place: number, rank: number, due: number) => [
      {
        account: account(i),
        sentence: `Place ${place}, ${account(i)}, is served with rank ${rank}; the chain gives ${due}.`,
      },
    ];
    expect(rankedAs(2, 3)).to.deep.equal(wrong(4, 3, 3, 2));
    expect(rankedAs(1, 1)).to.deep.equal(wrong(1, 2, 1, 2));
    expect(rankedAs(3, 3)).to.deep.equal(wrong(0, 4, 3, 4));
  });

  it("says that an account is missing from the count", () => {
    expect(sentences({ total: 3 })).to.deep.equal(["The API ranks 3 accounts; the chain gives 4."]);
  });

  it("says that the ledger ends elsewhere or has another hash", () => {
    const asOf = asOfBlock(book, 5);
    expect(sentences({ asOf: { ...asOf, seq: "4" } })[0]).to.include("with entry 4; on chain it ends with 5");
    expect(sentences({ asOf: { ...asOf, ledgerHash: book.hashAt(4n) } })[0]).to.include("ledger hash at block 5");
  });

  it("says which total is wrong", () => {
    const { seq, participants, totalPoints, ledgerHash } = book;
    const totals = { seq: String(seq), participants, totalPoints: String(totalPoints), ledgerHash };
    expect(sentences({ totals })).to.deep.equal([]);
    expect(sentences({ totals: { ...totals, totalPoints: "1" } })[0]).to.include("points are served as 1");
    expect(sentences({ totals: { ...totals, participants: 9 } })[0]).to.include("participants are served as 9");
    expect(sentences({ totals: { ...totals, seq: "9" } })[0]).to.include("last entry is served as 9");
    expect(sentences({ totals: { ...totals, ledgerHash: "0x12" } })[0]).to.include("ledger hash is served as 0x12");
  });

  it("says which points by reason are wrong, also those that were left out", () => {
    const reason = (id: number, points: string) => ({ reason: { id, name: "" }, points });
    const profile = (...reasons: Profile["reasons"]) => [{ account: account(0), reasons }];
    expect(sentences({ profiles: profile(reason(1, "50"), reason(2, "0"), reason(5, "-10")) })).to.deep.equal([]);
    expect(sentences({ profiles: profile(reason(1, "40")) })).to.have.members([
      `${account(0)} is served with 40 points for reason 1; the chain gives 50.`,
      `${account(0)} is served with 0 points for reason 5; the chain gives -10.`,
    ]);
  });

  it("says what of a receipt is not the chain's", () => {
    expect(sentences({ receipts: [1, 2, 3, 4, 5].map((seq) => receipt(seq)) })).to.deep.equal([]);
    for (const [edit, what] of [
      [{ account: account(5) }, "account"],
      [{ delta: "51" }, "points"],
      [{ points: "51" }, "points after it"],
      [{ reason: { id: 2, name: "" } }, "reason"],
      [{ subject: "0x12" }, "attestation"],
      [{ ledgerHash: "0x12" }, "ledger hash"],
      [{ previousLedgerHash: "0x12" }, "ledger hash before"],
      [{ at: { blockNumber: 7 } }, "block"],
    ] as const)
      expect(sentences({ receipts: [receipt(1, edit)] })[0]).to.include(`is served with the ${what} `);
    expect(sentences({ receipts: [receipt(1, { seq: "6" })] })[0]).to.include("has no such entry");
  });

  it("agrees with what is true, also as of an earlier block", () => {
    for (const block of [0, 1, 2, 3, 4, 5]) {
      const then = bookOf(changes.filter(({ blockNumber }) => blockNumber <= block));
      const answer = { asOf: asOfBlock(book, block), standings: standingsOf(then), total: then.participants };
      expect(compareServed(book, served(answer))).to.deep.equal([]);
    }
  });

  it("counts rows", () => {
    expect(rowsOf(served({ standings: standingsOf(book), receipts: [receipt(1)] }))).to.equal(5);
    expect(rowsOf(served({ total: 5 }))).to.equal(0);
  });
});
