import { expect } from "chai";
import { network } from "hardhat";
import contexts from "../../vectors/contexts.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("CommitmentsHarness");

describe("Contexts", () => {
  it("refuses unknown kinds, and a free context that isn't all zero", async () => {
    for (const kind of ["04", "7f", "ff"])
      expect(await library.isValidContext(ethers.zeroPadBytes(`0x${kind}`, 32))).to.equal(false);
    expect(await library.isValidContext(ethers.toBeHex(1, 32))).to.equal(false);
  });

  it("takes a free context, units, requests and actions", async () => {
    expect(await library.isValidContext(ethers.ZeroHash)).to.equal(true);
    for (const kind of [1, 2, 3]) {
      const context = ethers.concat([ethers.toBeHex(kind, 1), ethers.dataSlice(ethers.id("anything"), 1)]);

      expect(await library.isValidContext(context)).to.equal(true);
      expect(await library.contextKind(context)).to.equal(kind);
    }
  });

  it("reads the vectors' units, which are the packed fields", async () => {
    for (const { campaign, seasonId, taskId, unit, context } of contexts) {
      const fields = [1, campaign, seasonId, taskId, unit];

      expect(context).to.equal(ethers.solidityPacked(["uint8", "address", "uint24", "uint24", "uint40"], fields));
      expect(await library.unitOf(context)).to.deep.equal([campaign, BigInt(seasonId), BigInt(taskId), BigInt(unit)]);
    }
  });
});
