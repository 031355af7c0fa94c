import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const MOST_WINDOW = 30 * 24 * 3600;

describe("FraudProof, when it is deployed", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const deploy = (window: number, bond: bigint) =>
      ethers.deployContract("FraudProof", [p.campaign, p.bonds, window, bond]);
    return { ...p, deploy, factory: await ethers.getContractFactory("FraudProof") };
  }

  for (const window of [0, MOST_WINDOW + 1])
    it(`refuses a window of ${window} seconds`, async () => {
      const { deploy, factory } = await networkHelpers.loadFixture(fixture);

      await expect(deploy(window, 2n))
        .to.be.revertedWithCustomError(factory, "InvalidParameter")
        .withArgs("window", window);
    });

  for (const bond of [0n, 1n, 2n ** 96n])
    it(`refuses a bond of ${bond} wei, of which half can't go to a challenger or whose sum might not fit`, async () => {
      const { deploy, factory } = await networkHelpers.loadFixture(fixture);

      await expect(deploy(1, bond))
        .to.be.revertedWithCustomError(factory, "InvalidParameter")
        .withArgs("bondPerUnit", bond);
    });

  for (const [window, bond] of [
    [1, 2n],
    [MOST_WINDOW, 2n ** 96n - 1n],
  ] as const)
    it(`keeps a window of ${window} seconds and a bond of ${bond} wei`, async () => {
      const { deploy, prover } = await networkHelpers.loadFixture(fixture);
      const fraud = await deploy(window, bond);

      expect(await fraud.window()).to.equal(window);
      expect(await fraud.longest()).to.equal(window);
      expect(await fraud.bondPerUnit()).to.equal(bond);
      expect(await fraud.checksInput()).to.equal(false);
      expect(await fraud.verifiersOf(ethers.zeroPadValue(prover.address, 32))).to.deep.equal([]);
    });
});
