import { expect } from "chai";
import { network } from "hardhat";
import { callHash } from "../../../sdk/vault.ts";
import { addressOf } from "../fixtures.ts";
import { DELAY, depositOf, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.schedule", () => {
  it("refuses anyone but the owner", async () => {
    const { vault, agent, target } = await networkHelpers.loadFixture(fixture);

    await expect(vault.schedule(target, 0, "0x"))
      .to.be.revertedWithCustomError(vault, "NotTheOwner")
      .withArgs(agent);
  });

  it("announces a call, and again from now on", async () => {
    const { vault, owner, target } = await networkHelpers.loadFixture(fixture);
    const call = { target: addressOf(target), value: 3n, data: depositOf(1n) };

    for (let i = 0; i < 2; i++) {
      const sent = await vault.connect(owner).schedule(call.target, call.value, call.data);
      const readyAt = (await networkHelpers.time.latest()) + DELAY;
      await expect(sent)
        .to.emit(vault, "CallScheduled")
        .withArgs(callHash(call), readyAt, call.target, call.value, call.data);
      expect(await vault.readyAt(callHash(call))).to.equal(readyAt);
    }
  });
});
