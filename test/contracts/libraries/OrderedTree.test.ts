import { expect } from "chai";
import { network } from "hardhat";
import trees from "../../vectors/trees.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("CommitmentsHarness");

const leafOf = (data: string, index: number) =>
  ethers.solidityPackedKeccak256(["uint8", "uint32", "bytes"], [0, index, data]);

/** The tree as its definition reads: padded with zero leaves to a power of two, then hashed pair by pair. */
function naiveRoot(leaves: string[]): string {
  let level = [...leaves];
  while (level.length & (level.length - 1)) level.push(ethers.ZeroHash);
  while (level.length > 1)
    level = level.flatMap((node, i) =>
      i % 2 === 0 ? [ethers.solidityPackedKeccak256(["uint8", "bytes32", "bytes32"], [1, node, level[i + 1]])] : [],
    );
  return ethers.solidityPackedKeccak256(["uint8", "uint32", "bytes32"], [4, leaves.length, level[0]]);
}

describe("OrderedTree", () => {
  it("refuses a tree without leaves", async () => {
    const errors = await ethers.getContractAt("OrderedTree", library);

    await expect(library.root([])).to.be.revertedWithCustomError(errors, "EmptyTree").withArgs();
  });

  for (const { count, leaves, root, proofs } of trees) {
    const lengths = new Set(leaves.map((leaf) => ethers.dataLength(leaf)));

    describe(`of ${count} leaves of ${[...lengths].join(", ")} bytes`, () => {
      it("has the vectors' leaves and root", async () => {
        const hashes = leaves.map(leafOf);

        for (const [i, leaf] of leaves.entries()) expect(await library.leaf(i, leaf)).to.equal(hashes[i]);
        expect(await library.root(hashes)).to.equal(root);
        expect(naiveRoot(hashes)).to.equal(root);
      });

      if (lengths.size === 1)
        it("cuts equal leaves out of one piece of data", async () => {
          const size = ethers.dataLength(leaves[0] as string);

          expect(await library.leavesOf(ethers.concat(leaves), size)).to.deep.equal(leaves.map(leafOf));
        });

      it("proves each leaf at its place", async () => {
        for (const { index, siblings } of proofs) {
          const leaf = leafOf(leaves[index] as string, index);

          expect(await library.verify(root, count, index, leaf, siblings)).to.equal(true);
        }
      });

      it("refuses another place, count, leaf or proof", async () => {
        for (const { index, siblings } of proofs) {
          const leaf = leafOf(leaves[index] as string, index);
          const longer = [...siblings, ethers.ZeroHash];

          expect(await library.verify(root, count, index ^ 1, leaf, siblings)).to.equal(false);
          expect(await library.verify(root, count, index + 2 ** 32, leaf, siblings)).to.equal(false);
          expect(await library.verify(root, count + 1, index, leaf, siblings)).to.equal(false);
          expect(await library.verify(root, 2 ** 32 + count, index, leaf, siblings)).to.equal(false);
          expect(await library.verify(root, count, index, root, siblings)).to.equal(false);
          expect(await library.verify(root, count, index, leaf, longer)).to.equal(false);
          if (siblings.length > 0)
            expect(await library.verify(root, count, index, leaf, siblings.slice(1))).to.equal(false);
        }
      });
    });
  }
});
