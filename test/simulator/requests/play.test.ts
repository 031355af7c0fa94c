import { expect } from "chai";
import { play, type Tally } from "./play.ts";

describe("random histories of requests", function () {
  this.timeout(240_000);
  let tally: Tally;

  before(async () => {
    tally = await play(300, 1);
  });

  it("go as the rules say: nobody who acted on a wrong answer gets less than the cover promised, and money adds up", () => {
    expect(tally.differences).to.deep.equal([]);
  });

  it("hold what can happen: answers acted on that are right and wrong, every end, refusals, blocks in another order", () => {
    const { histories, transactions, refused, reordered, ended, actedOn, wrong } = tally;

    expect(histories).to.equal(300);
    expect(transactions - refused).to.be.above(1_000);
    for (const some of [refused, reordered, ended.verified, ended.fallen, ended.cancelled, wrong, actedOn - wrong])
      expect(some).to.be.above(10);
  });

  it("are the same for the same seed", async () => {
    expect(await play(10, 3)).to.deep.equal(await play(10, 3));
  });
});
