import { expect } from "chai";
import { play } from "./play.ts";

describe("the dispute game on random graphs", function () {
  this.timeout(240_000);

  it("refutes every wrong byte, and no right run", async () => {
    const { shown, unopened, stood, wrong } = await play(60, 1);

    expect(wrong).to.deep.equal([]);
    expect(stood).to.equal(60);
    expect(shown).to.be.greaterThan(15);
    expect(unopened).to.be.greaterThan(5);
  });
});
