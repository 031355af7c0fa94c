import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Bonds.deposit", () => {
  async function fixture() {
    return protocol(ethers);
  }

  it("refuses a deposit of nothing", async () => {
    const { bonds, method, prover } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.deposit(method, prover)).to.be.revertedWithCustomError(bonds, "ZeroAmount").withArgs();
  });

  it("refuses a holder without code", async () => {
    const { bonds, other, prover } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.deposit(other, prover, { value: 1 }))
      .to.be.revertedWithCustomError(bonds, "NotAHolder")
      .withArgs(other);
  });

  it("refuses plain transfers, which nobody would own", async () => {
    const { bonds, prover } = await networkHelpers.loadFixture(fixture);

    await expect(prover.sendTransaction({ to: bonds, value: 1 })).to.revert(ethers);
  });

  it("adds the sent wei to the named account's free money, whoever sends it", async () => {
    const { bonds, method, prover, other } = await networkHelpers.loadFixture(fixture);
    await bonds.deposit(method, prover, { value: 3 });

    await expect(bonds.connect(other).deposit(method, prover, { value: 4 }))
      .to.emit(bonds, "Deposited")
      .withArgs(method, prover, 4);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([7n, 0n, 0n, 0n]);
    expect(await bonds.bondOf(method, other)).to.deep.equal([0n, 0n, 0n, 0n]);
    expect(await bonds.held()).to.equal(7);
    expect(await ethers.provider.getBalance(bonds)).to.equal(7);
  });
});
