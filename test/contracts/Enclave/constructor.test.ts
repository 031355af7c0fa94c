import { expect } from "chai";
import { network } from "hardhat";
import { ascending } from "../enclaves.ts";
import { addressOf, core, hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("Enclave", () => {
  async function fixture() {
    const contracts = await core(ethers);
    const deploy = (registrars: readonly unknown[], threshold: number) =>
      ethers.deployContract("Enclave", [contracts.campaign, registrars, threshold]);
    return { ...contracts, deploy, errors: await ethers.getContractFactory("Enclave") };
  }

  it("refuses a threshold of zero, or above the number of registrars", async () => {
    const { deploy, admin, errors } = await networkHelpers.loadFixture(fixture);
    for (const [registrars, threshold] of [
      [[], 0],
      [[], 1],
      [[admin], 0],
      [[admin], 2],
    ] as const)
      await expect(deploy(registrars, threshold))
        .to.be.revertedWithCustomError(errors, "InvalidThreshold")
        .withArgs(threshold, registrars.length);
  });

  it("refuses registrars that are twice there, out of order, zero, or more than 32", async () => {
    const { deploy, accounts, errors } = await networkHelpers.loadFixture(fixture);
    const [a, b] = ascending(accounts).map(addressOf) as [string, string];
    const many = Array.from({ length: 33 }, (_, i) => ethers.zeroPadValue(ethers.toBeHex(i + 1), 20));
    for (const [registrars, index] of [
      [[a, a], 1],
      [[b, a], 1],
      [[ethers.ZeroAddress, a], 0],
      [many, 32],
    ] as const)
      await expect(deploy(registrars, 1)).to.be.revertedWithCustomError(errors, "InvalidRegistrars").withArgs(index);
    await deploy(many.slice(0, 32), 32);
  });

  it("names its registrars, its campaign and what no attestation can be", async () => {
    const { deploy, accounts, campaign } = await networkHelpers.loadFixture(fixture);
    const registrars = ascending(accounts.slice(0, 3)).map(addressOf);
    const enclave = await deploy(registrars, 2);
    const address = addressOf(enclave);

    await expect(enclave.deploymentTransaction()).to.emit(enclave, "RegistrarsSet").withArgs(registrars, 2);
    expect(await enclave.registrars()).to.deep.equal([registrars, 2n]);
    expect(await enclave.campaign()).to.equal(addressOf(campaign));
    expect(await enclave.longest()).to.equal(0n);
    expect(await enclave.canVoid()).to.equal(false);
    expect(await enclave.checksInput()).to.equal(false);
    expect(await enclave.verifiersOf(hash("uid"))).to.deep.equal([]);
    expect((await enclave.eip712Domain()).slice(1, 5)).to.deep.equal(["Proofboard Enclave", "1", 31337n, address]);
  });
});
