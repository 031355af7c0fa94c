import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import { commitAttestation, draw, drawnPanel, firstRound, OTHER, panelProtocol, RIGHT, WRONG } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum.commit", () => {
  async function drawn() {
    return drawnPanel(ethers, networkHelpers);
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(drawn);

    await expect(quorum.commit(hash("uid"), hash("vote")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses before the panel is drawn", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid } = await commitAttestation(p);

    await expect(p.quorum.connect(p.verifiers[0]).commit(uid, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotCommitting")
      .withArgs(uid, 1);
  });

  it("refuses once the time is over", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil);

    await expect(p.quorum.connect(p.members[0]).commit(p.uid, hash("vote")))
      .to.be.revertedWithCustomError(p.quorum, "NotCommitting")
      .withArgs(p.uid, 1);
  });

  it("refuses an account without a seat", async () => {
    const p = await networkHelpers.loadFixture(drawn);

    for (const account of [p.outsider, p.prover])
      await expect(p.quorum.connect(account).commit(p.uid, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(p.uid, 1, account);
  });

  it("refuses the first panel's members in the second round", async () => {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER]);
    await p.quorum.settle(uid);
    await draw(p, uid);

    for (const member of members)
      await expect(p.quorum.connect(member).commit(uid, hash("vote")))
        .to.be.revertedWithCustomError(p.quorum, "NotOnPanel")
        .withArgs(uid, 2, member);
  });

  it("refuses a member's second commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await p.quorum.connect(member).commit(p.uid, hash("vote"));

    await expect(p.quorum.connect(member).commit(p.uid, hash("other vote")))
      .to.be.revertedWithCustomError(p.quorum, "AlreadyCommitted")
      .withArgs(p.uid, member);
  });

  it("refuses an empty commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);

    await expect(p.quorum.connect(p.members[0]).commit(p.uid, ethers.ZeroHash))
      .to.be.revertedWithCustomError(p.quorum, "EmptyCommitment")
      .withArgs(p.uid);
  });

  it("keeps a commitment until the last second", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [member] = p.members;
    await networkHelpers.time.setNextBlockTimestamp((await p.quorum.caseOf(p.uid)).commitUntil - 1n);

    const sent = p.quorum.connect(member).commit(p.uid, hash("vote"));

    await expect(sent).to.emit(p.quorum, "VoteCommitted").withArgs(p.uid, 1, member);
    await expect(sent).not.to.emit(p.quorum, "RevealOpened");
    const seat = (await p.quorum.seatsOf(p.uid)).find((other) => other.member === member.address);
    expect([seat?.state, seat?.vote]).to.deep.equal([1n, hash("vote")]);
  });

  it("opens revealing with the last commitment", async () => {
    const p = await networkHelpers.loadFixture(drawn);
    const [a, b, c] = p.members;
    for (const member of [a, b]) await p.quorum.connect(member).commit(p.uid, hash("vote"));
    const now = BigInt(await networkHelpers.time.latest()) + 5n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    await expect(p.quorum.connect(c).commit(p.uid, hash("vote")))
      .to.emit(p.quorum, "RevealOpened")
      .withArgs(p.uid, 1, now + 60n);

    const { commitUntil, revealUntil } = await p.quorum.caseOf(p.uid);
    expect([commitUntil, revealUntil]).to.deep.equal([now, now + 60n]);
  });
});
