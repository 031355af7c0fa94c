import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRoot,
  attestRun,
  bondFor,
  CLOCK,
  challenge,
  challengeBond,
  forged,
  gameProtocol,
  models,
  nextMove,
  play,
  send,
} from "../dispute.ts";
import { WINDOW } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.timeout", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    await challenge(p, p.challenger, made);
    return { ...p, made };
  }

  const now = () => networkHelpers.time.latest();

  it("refuses it while the side to move has time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const until = (await now()) + CLOCK;
    await networkHelpers.time.setNextBlockTimestamp(until);
    await expect(p.game.timeout(p.made.id, 0))
      .to.be.revertedWithCustomError(p.game, "TimeLeft")
      .withArgs(p.made.id, 0, until);
    await expect(p.game.timeout(p.made.id, 1)).to.be.revertedWithCustomError(p.game, "NoSuchChallenge");
  });

  it("refutes what nobody opened, on anyone's transaction: both silent, the prover loses", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increase(CLOCK);
    const closed = p.game.connect(p.other).timeout(p.made.id, 0);

    await expect(closed).to.emit(p.game, "ChallengeClosed").withArgs(p.made.id, p.challenger, 0, 2);
    await expect(closed).to.emit(p.registry, "StatusChanged").withArgs(p.made.id, Status.Refuted, p.challenger);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(bondFor() / 2n);
    expect((await p.bonds.bondOf(p.game, p.challenger)).locked).to.equal(0);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(0);
  });

  it("loses a challenge that nobody plays on", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await play(p, p.made, 0, p.challenger, at(Stage.operators, "challenger"));
    await networkHelpers.time.increase(CLOCK);
    const closed = p.game.connect(p.other).timeout(p.made.id, 0);

    await expect(closed).to.emit(p.game, "ChallengeClosed").withArgs(p.made.id, p.challenger, 0, 1);
    expect(await p.registry.statusOf(p.made.id)).to.equal(Status.Pending);
    expect(await p.bonds.claimableOf(p.prover)).to.equal(challengeBond() / 2n);
    expect(await p.bonds.burned()).to.equal(challengeBond() - challengeBond() / 2n);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(bondFor());
    await expect(p.game.timeout(p.made.id, 0)).to.be.revertedWithCustomError(p.game, "NoSuchChallenge");
  });

  for (const stage of [Stage.units, Stage.operators, Stage.rows, Stage.row] as const)
    it(`refutes whoever withholds an opening at stage ${stage}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const made =
        stage === Stage.units
          ? await attestRoot(p, 0, 2, (run, unit) => (unit === 1 ? forged(models.small, run, 1, 0) : run))
          : await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 3));
      const number = await challenge(p, p.challenger, made);
      await play(p, made, number, p.challenger, at(stage, "prover"));
      await networkHelpers.time.increase(CLOCK);
      await p.game.timeout(made.id, number);

      expect(await p.registry.statusOf(made.id)).to.equal(Status.Refuted);
    });

  it("isn't undone by an opening that came late: it only serves challenges that began later", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increase(CLOCK - 10);
    const second = await challenge(p, p.friend, p.made);
    await networkHelpers.time.increase(20);
    const opening = await nextMove(p, p.made, second);
    if (!opening) throw new Error("There is no move.");
    await expect(send(p.game, p.made.id, 0, opening)).to.be.revertedWithCustomError(p.game, "OutOfTime");
    await send(p.game, p.made.id, second, opening);
    expect((await p.game.turnOf(p.made.id, second)).isProvers).to.equal(false);
    expect((await p.game.turnOf(p.made.id, 0)).isProvers).to.equal(true);
    await p.game.timeout(p.made.id, 0);

    expect(await p.registry.statusOf(p.made.id)).to.equal(Status.Refuted);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(bondFor() / 2n);
  });

  it("leaves an honest prover whose blocks are stuffed the whole clock, for whichever move", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await challenge(p, p.challenger, await attestRun(p, "small"));
    const honest = await attestRun(p, "tall");
    await challenge(p, p.challenger, honest);
    // No move gets into a block until the last second.
    const move = await nextMove(p, honest, 0);
    await networkHelpers.time.setNextBlockTimestamp(Number((await p.game.turnOf(honest.id, 0)).until));
    if (!move) throw new Error("There is no move.");
    await send(p.game, honest.id, 0, move);
    await networkHelpers.time.increase(CLOCK + 1);
    await p.game.timeout(honest.id, 0);
    await networkHelpers.time.increase(WINDOW);
    await p.game.settle(honest.id);

    expect(await p.registry.statusOf(honest.id)).to.equal(Status.Verified);
  });

  it("ends every challenge by longest(), however slowly both sides play", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const honest = await attestRun(p, "tall");
    const attestedAt = Number((await p.registry.recordOf(honest.id)).attestedAt);
    await networkHelpers.time.setNextBlockTimestamp(attestedAt + WINDOW - 1);
    const number = await challenge(p, p.challenger, honest);
    // Each side moves in the last second that it has, or not at all.
    for (;;) {
      const { stage } = await p.game.challengeOf(honest.id, number);
      if (Number(stage) === Stage.none) break;
      const { isProvers, until } = await p.game.turnOf(honest.id, number);
      const move = isProvers ? await nextMove(p, honest, number) : undefined;
      if (until > BigInt(await now())) await networkHelpers.time.setNextBlockTimestamp(until + (move ? 0n : 1n));
      if (move) await send(p.game, honest.id, number, move);
      else await p.game.timeout(honest.id, number);
    }
    await p.game.settle(honest.id);
    const spent = (await now()) - attestedAt;

    expect(spent).to.be.at.most(Number(await p.game.longest()) + 2);
    expect(await p.registry.statusOf(honest.id)).to.equal(Status.Verified);
  });
});
