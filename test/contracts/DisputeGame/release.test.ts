import { expect } from "chai";
import { network } from "hardhat";
import { attestRun, bondFor, CLOCK, challenge, forged, GAS_PRICE, gameProtocol, models, play } from "../dispute.ts";
import { hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.release", () => {
  /** A refuted attestation with one more open challenge. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    const second = await challenge(p, p.friend, made);
    const winner = await challenge(p, p.challenger, made);
    return { ...p, made, second, winner };
  }

  it("refuses a challenge that isn't open, and one whose attestation isn't refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.game.release(p.made.id, p.second))
      .to.be.revertedWithCustomError(p.game, "NotRefuted")
      .withArgs(p.made.id);
    await expect(p.game.release(hash("nothing"), 0))
      .to.be.revertedWithCustomError(p.game, "NoSuchChallenge")
      .withArgs(hash("nothing"), 0);
    await play(p, p.made, p.winner, p.challenger);
    await expect(p.game.release(p.made.id, p.winner)).to.be.revertedWithCustomError(p.game, "NoSuchChallenge");
  });

  it("pays the challenge's own account, whoever asks, once", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { spent } = await p.game.challengeOf(p.made.id, p.second);
    expect(spent).to.equal(100_000n * GAS_PRICE);
    await play(p, p.made, p.winner, p.challenger);

    await expect(p.game.connect(p.admin).release(p.made.id, p.second))
      .to.emit(p.bonds, "Paid")
      .withArgs(p.game, p.prover, p.friend, spent);
    expect((await p.bonds.bondOf(p.game, p.friend)).locked).to.equal(0);
    expect(await p.bonds.burned()).to.equal(bondFor() - bondFor() / 2n - spent);
    await expect(p.game.release(p.made.id, p.second)).to.be.revertedWithCustomError(p.game, "NoSuchChallenge");
  });

  it("gives the bond back also to a challenger whose own time was over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await play(p, p.made, p.winner, p.challenger, (_, isProvers) => !isProvers);
    await networkHelpers.time.increase(CLOCK - 5);
    const fresh = await challenge(p, p.challenger, p.made);
    await networkHelpers.time.increase(10);
    await play(p, p.made, fresh, p.challenger);
    for (const number of [p.second, p.winner]) await p.game.release(p.made.id, number);

    for (const account of [p.friend, p.challenger]) expect((await p.bonds.bondOf(p.game, account)).locked).to.equal(0);
    expect((await p.game.disputeOf(p.made.id)).open).to.equal(0);
  });

  it("pays nothing for moves of blocks without a base fee", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.setNextBlockBaseFeePerGas(0);
    const free = await challenge(p, p.friend, p.made);
    expect((await p.game.challengeOf(p.made.id, free)).spent).to.equal(0);
    await play(p, p.made, p.winner, p.challenger);

    await expect(p.game.release(p.made.id, free)).to.not.emit(p.bonds, "Paid");
  });
});
