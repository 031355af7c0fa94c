import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "viem";
import { fastTree } from "../../../indexer/decode/fast-tree.ts";
import { leavesOf, orderedTree } from "../../../sdk/tree.ts";

describe("the fast ordered tree", () => {
  it("has the root and the proofs of the sdk's", () => {
    const sizes = fc.record({ count: fc.integer({ min: 1, max: 70 }), size: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(sizes, fc.nat(), ({ count, size }, index) => {
        const bytes = Buffer.from(Uint8Array.from({ length: count * size }, (_, i) => (i * 31 + index) % 256));
        const [fast, slow] = [fastTree(bytes, count), orderedTree(leavesOf(bytes, count))];
        expect(toHex(fast.root)).to.equal(slow.root);
        expect(fast.count).to.equal(count);
        expect(fast.proof(index % count)).to.deep.equal(slow.proof(index % count));
      }),
    );
  });
});
