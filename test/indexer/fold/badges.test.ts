import { expect } from "chai";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { accountOf } from "../story.ts";
import { at, CLOSES, ends, openEnding } from "./ending.ts";

const { freeze, post, finalise, mint } = ends;

function final() {
  const told = openEnding();
  told.tell(CLOSES, freeze(told.ledger), post(1, 4), finalise());
  return told;
}

describe("the fold of badges", () => {
  it("refuses a transfer", () => {
    expect(() => final().tell(CLOSES, mint(1, { from: at(2) }))).to.throw(IntegrityError, `transferred by ${at(2)}`);
  });

  it("refuses a badge before the order is final, of no place, or to an account without an entry", () => {
    const told = openEnding();
    told.tell(CLOSES, freeze(told.ledger), post(1, 3));
    expect(() => told.tell(CLOSES, mint(1))).to.throw(IntegrityError, "no such place");
    for (const place of [0, 5])
      expect(() => final().tell(CLOSES, mint(place))).to.throw(IntegrityError, "no such place");
    expect(() => final().tell(CLOSES, mint(1, { to: accountOf(99) }))).to.throw(IntegrityError, "no such place");
    const unknown = mint(1, { tokenId: (2n << 32n) | 1n });
    expect(() => final().tell(CLOSES, unknown)).to.throw(IntegrityError, "no such place");
    const beyond = mint(1, { tokenId: 2n ** 256n - 1n });
    expect(() => final().tell(CLOSES, beyond)).to.throw(IntegrityError, "number that no season or task has");
  });

  it("refuses a badge twice, and keeps whose it is", () => {
    const { tell, readers } = final();
    tell(CLOSES + 1, mint(2));
    expect(readers.ends.badge(1, 2)).to.include({ account: at(2), timestamp: CLOSES + 1 });
    expect(readers.ends.badge(1, 1)).to.equal(undefined);
    expect(() => tell(CLOSES + 2, mint(2))).to.throw(IntegrityError, "added twice");
  });
});
