import { expect } from "chai";
import { network } from "hardhat";
import { policyHash } from "../../../sdk/vault.ts";
import { covered, execute, propose, setPolicy, tradeMove, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.pause", () => {
  it("refuses anyone but the owner", async () => {
    const { vault, agent } = await networkHelpers.loadFixture(fixture);

    await expect(vault.pause()).to.be.revertedWithCustomError(vault, "NotTheOwner").withArgs(agent);
  });

  it("takes policy and proposal away at once", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    await expect(p.vault.connect(p.owner).pause()).to.emit(p.vault, "Paused");

    for (const sent of [execute(p, proposed, answered), propose(p, tradeMove(p))])
      await expect(sent)
        .to.be.revertedWithCustomError(p.vault, "WrongPolicy")
        .withArgs(policyHash(p.policy), ethers.ZeroHash);
    expect(await p.vault.proposalHash()).to.equal(ethers.ZeroHash);
  });

  it("ends by setPolicy, after the delay; what was proposed before stays gone", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { proposed, answered } = await covered(p);
    await p.vault.connect(p.owner).pause();
    await setPolicy(p, {}, (seconds) => networkHelpers.time.increase(seconds));

    await expect(execute(p, proposed, answered)).to.be.revertedWithCustomError(p.vault, "UnknownProposal");
    expect((await propose(p, tradeMove(p))).proposal.nonce).to.equal(2n);
  });
});
