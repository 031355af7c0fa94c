import { expect } from "chai";
import { network } from "hardhat";
import { hash, protocol } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const MOST_TIME = 30 * 24 * 3600;

describe("DisputeGame, when it is deployed", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const deploy = ([window, clock, price, unit]: readonly [number, number, bigint, bigint]) =>
      ethers.deployContract("DisputeGame", [p.campaign, p.bonds, window, clock, price, unit]);
    return { ...p, deploy, factory: await ethers.getContractFactory("DisputeGame") };
  }

  const least = [1, 1, 1n, 2n] as const;
  const most = [MOST_TIME, MOST_TIME, 2n ** 40n, 2n ** 63n] as const;
  for (const [i, name] of ["window", "clock", "gasPrice", "bondPerUnit"].entries())
    for (const value of [Number(least[i]) - 1, BigInt(most[i] as number) + 1n])
      it(`refuses ${value} as ${name}`, async () => {
        const { deploy, factory } = await networkHelpers.loadFixture(fixture);
        const parameters = least.map((each, k) => (k === i ? value : each)) as unknown as typeof least;

        await expect(deploy(parameters))
          .to.be.revertedWithCustomError(factory, "InvalidParameter")
          .withArgs(name, value);
      });

  for (const parameters of [least, most])
    it(`keeps ${parameters.join(", ")}`, async () => {
      const { deploy } = await networkHelpers.loadFixture(fixture);
      const game = await deploy(parameters);
      const [window, clock, price, unit] = parameters;

      expect(await game.window()).to.equal(window);
      expect(await game.clock()).to.equal(clock);
      expect(await game.longest()).to.equal(window + 2 * clock);
      expect(await game.gasPrice()).to.equal(price);
      expect(await game.bondPerUnit()).to.equal(unit);
      expect(await game.checksInput()).to.equal(false);
      expect(await game.canVoid()).to.equal(false);
      expect(await game.verifiersOf(hash("any"))).to.deep.equal([]);
    });

  it("sizes both bonds from gas, by the levels of a batch, and each fits 96 bits", async () => {
    const { deploy } = await networkHelpers.loadFixture(fixture);
    const game = await deploy(most);
    for (const [count, levels] of [
      ...([1, 2, 256, 257, 65_536, 65_537, 2 ** 24 + 1, 2 ** 32 - 1].map((n, i) => [
        n,
        BigInt([0, 1, 1, 2, 2, 3, 4, 4][i] as number),
      ]) as [number, bigint][]),
    ]) {
      const bond = 2n * 2n ** 40n * (1_500_000n + 100_000n * levels) + 2n ** 63n * BigInt(count);
      expect(await game.bondFor(count)).to.equal(bond);
      expect(bond < 2n ** 96n).to.equal(true);
      expect(await game.challengeBond(count)).to.equal(2n * 2n ** 40n * (3_000_000n + 400_000n * levels));
    }
  });
});
