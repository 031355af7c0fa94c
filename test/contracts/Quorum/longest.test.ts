import { expect } from "chai";
import { network } from "hardhat";
import { commitAttestation, draw, openAnswer, panelProtocol, until } from "../panels.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.longest", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  it("bounds an attestation's time, however late everybody is", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await commitAttestation(p);
    const { attestedAt } = await p.registry.recordOf(uid);
    const { time } = networkHelpers;
    const lateDraw = async () => {
      const { drawBlock, drawUntil } = await p.quorum.caseOf(uid);
      await networkHelpers.mineUpTo(drawBlock);
      await time.setNextBlockTimestamp(drawUntil - 1n);
      await p.quorum.draw(uid);
    };
    await lateDraw();
    await time.increaseTo((await p.quorum.caseOf(uid)).commitUntil);
    await openAnswer(p, attestation);
    await time.increaseTo((await p.quorum.caseOf(uid)).revealUntil);
    await p.quorum.settle(uid);
    await lateDraw();
    const { round, revealUntil } = await p.quorum.caseOf(uid);
    expect(round).to.equal(2);
    await time.setNextBlockTimestamp(revealUntil);

    await p.quorum.settle(uid);

    expect(revealUntil).to.equal(attestedAt + (await p.quorum.longest()) - 2n);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
  });

  it("is followed by an end at once for an attestation that everybody forgot", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await commitAttestation(p);
    await draw(p, uid);
    await until(p, (await p.quorum.caseOf(uid)).commitUntil);
    await openAnswer(p, attestation);
    await networkHelpers.time.increase(100n * (await p.quorum.longest()));

    await p.quorum.settle(uid);
    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
  });
});
