import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { INVALID, UNAVAILABLE } from "../../../sdk/commitments.ts";
import { hash, opened } from "../fixtures.ts";
import {
  answerOf,
  commitAttestation,
  committedPanel,
  commitVotes,
  draw,
  openAnswer,
  panelProtocol,
  RIGHT,
} from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum, when the prover reveals", () => {
  async function committed() {
    return committedPanel(ethers, networkHelpers);
  }

  it("refuses before the panel is drawn, and before it has committed", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, attestation } = await commitAttestation(p);
    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
    const [a, b] = (await draw(p, uid)) as [HardhatEthersSigner, HardhatEthersSigner];
    for (const member of [a, b]) await p.quorum.connect(member).commit(uid, hash("vote"));

    await expect(openAnswer(p, attestation)).to.be.revertedWithCustomError(p.quorum, "NotRevealing").withArgs(uid, 1);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil);

    await expect(openAnswer(p, p.attestation))
      .to.be.revertedWithCustomError(p.quorum, "NotRevealing")
      .withArgs(p.uid, 1);
  });

  it("refuses a second reveal", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await openAnswer(p, p.attestation);

    await expect(openAnswer(p, p.attestation))
      .to.be.revertedWithCustomError(p.registry, "NothingToReveal")
      .withArgs(p.uid);
  });

  for (const [name, outputHash] of Object.entries({ INVALID, UNAVAILABLE }))
    it(`refuses ${name} for an answer`, async () => {
      const p = await panelProtocol(ethers, networkHelpers);
      const { uid, attestation } = await commitAttestation(p, { answer: answerOf(p.prover, outputHash) });
      await draw(p, uid);
      await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);

      await expect(openAnswer(p, attestation, { ...opened, outputHash }))
        .to.be.revertedWithCustomError(p.quorum, "NotAnOutput")
        .withArgs(uid, outputHash);
    });

  it("refuses an answer with a trace", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const traceHash = hash("trace");
    const { uid, attestation } = await commitAttestation(p, { answer: answerOf(p.prover, RIGHT, traceHash) });
    await draw(p, uid);
    await commitVotes(p, uid, [RIGHT, RIGHT, RIGHT]);

    await expect(openAnswer(p, attestation, { ...opened, traceHash }))
      .to.be.revertedWithCustomError(p.quorum, "UnexpectedTrace")
      .withArgs(uid, traceHash);
  });

  it("opens the answer until the last second", async () => {
    const p = await networkHelpers.loadFixture(committed);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).revealUntil - 1n);

    await expect(openAnswer(p, p.attestation)).to.emit(p.registry, "Attested");

    expect((await p.quorum.caseOf(p.uid)).proverRevealed).to.equal(true);
  });
});
