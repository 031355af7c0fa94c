import { expect } from "chai";
import { network } from "hardhat";
import chunks from "../../vectors/standings.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("StandingLeafHarness");
const trees = await ethers.deployContract("CommitmentsHarness");

describe("StandingLeaf", () => {
  for (const { first, root, standings } of chunks)
    it(`hashes the vectors' chunk of ${standings.length} at place ${first}`, async () => {
      const leaves: string[] = [];
      for (const [i, { place, rank, account, points, lastSeq }] of standings.entries()) {
        const leaf = ethers.solidityPackedKeccak256(
          ["uint8", "uint32", "uint32", "uint32", "address", "uint64", "uint64"],
          [0, i, place, rank, account, points, lastSeq],
        );
        const entry = (BigInt(points) << 64n) | BigInt(lastSeq);

        expect(await library.hash(i, place, rank, account, entry)).to.equal(leaf);
        leaves.push(leaf);
      }
      expect(await trees.root(leaves)).to.equal(root);
    });
});
