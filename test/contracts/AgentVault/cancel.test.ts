import { expect } from "chai";
import { network } from "hardhat";
import { covered, execute, propose, tradeMove, vaultProtocol } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => vaultProtocol(ethers);

describe("AgentVault.cancel", () => {
  it("refuses anyone but agent and owner", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await propose(p, tradeMove(p));

    await expect(p.vault.connect(p.stranger).cancel(p.policy))
      .to.be.revertedWithCustomError(p.vault, "NotTheAgent")
      .withArgs(p.stranger);
  });

  it("refuses another policy", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await propose(p, tradeMove(p));

    await expect(p.vault.cancel({ ...p.policy, lifetime: 1 })).to.be.revertedWithCustomError(p.vault, "WrongPolicy");
  });

  it("refuses where nothing is proposed", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.vault.cancel(p.policy)).to.be.revertedWithCustomError(p.vault, "UnknownProposal").withArgs(0);
  });

  for (const who of ["agent", "owner"] as const)
    it(`takes the proposal back for the ${who}, whatever was answered`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { proposed, answered } = await covered(p);

      await expect(p.vault.connect(p[who]).cancel(p.policy)).to.emit(p.vault, "ProposalCancelled").withArgs(1);
      await expect(execute(p, proposed, answered)).to.be.revertedWithCustomError(p.vault, "UnknownProposal");
      expect((await propose(p, tradeMove(p))).proposal.nonce).to.equal(2n);
    });

  it("works when the policy is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await propose(p, tradeMove(p));
    await networkHelpers.time.increaseTo(p.policy.expiresAt);

    await expect(p.vault.cancel(p.policy)).to.emit(p.vault, "ProposalCancelled");
  });
});
