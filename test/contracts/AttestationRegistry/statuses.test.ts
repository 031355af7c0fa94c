import { expect } from "chai";
import { network } from "hardhat";
import { Status } from "../seasons.ts";

const { ethers } = await network.create();

describe("AttestationRegistry's statuses", () => {
  it("have the numbers that tests use", async () => {
    const {
      none,
      pending,
      verified,
      refuted,
      void: voided,
      revoked,
    } = await (await ethers.deployContract("CommitmentsHarness")).statuses();

    expect([none, pending, verified, refuted, voided, revoked]).to.deep.equal(Object.values(Status).map(BigInt));
    expect(Object.values(Status)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(Object.keys(Status)).to.deep.equal(["None", "Pending", "Verified", "Refuted", "Void", "Revoked"]);
  });
});
