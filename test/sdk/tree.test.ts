import { expect } from "chai";
import fc from "fast-check";
import { concat, type Hex, keccak256, numberToHex } from "viem";
import { depth, leafHash, leavesOf, orderedTree, verifyProof } from "../../sdk/tree.ts";

const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 40 });

const withIndex = leaves.chain((data) =>
  fc.record({ data: fc.constant(data), index: fc.nat({ max: data.length - 1 }) }),
);

/** The root, by recursion from the definition: missing leaves are zero, and so is nothing else. */
function rootByDefinition(data: readonly Uint8Array[]): Hex {
  const height = Math.ceil(Math.log2(data.length));
  const subtree = (level: number, index: number): Hex => {
    if (level > 0) return keccak256(concat(["0x01", subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1)]));
    const leaf = data[index];
    return leaf === undefined ? numberToHex(0, { size: 32 }) : leafHash(index, leaf);
  };
  return keccak256(concat(["0x04", numberToHex(data.length, { size: 4 }), subtree(height, 0)]));
}

describe("ordered tree", () => {
  it("refuses to grow from nothing", () => {
    expect(() => orderedTree([])).to.throw(RangeError, "A tree needs at least one leaf.");
  });

  it("refuses to prove a leaf that it doesn't have", () => {
    const tree = orderedTree([new Uint8Array(1), new Uint8Array(2), new Uint8Array(3)]);
    for (const index of [-1, 3, 0.5])
      expect(() => tree.proof(index)).to.throw(RangeError, `Leaf ${index} is outside a tree of 3.`);
  });

  it("refuses a proof at another position, of another count, of other data, or of another length", () => {
    fc.assert(
      fc.property(withIndex, fc.nat({ max: 60 }), ({ data, index }, other) => {
        const { root, count, proof } = orderedTree(data);
        const siblings = proof(index);
        const leaf = data[index] as Uint8Array;
        expect(verifyProof(root, count, other, leaf, siblings)).to.equal(other === index);
        expect(verifyProof(root, other, index, leaf, siblings)).to.equal(other === count);
        expect(verifyProof(root, count, index, new Uint8Array([...leaf, 0]), siblings)).to.equal(false);
        expect(verifyProof(root, count, index, leaf, [...siblings, root])).to.equal(false);
        expect(verifyProof(root, count, index, leaf, siblings.slice(1))).to.equal(siblings.length === 0);
      }),
    );
  });

  it("refuses a proof with another sibling", () => {
    fc.assert(
      fc.property(withIndex, fc.nat(), ({ data, index }, at) => {
        fc.pre(data.length > 1);
        const { root, count, proof } = orderedTree(data);
        const siblings = proof(index);
        siblings[at % siblings.length] = keccak256("0x");
        expect(verifyProof(root, count, index, data[index] as Uint8Array, siblings)).to.equal(false);
      }),
    );
  });

  it("refuses padding as a leaf", () => {
    const { root, proof } = orderedTree([new Uint8Array(1), new Uint8Array(1), new Uint8Array(1)]);
    expect(verifyProof(root, 3, 3, new Uint8Array(0), [proof(2)[0] as Hex, proof(2)[1] as Hex])).to.equal(false);
  });

  it("refuses to cut bytes that don't divide into as many leaves", () => {
    expect(() => leavesOf(new Uint8Array(7), 2)).to.throw(RangeError, "7 bytes are not 2 leaves of one length.");
    expect(() => leavesOf(new Uint8Array(7), 0)).to.throw(RangeError, "7 bytes are not 0 leaves");
    expect(leavesOf(Uint8Array.of(1, 2, 3, 4), 2)).to.deep.equal([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  });

  it("has the root of its definition", () => {
    fc.assert(
      fc.property(leaves, (data) => {
        expect(orderedTree(data).root).to.equal(rootByDefinition(data));
      }),
    );
  });

  it("proves every leaf in depth siblings", () => {
    fc.assert(
      fc.property(leaves, (data) => {
        const { root, count, proof } = orderedTree(data);
        for (const [index, leaf] of data.entries()) {
          expect(proof(index)).to.have.length(depth(count));
          expect(verifyProof(root, count, index, leaf, proof(index))).to.equal(true);
        }
      }),
    );
  });

  it("changes its root when leaves are swapped, doubled or dropped", () => {
    const [a, b, c] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)] as const;
    const roots = [
      [a, b, c],
      [b, a, c],
      [a, b, c, c],
      [a, b],
      [a, b, c, new Uint8Array(0)],
    ].map((data) => orderedTree(data).root);
    expect(new Set(roots).size).to.equal(roots.length);
  });

  it("is as deep as the logarithm of its leaves, rounded up", () => {
    expect([1, 2, 3, 4, 5, 8, 9, 1024, 1025].map(depth)).to.deep.equal([0, 1, 2, 2, 3, 3, 4, 10, 11]);
  });
});
