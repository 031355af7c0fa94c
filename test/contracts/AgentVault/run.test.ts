import { expect } from "chai";
import { network } from "hardhat";
import { callHash } from "../../../sdk/vault.ts";
import { addressOf, ETHER } from "../fixtures.ts";
import { DELAY, depositOf, ETH, transferOf, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();

const READY_FOR = 14 * 86_400;

/** A deposit of 3 wei that the owner announced. */
async function announced() {
  const p = await vaultProtocol(ethers);
  const call = { target: addressOf(p.target), value: 3n, data: depositOf(1n) };
  const owned = p.vault.connect(p.owner);
  await owned.schedule(call.target, call.value, call.data);
  const readyAt = (await networkHelpers.time.latest()) + DELAY;
  return { ...p, owned, call, readyAt, run: () => owned.run(call.target, call.value, call.data) };
}

describe("AgentVault.run", () => {
  it("refuses anyone but the owner", async () => {
    const { vault, agent, call, readyAt } = await networkHelpers.loadFixture(announced);
    await networkHelpers.time.increaseTo(readyAt);

    await expect(vault.run(call.target, call.value, call.data))
      .to.be.revertedWithCustomError(vault, "NotTheOwner")
      .withArgs(agent);
  });

  it("refuses a call that isn't announced, also by one byte", async () => {
    const { vault, owned, call, readyAt } = await networkHelpers.loadFixture(announced);
    await networkHelpers.time.increaseTo(readyAt);
    const { target, value, data } = call;

    for (const other of [
      { ...call, target: addressOf(vault) },
      { ...call, value: value + 1n },
      { ...call, data: depositOf(2n) },
    ])
      await expect(owned.run(other.target, other.value, other.data))
        .to.be.revertedWithCustomError(vault, "CallNotReady")
        .withArgs(callHash(other), 0);
    await expect(owned.run(target, value, data))
      .to.emit(vault, "CallRun")
      .withArgs(callHash(call));
  });

  it("refuses before the delay is over, and 14 days after it", async () => {
    const { vault, call, readyAt, run } = await networkHelpers.loadFixture(announced);
    for (const at of [readyAt - 1, readyAt + READY_FOR + 1]) {
      await networkHelpers.time.setNextBlockTimestamp(at);
      await expect(run()).to.be.revertedWithCustomError(vault, "CallNotReady").withArgs(callHash(call), readyAt);
    }
  });

  it("runs a call until 14 days after the delay, once", async () => {
    const { vault, target, call, readyAt, run } = await networkHelpers.loadFixture(announced);
    await networkHelpers.time.setNextBlockTimestamp(readyAt + READY_FOR);

    const sent = run();
    await expect(sent).to.emit(target, "Traded").withArgs(vault, 3, 1);
    await expect(sent).to.changeEtherBalance(ethers, vault, -3n);
    await expect(run()).to.be.revertedWithCustomError(vault, "CallNotReady").withArgs(callHash(call), 0);
  });

  it("withdraws all ETH and tokens, whatever the policy says", async () => {
    const { vault, owned, owner, token } = await networkHelpers.loadFixture(announced);
    await owned.pause();
    await owned.schedule(owner, ETHER, "0x");
    await owned.schedule(token, 0, transferOf(owner, ETHER));
    await networkHelpers.time.increase(DELAY);

    await expect(owned.run(owner, ETHER, "0x")).to.changeEtherBalance(ethers, vault, -ETHER);
    await expect(owned.run(token, 0, transferOf(owner, ETHER))).to.changeTokenBalance(ethers, token, owner, ETHER);
    expect(await vault.spentToday(ETH)).to.deep.equal([0n, 0n]);
  });

  it("passes on why the call reverted, and keeps it announced", async () => {
    const { vault, target, call, readyAt, run } = await networkHelpers.loadFixture(announced);
    await target.setReverts(true);
    await networkHelpers.time.increaseTo(readyAt);

    await expect(run()).to.be.revertedWithCustomError(target, "TargetReverts");
    expect(await vault.readyAt(callHash(call))).to.equal(readyAt);
  });
});
