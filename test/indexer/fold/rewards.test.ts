import { expect } from "chai";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { termsOf } from "../season-ends.ts";
import { accountOf, type Emitted } from "../story.ts";
import { at, CLOSES, campaign, ends, openEnding, openTold, order, organiser } from "./ending.ts";

const { escrow, freeze, post, finalise, claim, payPoster, giveBack } = ends;
const PERIOD = 100;
/** 20 of 40 points, twice 10, and none. */
const shared = termsOf(accountOf(7), 1_001n, [], PERIOD).encoded;
/** The second and third share 61. */
const prizes = [
  { places: 1, amount: 50n },
  { places: 1, amount: 40n },
  { places: 1, amount: 21n },
];
const byRank = termsOf(accountOf(7), 111n, prizes, PERIOD).encoded;

/** A final season, with these rewards. */
function final(terms = shared) {
  const told = openEnding(escrow(terms));
  told.tell(CLOSES, freeze(told.ledger), post(1, 4), finalise());
  return told;
}

/** What is refused of a final season at a time, once these were told. */
function refuses(
  sentence: string,
  event: Emitted,
  { terms = shared, time = CLOSES + 1, before = [] as Emitted[] } = {},
) {
  const { tell } = final(terms);
  for (const each of before) tell(CLOSES + 1, each);
  expect(() => tell(time, event)).to.throw(IntegrityError, sentence);
}

describe("the fold of rewards", () => {
  it("refuses an escrow for no draft of its organiser, a second one, and terms that no contract encodes", () => {
    const { tell } = openTold();
    expect(() => tell(900, escrow(shared))).to.throw(IntegrityError, "never drafted");
    tell(900, campaign.draft);
    const foreign = { organiser: accountOf(5) };
    expect(() => tell(900, escrow(shared, foreign))).to.throw(IntegrityError, `no draft of ${accountOf(5)}`);
    expect(() => tell(900, escrow(`${shared}00`))).to.throw(IntegrityError, "that no contract encodes");
    tell(900, escrow(shared));
    expect(() => tell(900, escrow(shared))).to.throw(IntegrityError, "escrowed twice");
    expect(() => openEnding().tell(1_200, escrow(shared))).to.throw(IntegrityError, "no draft of");
  });

  it("refuses whatever is paid where nothing was escrowed", () => {
    for (const event of [claim(1, 1n), payPoster(12n), giveBack(1n)]) {
      const told = openEnding();
      told.tell(CLOSES, freeze(told.ledger), post(1, 4), finalise());
      expect(() => told.tell(CLOSES + 1, event)).to.throw(IntegrityError, "which has no rewards");
    }
  });

  it("refuses whatever is paid before the order is final", () => {
    for (const event of [claim(1, 500n), payPoster(12n), giveBack(1_026n)]) {
      const told = openEnding(escrow(shared));
      told.tell(CLOSES, freeze(told.ledger), post(1, 3));
      expect(() => told.tell(CLOSES + 2 * PERIOD, event)).to.throw(IntegrityError, "at a time");
    }
  });

  it("refuses claims and the poster's pay from the end of the claims on, and returns before", () => {
    refuses("at a time for no claims", claim(1, 500n), { time: CLOSES + PERIOD });
    refuses("at a time when it couldn't be", payPoster(12n), { time: CLOSES + PERIOD });
    refuses("at a time when they couldn't", giveBack(1_026n), { time: CLOSES + PERIOD - 1 });
  });

  it("refuses another share by points than the account's", () => {
    for (const [place, amount] of [
      [1, 499n],
      [1, 501n],
      [2, 251n],
      [4, 1n],
      [4, 0n],
    ] as const)
      refuses(`claimed ${amount}`, claim(place, amount));
    refuses("claimed 250", claim(1, 250n, { account: accountOf(99) }));
  });

  it("refuses a prize greater than that of the rank's first place, or of no rank", () => {
    for (const [place, amount] of [
      [1, 51n],
      [2, 41n],
      [3, 41n],
      [4, 1n],
      [1, 0n],
    ] as const)
      refuses(`claimed ${amount}`, claim(place, amount), { terms: byRank });
    for (const rank of [0, 5]) refuses("claimed 1", claim(1, 1n, { rank }), { terms: byRank });
  });

  it("refuses a second claim of an account, and more than the pool together", () => {
    refuses("added twice", claim(1, 500n), { before: [claim(1, 500n)] });
    const before = [claim(1, 50n), claim(2, 40n, { rank: 1 })];
    refuses("claimed 40", claim(3, 40n, { rank: 2 }), { terms: byRank, before });
  });

  it("refuses another pay than the poster's, or a second one", () => {
    refuses("as season 1's poster", payPoster(11n));
    refuses("as season 1's poster", payPoster(12n, { poster: at(1) }));
    refuses("couldn't be", payPoster(12n), { before: [payPoster(12n)] });
  });

  it("refuses a return of more or less than what is left, to another, or twice", () => {
    const time = CLOSES + PERIOD;
    const before = [claim(1, 500n), payPoster(12n)];
    for (const amount of [513n, 515n]) refuses("514 are left", giveBack(amount), { time, before });
    refuses("514 are left", giveBack(514n, { organiser: at(1) }), { time, before });
    const { tell } = final();
    tell(time, giveBack(1_026n));
    expect(() => tell(time, giveBack(0n))).to.throw(IntegrityError, "at a time when they couldn't");
  });

  it("returns a cancelled draft's rewards at once", () => {
    const { tell, readers } = openTold();
    tell(900, campaign.draft, escrow(shared));
    expect(() => tell(901, giveBack(1_026n))).to.throw(IntegrityError, "at a time when they couldn't");
    tell(901, campaign.cancel, giveBack(1_026n));
    expect(readers.ends.rewards(1)?.returned).to.equal("1026");
  });

  it("keeps what was claimed, paid and returned", () => {
    const { tell, readers } = final(byRank);
    expect(readers.ends.rewards(1)).to.deep.equal({
      ...{ seasonId: 1, terms: byRank, claimed: "0", posterPaid: "0", returned: null },
    });
    // The second shows a later standing than the next rank's, and gets less.
    tell(CLOSES + 1, claim(1, 50n), claim(2, 30n), claim(3, 20n));
    tell(CLOSES + 2, payPoster(12n));
    tell(CLOSES + PERIOD, giveBack(24n));
    expect(readers.ends.rewards(1)).to.include({ claimed: "100", posterPaid: "12", returned: "24" });
    expect(readers.ends.claim(1, at(2))).to.include({ amount: "30", timestamp: CLOSES + 1 });
    expect(readers.ends.claim(1, at(4))).to.equal(undefined);
    expect(order.map(({ rank }) => rank)).to.deep.equal([1, 2, 2, 4]);
    expect(organiser).to.equal(readers.seasons.season(1)?.organiser);
  });
});
