import { expect } from "chai";
import fc from "fast-check";
import { foldLedger } from "../../../sdk/ledger.ts";
import { Book, type PointChange } from "../../../web/audit/book.ts";
import { account, bookOf, change } from "./story.ts";

/** Ledgers that nobody falls below zero in. */
const ledgers = fc
  .array(fc.tuple(fc.nat(6), fc.integer({ min: -30, max: 30 }), fc.nat(2)), { maxLength: 40 })
  .map((steps) => {
    const points = new Map<number, number>();
    const changes: PointChange[] = [];
    let block = 1;
    for (const [i, delta, later] of steps) {
      const after = (points.get(i) ?? 0) + delta;
      if (after < 0 || delta === 0) continue;
      points.set(i, after);
      block += later;
      changes.push(change(changes.length + 1, i, delta, block));
    }
    return changes;
  });

const view = (book: Book) => ({
  ...{ seq: book.seq, hash: book.ledgerHash, total: book.totalPoints, participants: book.participants },
  scores: Array.from({ length: book.participants }, (_, i) => book.scoreAt(i + 1)),
});

describe("audit book", () => {
  it("refuses an entry out of its turn", () => {
    const book = bookOf([change(1, 0, 5)]);
    expect(() => book.append(change(3, 0, 5))).to.throw(RangeError, "from seq 1 to seq 3; 2 is missing");
    expect(() => book.append(change(1, 0, 5))).to.throw(RangeError, "from seq 1 to seq 1");
  });

  it("refuses an account below zero, and stays as it was", () => {
    const book = bookOf([change(1, 0, 5)]);
    expect(() => book.append(change(2, 0, -6))).to.throw(RangeError, `${account(0)} falls to -1 points at seq 2`);
    expect(book.seq).to.equal(1n);
    expect(book.score(account(0))?.points).to.equal(5n);
  });

  it("ranks by points, lists equal points by the lower last entry, and knows no place beyond the last", () => {
    const book = bookOf([change(1, 0, 5), change(2, 1, 7), change(3, 2, 5), change(4, 3, 1)]);
    const order = [1, 0, 2, 3];
    expect(order.map((_, i) => book.scoreAt(i + 1)?.account)).to.deep.equal(order.map((i) => account(i).toLowerCase()));
    expect(order.map((i) => book.placeOf(account(i)))).to.deep.equal([1, 2, 3, 4]);
    expect(order.map((i) => book.rankOf(account(i)))).to.deep.equal([1, 2, 2, 4]);
    expect([book.rankOf(account(9)), book.placeOf(account(9))]).to.deep.equal([undefined, undefined]);
    expect([book.scoreAt(5), book.scoreAt(0)]).to.deep.equal([undefined, undefined]);
  });

  it("folds any ledger as the sdk does, asked for ranks before or after", () => {
    fc.assert(
      fc.property(ledgers, fc.nat(40), (changes, asked) => {
        const book = new Book();
        for (const [i, one] of changes.entries()) {
          if (i === asked) book.scoreAt(1);
          book.append(one);
        }
        const ledger = foldLedger(changes);
        expect(book.ledgerHash).to.equal(ledger.ledgerHash);
        expect(book.totalPoints).to.equal(ledger.totalPoints);
        for (const { rank, place, account: of, points, lastSeq } of ledger.standings) {
          expect([book.rankOf(of), book.placeOf(of)]).to.deep.equal([rank, place]);
          expect(book.scoreAt(place)).to.deep.equal({ account: of.toLowerCase(), points, lastSeq });
        }
        expect(book.participants).to.equal(ledger.standings.length);
      }),
    );
  });

  it("goes back to any earlier entry as if the later ones had not been, and forth again", () => {
    fc.assert(
      fc.property(ledgers, fc.nat(40), (changes, to) => {
        const seq = Math.min(to, changes.length);
        const book = bookOf(changes);
        const whole = view(book);
        expect(book.at(BigInt(seq), () => view(book))).to.deep.equal(view(bookOf(changes.slice(0, seq))));
        expect(view(book)).to.deep.equal(whole);
        book.undoTo(BigInt(seq));
        for (const one of changes.slice(seq)) book.append(one);
        expect(view(book)).to.deep.equal(whole);
      }),
    );
  });

  it("comes back from a look that throws", () => {
    const book = bookOf([change(1, 0, 5), change(2, 1, 7)]);
    const whole = view(book);
    expect(() =>
      book.at(1n, () => {
        throw new Error("looked away");
      }),
    ).to.throw("looked away");
    expect(view(book)).to.deep.equal(whole);
  });

  it("adds an account's points up by reason", () => {
    const book = bookOf([change(1, 0, 5), change(2, 1, 3), change(3, 0, 4), change(4, 0, -2)]);
    expect([...book.reasonsOf(account(0))]).to.have.deep.members([
      [1, 9n],
      [5, -2n],
    ]);
    expect(book.reasonsOf(account(7)).size).to.equal(0);
  });

  it("finds the last entry up to a block", () => {
    const book = bookOf([change(1, 0, 5, 10), change(2, 1, 3, 10), change(3, 0, 4, 12)]);
    expect([9, 10, 11, 12, 99].map((block) => book.seqAt(block))).to.deep.equal([0n, 2n, 2n, 3n, 3n]);
  });
});
