import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRoot,
  attestRun,
  CLOCK,
  challenge,
  forged,
  gameProtocol,
  models,
  nextMove,
  play,
  send,
} from "../dispute.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame's turns and clocks", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    return { ...p, made };
  }

  const now = () => networkHelpers.time.latest();
  /** Makes the next move so many seconds after the last block. */
  async function moveAfter(p: Awaited<ReturnType<typeof fixture>>, seconds: number, number = 0) {
    const { isProvers } = await p.game.turnOf(p.made.id, number);
    const move = await nextMove(p, p.made, number);
    await networkHelpers.time.setNextBlockTimestamp((await now()) + seconds);
    if (!move) throw new Error("There is no move.");
    return send(p.game.connect(isProvers ? p.prover : p.challenger), p.made.id, number, move);
  }
  const left = async (p: Awaited<ReturnType<typeof fixture>>, number = 0) => {
    const { proverLeft, challengerLeft } = await p.game.challengeOf(p.made.id, number);
    return [proverLeft, challengerLeft].map(Number);
  };

  it("refuses a move of the side whose turn it isn't", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    const opening = await nextMove(p, p.made, 0);
    await moveAfter(p, 1);
    if (!opening) throw new Error("There is no move.");

    await expect(send(p.game.connect(p.prover), p.made.id, 0, opening))
      .to.be.revertedWithCustomError(p.game, "OutOfTurn")
      .withArgs(p.made.id, 0);
  });

  it("refuses what was meant for an earlier turn", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const batch = await attestRoot(p, 0, 300, (run, unit) => (unit === 9 ? forged(models.small, run, 1, 0) : run));
    await challenge(p, p.challenger, batch);
    const stale = await nextMove(p, batch, 0);
    await play(p, batch, 0, p.challenger, ({ level }, isProvers) => level === 1 && isProvers);
    if (!stale) throw new Error("There is no move.");

    await expect(send(p.game, batch.id, 0, stale)).to.be.revertedWithCustomError(p.game, "WrongOpening");
  });

  it("refuses what lands in another's challenge, whose number it became after a reorganisation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.friend, p.made);
    const own = await challenge(p, p.challenger, p.made);
    await play(p, p.made, own, p.challenger, at(Stage.operators, "challenger"));
    const pick = await nextMove(p, p.made, own);
    await play(p, p.made, own, p.challenger, at(Stage.rows, "challenger"));
    const show = await nextMove(p, p.made, own);
    if (!pick || !show) throw new Error("There is no move.");

    await expect(send(p.game.connect(p.challenger), p.made.id, 0, pick))
      .to.be.revertedWithCustomError(p.game, "NotTheChallenger")
      .withArgs(p.challenger, p.friend);
    await expect(send(p.game, p.made.id, 0, show)).to.be.revertedWithCustomError(p.game, "WrongMove");
    expect((await p.game.turnOf(p.made.id, 0)).isProvers).to.equal(false);
  });

  it("takes many calls in one transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (let i = 0; i < 5; i++) await challenge(p, p.friend, p.made);
    await play(p, p.made, 0, p.friend, at(Stage.operators, "challenger"));
    await networkHelpers.time.increase(CLOCK + 1);
    await p.game.multicall(
      [0, 1, 2, 3, 4].map((number) => p.game.interface.encodeFunctionData("timeout", [p.made.id, number])),
    );

    expect((await p.game.disputeOf(p.made.id)).open).to.equal(0);
  });

  it("counts each side's time in its own turns alone", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    await moveAfter(p, 50); // openUnit
    await moveAfter(p, 30); // pick
    expect(await left(p)).to.deep.equal([CLOCK - 50, CLOCK - 30]);
    await moveAfter(p, 20); // openRows
    expect([...(await p.game.turnOf(p.made.id, 0))]).to.deep.equal([false, BigInt((await now()) + CLOCK - 30)]);
    await p.game.connect(p.challenger).demand(p.made.id, 0, 0, 0);
    expect(await left(p)).to.deep.equal([CLOCK - 70, CLOCK - 31]);
    expect([...(await p.game.turnOf(p.made.id, 0))]).to.deep.equal([true, BigInt((await now()) + CLOCK - 70)]);
  });

  it("takes moves up to the very second at which the time ends, and none later", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    const snapshot = await networkHelpers.takeSnapshot();
    const until = (await now()) + CLOCK;
    await moveAfter(p, CLOCK);
    const next = (await now()) + CLOCK;
    const answered = await networkHelpers.takeSnapshot();
    await moveAfter(p, CLOCK);
    expect(await left(p)).to.deep.equal([0, 0]);

    await answered.restore();
    await expect(moveAfter(p, CLOCK + 1))
      .to.be.revertedWithCustomError(p.game, "OutOfTime")
      .withArgs(p.made.id, 0, next);
    await snapshot.restore();
    await expect(moveAfter(p, CLOCK + 1))
      .to.be.revertedWithCustomError(p.game, "OutOfTime")
      .withArgs(p.made.id, 0, until);
  });

  it("refuses to show an element when the challenger's time is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    await play(p, p.made, 0, p.challenger, at(Stage.rows, "challenger"));

    await expect(moveAfter(p, CLOCK + 1)).to.be.revertedWithCustomError(p.game, "OutOfTime");
  });

  it("shares openings: a later challenge finds the way open, at no cost of time to the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    await play(p, p.made, 0, p.challenger, at(Stage.rows, "challenger"));
    const second = await challenge(p, p.challenger, p.made);
    expect([...(await p.game.turnOf(p.made.id, second))]).to.deep.equal([false, BigInt((await now()) + CLOCK)]);
    await moveAfter(p, 10, second); // pick: its rows are open, too

    expect((await p.game.turnOf(p.made.id, second)).isProvers).to.equal(false);
    expect(await left(p, second)).to.deep.equal([CLOCK, CLOCK - 10]);
    const moves = await play(p, p.made, second, p.challenger);
    expect(moves.map(({ name }) => name)).to.deep.equal(["show"]);
  });

  it("counts the time of a challenge from its own beginning, though another was there before", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, p.made);
    await networkHelpers.time.increase(40);
    const second = await challenge(p, p.challenger, p.made);
    const begun = await now();
    await moveAfter(p, 7);
    const until = begun + 7 + CLOCK;

    expect([...(await p.game.turnOf(p.made.id, second))]).to.deep.equal([false, BigInt(until)]);
    await moveAfter(p, 5, second);
    expect(await left(p, second)).to.deep.equal([CLOCK - 7, CLOCK - 5]);
  });
});
