import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Bonds' holder", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { bonds, method, prover, other } = deployed;
    await bonds.deposit(method, prover, { value: 10 });
    const untyped = ethers.Interface.from(bonds.interface.fragments);
    const encode = (name: string, amount: number) =>
      untyped.encodeFunctionData(name, [prover.address, ...(name === "pay" ? [other.address] : []), amount]);
    const call = (name: string, amount: number) => method.execute(bonds, encode(name, amount));
    return { ...deployed, encode, call };
  }

  it("refuses to lock more than is free", async () => {
    const { bonds, method, prover, call } = await networkHelpers.loadFixture(fixture);

    await expect(call("lock", 11))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(method, prover, 10, 11);
  });

  it("refuses to unlock, pay or burn more than is locked", async () => {
    const { bonds, method, prover, call } = await networkHelpers.loadFixture(fixture);
    await call("lock", 6);

    for (const name of ["unlock", "pay", "burn"])
      await expect(call(name, 7))
        .to.be.revertedWithCustomError(bonds, "InsufficientLocked")
        .withArgs(method, prover, 6, 7);
  });

  it("prevents anybody else from touching money deposited with it", async () => {
    const { bonds, prover, other, encode, call } = await networkHelpers.loadFixture(fixture);
    await call("lock", 6);
    const stranger = await ethers.deployContract("MockMethod");

    await expect(bonds.connect(other).lock(prover, 1))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(other, prover, 0, 1);
    for (const name of ["unlock", "pay", "burn"])
      await expect(stranger.execute(bonds, encode(name, 1)))
        .to.be.revertedWithCustomError(bonds, "InsufficientLocked")
        .withArgs(stranger, prover, 0, 1);
  });

  it("locks free money", async () => {
    const { bonds, method, prover, call } = await networkHelpers.loadFixture(fixture);

    await expect(call("lock", 6)).to.emit(bonds, "Locked").withArgs(method, prover, 6);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([4n, 6n, 0n, 0n]);
  });

  it("unlocks locked money", async () => {
    const { bonds, method, prover, call } = await networkHelpers.loadFixture(fixture);
    await call("lock", 6);

    await expect(call("unlock", 5)).to.emit(bonds, "Unlocked").withArgs(method, prover, 5);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([9n, 1n, 0n, 0n]);
  });

  it("pays locked money to be claimed", async () => {
    const { bonds, method, prover, other, call } = await networkHelpers.loadFixture(fixture);
    await call("lock", 6);

    await expect(call("pay", 5)).to.emit(bonds, "Paid").withArgs(method, prover, other, 5);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([4n, 1n, 0n, 0n]);
    expect(await bonds.claimableOf(other)).to.equal(5);
    expect(await bonds.held()).to.equal(10);
  });

  it("burns locked money, which stays here for ever", async () => {
    const { bonds, method, prover, call } = await networkHelpers.loadFixture(fixture);
    await call("lock", 6);

    await expect(call("burn", 5)).to.emit(bonds, "Burned").withArgs(method, prover, 5);

    expect(await bonds.bondOf(method, prover)).to.deep.equal([4n, 1n, 0n, 0n]);
    expect(await bonds.burned()).to.equal(5);
    expect(await bonds.held()).to.equal(5);
    expect(await ethers.provider.getBalance(bonds)).to.equal(10);
  });
});
