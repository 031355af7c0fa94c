import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRun,
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
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.demand", () => {
  /** The challenger's turn at one row of 300, and at an operator that is opened at once; both have one wrong byte. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const row = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 3 * 299 + 1));
    const whole = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    for (const made of [row, whole]) await challenge(p, p.challenger, made);
    await play(p, row, 0, p.challenger, at(Stage.row, "challenger"));
    await play(p, whole, 0, p.challenger, at(Stage.rows, "challenger"));
    return { ...p, row, whole, game: p.game.connect(p.challenger) };
  }

  it("refuses it from another account, and before bytes are open", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.game.connect(p.other).demand(p.whole.id, 0, 0, 0))
      .to.be.revertedWithCustomError(p.game, "NotTheChallenger")
      .withArgs(p.other, p.challenger);
    const early = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 0));
    await challenge(p, p.challenger, early);
    await expect(p.game.demand(early.id, 0, 0, 0)).to.be.revertedWithCustomError(p.game, "OutOfTurn");
    for (const stage of [Stage.operators, Stage.rows]) {
      await play(p, early, 0, p.challenger, at(stage, "challenger"));
      await expect(p.game.demand(early.id, 0, 0, 0))
        .to.be.revertedWithCustomError(p.game, "WrongMove")
        .withArgs(early.id, 0, stage);
    }
  });

  it("refuses elements that aren't among the bytes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [made, row, column] of [
      [p.row, 298, 1],
      [p.row, 299, 3],
      [p.whole, 2, 0],
      [p.whole, 0, 4],
      [p.whole, 2n ** 32n, 0],
      [p.whole, 0, 2n ** 16n],
    ] as const)
      await expect(p.game.demand(made.id, 0, row, column))
        .to.be.revertedWithCustomError(p.game, "NoSuchElement")
        .withArgs(row, column);
  });

  it("refuses to show another element than the demanded one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const wrong = await nextMove(p, p.whole, 0);
    await p.game.demand(p.whole.id, 0, 0, 3);
    if (wrong?.functionName !== "show") throw new Error("Nothing is shown.");

    await expect(p.game.show(p.whole.id, 0, wrong.args[0]))
      .to.be.revertedWithCustomError(p.game, "NoSuchElement")
      .withArgs(1, 1);
  });

  for (const [name, row, column] of [
    ["row", 299, 0],
    ["whole", 0, 3],
  ] as const)
    it(`loses the challenge where the element is right (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { id } = p[name];
      await expect(p.game.demand(id, 0, row, column))
        .to.emit(p.game, "Demanded")
        .withArgs(id, 0, row, column);
      expect((await p.game.turnOf(id, 0)).isProvers).to.equal(true);
      await expect(p.game.demand(id, 0, row, column)).to.be.revertedWithCustomError(p.game, "OutOfTurn");
      const answer = await nextMove(p, p[name], 0);
      if (!answer) throw new Error("Nothing is shown.");
      const shown = send(p.game.connect(p.other), id, 0, answer);

      await expect(shown).to.emit(p.game, "ElementShown");
      await expect(shown).to.emit(p.game, "ChallengeClosed").withArgs(id, p.challenger, 0, 1);
      expect(await p.registry.statusOf(id)).to.equal(Status.Pending);
      expect(await p.bonds.claimableOf(p.prover)).to.equal(challengeBond() / 2n);
    });

  for (const [name, row, column] of [
    ["row", 299, 1],
    ["whole", 1, 1],
  ] as const)
    it(`refutes where the element is wrong, whoever shows it (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { id } = p[name];
      await p.game.demand(id, 0, row, column);
      const answer = await nextMove(p, p[name], 0);
      if (!answer) throw new Error("Nothing is shown.");
      await send(p.game.connect(p.other), id, 0, answer);

      expect(await p.registry.statusOf(id)).to.equal(Status.Refuted);
    });

  it("refutes where nobody can show the element: of a parameter root without known rows, say", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.game.demand(p.whole.id, 0, 0, 0);
    await networkHelpers.time.increase(CLOCK + 1);
    await p.game.timeout(p.whole.id, 0);

    expect(await p.registry.statusOf(p.whole.id)).to.equal(Status.Refuted);
  });
});
