import { expect } from "chai";
import { network } from "hardhat";
import { policyHash } from "../../../sdk/vault.ts";
import { DELAY, ETH, type Policy, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault", () => {
  it("refuses no delay, and one beyond 30 days", async () => {
    const { vault, owner, cover, policy } = await networkHelpers.loadFixture(fixture);

    for (const delay of [0, 30 * 86_400 + 1])
      await expect(ethers.deployContract("AgentVault", [owner, cover, delay, policy]))
        .to.be.revertedWithCustomError(vault, "InvalidDelay")
        .withArgs(delay);
  });

  it("refuses a route without an asset, of tokens sent as value, or of a word of no data", async () => {
    const { vault, owner, cover, policy } = await networkHelpers.loadFixture(fixture);
    const [route] = policy.routes as [Policy["routes"][number]];

    for (const wrong of [{ asset: 2 }, { amountWord: 0 }, { selector: "0x00000000" }] as const) {
      const routes = [...policy.routes, { ...route, ...wrong }];
      await expect(ethers.deployContract("AgentVault", [owner, cover, DELAY, { ...policy, routes }]))
        .to.be.revertedWithCustomError(vault, "ImpossibleRoute")
        .withArgs(4);
    }
  });

  it("starts with owner, cover, its registry, delay and policy, and nothing moved", async () => {
    const { vault, owner, cover, registry, policy, target } = await networkHelpers.loadFixture(fixture);

    expect(await vault.owner()).to.equal(owner.address);
    expect(await vault.cover()).to.equal(cover.target);
    expect(await vault.registry()).to.equal(registry.target);
    expect(await vault.delay()).to.equal(DELAY);
    expect(await vault.policyHash()).to.equal(policyHash(policy));
    expect(await vault.proposalHash()).to.equal(ethers.ZeroHash);
    expect(await vault.nonce()).to.equal(0);
    expect(await vault.spentToday(ETH)).to.deep.equal([0n, 0n]);
    expect(await vault.dealingsWith(target)).to.equal(0);
  });

  it("says its policy when it starts, and takes the longest delay", async () => {
    const { owner, cover, policy } = await networkHelpers.loadFixture(fixture);
    const vault = await ethers.deployContract("AgentVault", [owner, cover, 30 * 86_400, policy]);

    const [said] = await vault.queryFilter(vault.filters.PolicySet());
    expect(said?.args.policyHash).to.equal(policyHash(policy));
    expect(said?.args.policy.agent).to.equal(policy.agent);
  });
});
