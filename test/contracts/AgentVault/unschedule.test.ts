import { expect } from "chai";
import { network } from "hardhat";
import { callHash } from "../../../sdk/vault.ts";
import { addressOf } from "../fixtures.ts";
import { DELAY, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.unschedule", () => {
  it("refuses anyone but the owner", async () => {
    const { vault, agent } = await networkHelpers.loadFixture(fixture);

    await expect(vault.unschedule(ethers.ZeroHash)).to.be.revertedWithCustomError(vault, "NotTheOwner").withArgs(agent);
  });

  it("refuses a call that isn't announced", async () => {
    const { vault, owner } = await networkHelpers.loadFixture(fixture);

    await expect(vault.connect(owner).unschedule(ethers.ZeroHash))
      .to.be.revertedWithCustomError(vault, "CallNotReady")
      .withArgs(ethers.ZeroHash, 0);
  });

  it("takes a call back for good", async () => {
    const { vault, owner, target } = await networkHelpers.loadFixture(fixture);
    const owned = vault.connect(owner);
    const call = { target: addressOf(target), value: 0n, data: "0x" } as const;
    await owned.schedule(target, 0, "0x");

    await expect(owned.unschedule(callHash(call)))
      .to.emit(vault, "CallUnscheduled")
      .withArgs(callHash(call));
    await networkHelpers.time.increase(DELAY);
    await expect(owned.run(target, 0, "0x")).to.be.revertedWithCustomError(vault, "CallNotReady");
  });
});
