import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import { attestRoot, attestRun, CLOCK, challenge, challengeBond, gameProtocol } from "../dispute.ts";
import { hash, WINDOW } from "../fixtures.ts";
import { record, unitAttestation } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.challenge", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRun(p, "small");
    const batch = await attestRoot(p, 0, 3);
    return { ...p, made, batch, game: p.game.connect(p.challenger) };
  }

  it("refuses what nobody recorded, another method's, and what is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation, opened } = p.made;
    const foreign = await unitAttestation(p, p.prover);
    await record(p, p.prover, foreign);
    for (const other of [{ ...attestation, inputHash: hash("other") }, foreign])
      await expect(p.game.challenge(other, opened))
        .to.be.revertedWithCustomError(p.fraud, "NotOpen")
        .withArgs(await p.registry.uidOf(other));
    await expect(p.game.challengeBatch({ ...p.batch.batch, count: 4 })).to.be.revertedWithCustomError(
      p.fraud,
      "NotOpen",
    );
    await networkHelpers.time.increase(WINDOW);
    await p.game.settle(p.made.id);
    await expect(p.game.challenge(attestation, opened)).to.be.revertedWithCustomError(p.fraud, "NotOpen");
  });

  it("refuses from the end of the window on", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const until = Number((await p.registry.recordOf(p.made.id)).attestedAt) + WINDOW;
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(p.game.challenge(p.made.attestation, p.made.opened))
      .to.be.revertedWithCustomError(p.fraud, "WindowOver")
      .withArgs(p.made.id, until);
  });

  it("refuses another answer than the attestation's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const fields of [{ traceHash: hash("t") }, { outputHash: hash("o") }, { salt: hash("s") }])
      await expect(p.game.challenge(p.made.attestation, { ...p.made.opened, ...fields }))
        .to.be.revertedWithCustomError(p.game, "WrongAnswer")
        .withArgs(p.made.id);
  });

  it("refuses an account without a bond", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.game.connect(p.admin).challenge(p.made.attestation, p.made.opened))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.game, p.admin, 0, challengeBond());
  });

  it("begins at the unit's trace, with both clocks full, on the last second, too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const at = Number((await p.registry.recordOf(p.made.id)).attestedAt) + WINDOW - 1;
    await networkHelpers.time.setNextBlockTimestamp(at);

    await expect(p.game.challenge(p.made.attestation, p.made.opened))
      .to.emit(p.game, "Challenged")
      .withArgs(p.made.id, p.challenger, 0);
    const found = await p.game.challengeOf(p.made.id, 0);
    expect([found.challenger, found.stage, found.node, found.trace, found.level, found.index]).to.deep.equal([
      ...[p.challenger.address, BigInt(Stage.operators), p.made.opened.traceHash, p.made.opened.traceHash, 2n, 0n],
    ]);
    expect([found.since, found.proverLeft, found.challengerLeft].map(Number)).to.deep.equal([at, CLOCK, CLOCK]);
    expect([...(await p.game.turnOf(p.made.id, 0))]).to.deep.equal([true, BigInt(at + CLOCK)]);
    expect((await p.bonds.bondOf(p.game, p.challenger)).locked).to.equal(challengeBond());
  });

  it("begins at a batch's root, and numbers challenges", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    expect(await challenge(p, p.challenger, p.batch)).to.equal(0);
    expect(await challenge(p, p.friend, p.batch)).to.equal(1);

    const found = await p.game.challengeOf(p.batch.id, 1);
    expect([found.challenger, found.stage, found.node, found.level]).to.deep.equal([
      ...[p.friend.address, BigInt(Stage.units), p.batch.batch.root, 2n],
    ]);
    expect((await p.bonds.bondOf(p.game, p.friend)).locked).to.equal(challengeBond(3));
    const dispute = await p.game.disputeOf(p.batch.id);
    expect([dispute.modelId, dispute.root, dispute.subject, dispute.challenges, dispute.open]).to.deep.equal([
      ...[p.ids.small, p.batch.batch.root, p.batch.batch.context, 2n, 2n],
    ]);
  });
});
