import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Bonds.withdraw", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { bonds, method, prover } = deployed;
    await method.setLongest(360);
    await bonds.deposit(method, prover, { value: 10 });
    await bonds.connect(prover).unbond(method, 4);
    return { ...deployed, bonds: bonds.connect(prover), until: (await networkHelpers.time.latest()) + 360 };
  }

  it("refuses an account that unbonds nothing", async () => {
    const { bonds, method, other } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.connect(other).withdraw(method))
      .to.be.revertedWithCustomError(bonds, "NothingUnbonding")
      .withArgs(method, other);
  });

  it("refuses money that is unbonding until its last second", async () => {
    const { bonds, method, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until - 1);

    await expect(bonds.withdraw(method)).to.be.revertedWithCustomError(bonds, "StillUnbonding").withArgs(until);
  });

  it("refuses to pay twice", async () => {
    const { bonds, method, prover, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(until);
    await bonds.withdraw(method);

    await expect(bonds.withdraw(method))
      .to.be.revertedWithCustomError(bonds, "NothingUnbonding")
      .withArgs(method, prover);
  });

  it("pays what has finished unbonding", async () => {
    const { bonds, method, prover, until } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(until);
    const sent = await bonds.withdraw(method);

    await expect(sent).to.emit(bonds, "Withdrawn").withArgs(method, prover, 4);
    await expect(sent).to.changeEtherBalances(ethers, [bonds, prover], [-4, 4]);
    expect(await bonds.bondOf(method, prover)).to.deep.equal([6n, 0n, 0n, BigInt(until)]);
    expect(await bonds.held()).to.equal(6);
  });

  it("prevents a receiver from withdrawing again while it is paid", async () => {
    const { bonds, method } = await networkHelpers.loadFixture(fixture);
    const thief = await ethers.deployContract("Reenterer");
    await bonds.deposit(method, thief, { value: 5 });
    await method.setLongest(0);
    await thief.execute(bonds, bonds.interface.encodeFunctionData("unbond", [await method.getAddress(), 5]));
    const withdraw = bonds.interface.encodeFunctionData("withdraw", [await method.getAddress()]);
    await thief.onNextPayment(bonds, withdraw);

    await expect(thief.execute(bonds, withdraw))
      .to.emit(thief, "Refused")
      .withArgs(
        bonds.interface.encodeErrorResult("NothingUnbonding", [await method.getAddress(), await thief.getAddress()]),
      );

    expect(await ethers.provider.getBalance(thief)).to.equal(5);
    expect(await ethers.provider.getBalance(bonds)).to.equal(10);
  });
});
