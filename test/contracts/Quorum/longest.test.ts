import { expect } from "chai";
import { network } from "hardhat";
import { WINDOW } from "../fixtures.ts";
import { commitAttestation, draw, openAnswer, panelProtocol, show, until } from "../panels.ts";
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
      await p.quorum.draw(uid, "0x");
    };
    await lateDraw();
    await time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil - 1n);
    await p.quorum.refill(uid);
    // Nobody else has committed: the prover's answer ends the round.
    await time.setNextBlockTimestamp((await p.quorum.caseOf(uid)).revealUntil - 1n);
    await openAnswer(p, attestation);
    await p.quorum.settle(uid);
    await lateDraw();
    const { round, revealUntil } = await p.quorum.caseOf(uid);
    expect(round).to.equal(2);
    await time.setNextBlockTimestamp(revealUntil);

    await p.quorum.settle(uid);

    expect(revealUntil).to.equal(attestedAt + (await p.quorum.longest()) - BigInt(WINDOW) - 4n);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
  });

  it("leaves a run that is shown at the last moment its whole window", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await commitAttestation(p);
    const end = (await p.registry.recordOf(uid)).attestedAt + (await p.quorum.longest());
    await draw(p, uid);
    await until(p, (await p.quorum.caseOf(uid)).commitUntil);
    await p.quorum.refill(uid);
    await until(p, (await p.quorum.caseOf(uid)).commitUntil);
    await openAnswer(p, attestation);
    await p.quorum.settle(uid);
    await draw(p, uid);
    const last = (await p.quorum.caseOf(uid)).commitUntil - 1n;
    await networkHelpers.time.setNextBlockTimestamp(last);
    await show(p, uid);

    expect(last + BigInt(WINDOW)).to.be.at.most(end);
  });

  it("is followed by an end at once for an attestation that everybody forgot", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await commitAttestation(p);
    await draw(p, uid);
    await networkHelpers.time.increase(100n * (await p.quorum.longest()));

    await p.quorum.settle(uid);
    await p.quorum.settle(uid);

    expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
  });
});
