import { expect } from "chai";
import { network } from "hardhat";
import { ETHER, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Bonds.claim", () => {
  async function fixture() {
    const deployed = await protocol(ethers);
    const { bonds, method, prover } = deployed;
    await bonds.deposit(method, prover, { value: 10 });
    await method.execute(bonds, bonds.interface.encodeFunctionData("lock", [prover.address, 10]));
    const award = async (to: string) =>
      method.execute(bonds, bonds.interface.encodeFunctionData("pay", [prover.address, to, 4]));
    return { ...deployed, award };
  }

  it("refuses an account that nothing was awarded to", async () => {
    const { bonds, other } = await networkHelpers.loadFixture(fixture);

    await expect(bonds.connect(other).claim()).to.be.revertedWithCustomError(bonds, "NothingToClaim").withArgs(other);
  });

  it("pays what holders awarded, once", async () => {
    const { bonds, other, award } = await networkHelpers.loadFixture(fixture);
    await award(other.address);
    await award(other.address);
    const sent = await bonds.connect(other).claim();

    await expect(sent).to.emit(bonds, "Claimed").withArgs(other, 8);
    await expect(sent).to.changeEtherBalances(ethers, [bonds, other], [-8, 8]);
    expect(await bonds.held()).to.equal(2);
    await expect(bonds.connect(other).claim()).to.be.revertedWithCustomError(bonds, "NothingToClaim").withArgs(other);
  });

  it("prevents a receiver from claiming again while it is paid", async () => {
    const { bonds, award } = await networkHelpers.loadFixture(fixture);
    const thief = await ethers.deployContract("Reenterer");
    await award(await thief.getAddress());
    const claim = bonds.interface.encodeFunctionData("claim");
    await thief.onNextPayment(bonds, claim);

    await expect(thief.execute(bonds, claim))
      .to.emit(thief, "Refused")
      .withArgs(bonds.interface.encodeErrorResult("NothingToClaim", [await thief.getAddress()]));

    expect(await ethers.provider.getBalance(thief)).to.equal(4);
    expect(await bonds.held()).to.equal(6);
  });

  it("keeps the claim of a receiver that takes no money", async () => {
    const { bonds, campaign, award } = await networkHelpers.loadFixture(fixture);
    await award(await campaign.getAddress());
    const receiver = await ethers.getImpersonatedSigner(await campaign.getAddress());
    await networkHelpers.setBalance(receiver.address, ETHER);

    await expect(bonds.connect(receiver).claim()).to.revert(ethers);

    expect(await bonds.claimableOf(campaign)).to.equal(4);
    expect(await bonds.held()).to.equal(10);
  });
});
