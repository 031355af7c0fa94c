import { expect } from "chai";
import fc from "fast-check";
import { hexToBytes } from "viem";
import { depth, leafHash, orderedTree, siblingsOf, verifyProof } from "../../sdk/tree.ts";
import { childrenOf, isRoot, rootPlace } from "../../sdk/treeNode.ts";

const leaves = (count: number) => Array.from({ length: count }, (_, i) => Uint8Array.of(i >> 8, i));

describe("treeNode", () => {
  it("opens a root by its leaves where they are at most 256", () => {
    expect(childrenOf(rootPlace(1))).to.deep.equal({ level: 0, first: 0, number: 1 });
    expect(childrenOf(rootPlace(256))).to.deep.equal({ level: 0, first: 0, number: 256 });
    expect(childrenOf(rootPlace(257))).to.deep.equal({ level: 1, first: 0, number: 129 });
    expect(childrenOf(rootPlace(65_535))).to.deep.equal({ level: 8, first: 0, number: 256 });
  });

  it("leaves out what stands behind the last leaf", () => {
    expect(childrenOf({ count: 300, level: 1, index: 149 })).to.deep.equal({ level: 0, first: 298, number: 2 });
    expect(childrenOf({ count: 299, level: 1, index: 149 })).to.deep.equal({ level: 0, first: 298, number: 1 });
    expect(isRoot({ count: 300, level: 1, index: 0 })).to.equal(false);
  });

  it("reaches every leaf, level by level, by siblings that make up its proof", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), (count, seed) => {
        const tree = orderedTree(leaves(count));
        const leaf = seed % count;
        const parts: string[][] = [];
        let place = rootPlace(count);
        for (;;) {
          const { level, first, number } = childrenOf(place);
          const nodes = tree.nodes(level).slice(first, first + number);
          const index = leaf >> level;
          parts.unshift(siblingsOf(nodes, index - first, level, place.level - level));
          if (level === 0) {
            expect(nodes[index - first]).to.equal(leafHash(leaf, leaves(count)[leaf] as Uint8Array));
            break;
          }
          place = { count, level, index };
        }
        expect(parts.flat()).to.deep.equal(tree.proof(leaf)).and.have.length(depth(count));
        const proof = parts.flat() as `0x${string}`[];
        expect(verifyProof(tree.root, count, leaf, leaves(count)[leaf] as Uint8Array, proof)).to.equal(true);
        expect(hexToBytes(tree.root)).to.have.length(32);
      }),
      { numRuns: 60 },
    );
  });
});
