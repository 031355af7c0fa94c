import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { policyHash } from "../../../sdk/vault.ts";
import { addressOf } from "../fixtures.ts";
import { DELAY, type Policy, propose, setPolicy, tradeMove, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.setPolicy", () => {
  it("refuses everybody but the vault itself", async () => {
    const { vault, owner, agent, policy } = await networkHelpers.loadFixture(fixture);

    for (const account of [owner, agent])
      await expect(vault.connect(account).setPolicy(policy))
        .to.be.revertedWithCustomError(vault, "NotTheVault")
        .withArgs(account);
  });

  it("refuses a route that can't be", async () => {
    const { vault, owner, policy } = await networkHelpers.loadFixture(fixture);
    const wrong = { ...policy, assets: policy.assets.slice(0, 1) };
    const data = vault.interface.encodeFunctionData("setPolicy", [wrong]);
    await vault.connect(owner).schedule(vault, 0, data);
    await networkHelpers.time.increase(DELAY);

    await expect(vault.connect(owner).run(vault, 0, data))
      .to.be.revertedWithCustomError(vault, "ImpossibleRoute")
      .withArgs(0);
  });

  it("refuses a route to the vault itself: its agent would set the next policy at once", async () => {
    const { vault, owner, policy } = await networkHelpers.loadFixture(fixture);
    const [route] = policy.routes as [Policy["routes"][number]];
    const selector = vault.interface.getFunction("setPolicy").selector as Hex;
    const routes = [...policy.routes, { ...route, target: addressOf(vault), selector, amountWord: 1 }];
    const data = vault.interface.encodeFunctionData("setPolicy", [{ ...policy, routes }]);
    await vault.connect(owner).schedule(vault, 0, data);
    await networkHelpers.time.increase(DELAY);

    await expect(vault.connect(owner).run(vault, 0, data))
      .to.be.revertedWithCustomError(vault, "ImpossibleRoute")
      .withArgs(4);
  });

  it("sets any policy, and takes the proposal away", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await propose(p, tradeMove(p));
    const next = await setPolicy(p, { lifetime: 1, expiresAt: p.policy.expiresAt + 1_000_000 }, (seconds) =>
      networkHelpers.time.increase(seconds),
    );

    expect(await p.vault.policyHash()).to.equal(policyHash(next.policy));
    expect(await p.vault.proposalHash()).to.equal(ethers.ZeroHash);
  });
});
