import { expect } from "chai";
import { network } from "hardhat";
import { protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const MOST_WINDOW = 30 * 24 * 3600;

describe("FraudProof, when it is deployed", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const deploy = (window: number, perAttestation: bigint, perUnit: bigint) =>
      ethers.deployContract("FraudProof", [p.campaign, p.bonds, window, perAttestation, perUnit]);
    return { ...p, deploy, factory: await ethers.getContractFactory("FraudProof") };
  }

  for (const window of [0, MOST_WINDOW + 1])
    it(`refuses a window of ${window} seconds`, async () => {
      const { deploy, factory } = await networkHelpers.loadFixture(fixture);

      await expect(deploy(window, 2n, 2n))
        .to.be.revertedWithCustomError(factory, "InvalidParameter")
        .withArgs("window", window);
    });

  for (const bond of [0n, 1n, 2n ** 96n]) {
    it(`refuses a bond of ${bond} wei an attestation, of which half can't go to a challenger or whose sum might not fit`, async () => {
      const { deploy, factory } = await networkHelpers.loadFixture(fixture);

      await expect(deploy(1, bond, 2n))
        .to.be.revertedWithCustomError(factory, "InvalidParameter")
        .withArgs("bondPerAttestation", bond);
    });

    it(`refuses a bond of ${bond} wei a unit, of which half can't go to a challenger or whose sum might not fit`, async () => {
      const { deploy, factory } = await networkHelpers.loadFixture(fixture);

      await expect(deploy(1, 2n, bond))
        .to.be.revertedWithCustomError(factory, "InvalidParameter")
        .withArgs("bondPerUnit", bond);
    });
  }

  for (const [window, perAttestation, perUnit] of [
    [1, 2n, 3n],
    [MOST_WINDOW, 2n ** 96n - 1n, 2n ** 96n - 1n],
  ] as const)
    it(`keeps a window of ${window} seconds and a bond of ${perAttestation} wei and ${perUnit} a unit`, async () => {
      const { deploy, prover } = await networkHelpers.loadFixture(fixture);
      const fraud = await deploy(window, perAttestation, perUnit);

      expect(await fraud.window()).to.equal(window);
      expect(await fraud.longest()).to.equal(window);
      expect(await fraud.bondPerAttestation()).to.equal(perAttestation);
      expect(await fraud.bondPerUnit()).to.equal(perUnit);
      for (const count of [0n, 1n, 2n ** 32n - 1n])
        expect(await fraud.bondFor(count)).to.equal(perAttestation + perUnit * count);
      expect(await fraud.checksInput()).to.equal(false);
      expect(await fraud.canVoid()).to.equal(false);
      expect(await fraud.verifiersOf(ethers.zeroPadValue(prover.address, 32))).to.deep.equal([]);
    });
});
