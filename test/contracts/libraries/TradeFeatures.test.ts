import { expect } from "chai";
import { network } from "hardhat";
import vectors from "../../vectors/vault.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("TradeFeaturesHarness");

describe("TradeFeatures", () => {
  for (const [i, vector] of vectors.features.entries())
    it(`gives the vectors' features ${i}, and their tensor's hash`, async () => {
      const { constants, amount, spent, dailyLimit, moves, dealings, features, inputHash } = vector;

      expect(await library.encode(constants, amount, spent, dailyLimit, moves, dealings)).to.equal(features);
      expect(await library.inputHash(features)).to.equal(inputHash);
    });
});
