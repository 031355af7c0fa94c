import { expect } from "chai";
import { heldWithin } from "../../indexer/open.ts";

describe("standings in memory", () => {
  it("take a quarter of the heap at most, 300 bytes each, and are a million at most", () => {
    expect(heldWithin(512 * 2 ** 20)).to.equal(447_392);
    expect(heldWithin(2 ** 32)).to.equal(1_000_000);
  });
});
