import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Bonds.unbond", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { bonds, method, prover } = deployed;
    await method.setLongest(360);
    await bonds.deposit(method, prover, { value: 10 });
    return { ...deployed, bonds: bonds.connect(prover) };
  }

  it("refuses nothing", async () => {
    const { bonds, method } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.unbond(method, 0)).to.be.revertedWithCustomError(bonds, "ZeroAmount").withArgs();
  });

  it("refuses more than is free", async () => {
    const { bonds, method, prover } = await networkHelpers.loadFixture(fixture);
    await method.execute(bonds, bonds.interface.encodeFunctionData("lock", [prover.address, 4]));

    await expect(bonds.unbond(method, 7))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(method, prover, 6, 7);
  });

  it("refuses another account's money", async () => {
    const { bonds, method, other } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.connect(other).unbond(method, 1))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(method, other, 0, 1);
  });

  it("makes money wait for its holder's longest()", async () => {
    const { bonds, method, prover } = await networkHelpers.loadFixture(fixture);
    const now = (await networkHelpers.time.latest()) + 10;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(bonds.unbond(method, 4))
      .to.emit(bonds, "Unbonding")
      .withArgs(method, prover, 4, now + 360);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([6n, 0n, 4n, BigInt(now + 360)]);
    expect(await bonds.held()).to.equal(10);
  });

  it("restarts the wait for all of it when more is unbonded", async () => {
    const { bonds, method, prover } = await networkHelpers.loadFixture(fixture);
    await bonds.unbond(method, 4);
    const later = (await networkHelpers.time.latest()) + 300;
    await networkHelpers.time.setNextBlockTimestamp(later);
    await bonds.unbond(method, 5);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([1n, 0n, 9n, BigInt(later + 360)]);
  });

  it("keeps what is unbonding from the holder", async () => {
    const { bonds, method, prover } = await networkHelpers.loadFixture(fixture);
    await bonds.unbond(method, 10);

    await expect(method.execute(bonds, bonds.interface.encodeFunctionData("lock", [prover.address, 1])))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(method, prover, 0, 1);
  });
});
