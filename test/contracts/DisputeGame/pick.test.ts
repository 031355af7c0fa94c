import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { provenOperator } from "../../../inference/methods/disputeGame/element.ts";
import type { Move } from "../../../inference/methods/disputeGame/moves.ts";
import { positionOf, Stage } from "../../../sdk/dispute.ts";
import { at, attestRoot, attestRun, challenge, forged, gameProtocol, models, nextMove, play } from "../dispute.ts";
import { hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.pick and pickOperator", () => {
  /** It is the challenger's turn at a batch, at a trace, and at the rows of an operator. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const units = await attestRoot(p, 0, 300, (run, unit) => (unit === 271 ? forged(models.small, run, 1, 0) : run));
    const operators = await attestRun(p, "small", (run) => forged(models.small, run, 2, 1));
    const rows = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 3 * 290));
    for (const made of [units, operators, rows]) await challenge(p, p.challenger, made);
    await play(p, units, 0, p.challenger, at(Stage.units, "challenger"));
    await play(p, operators, 0, p.challenger, at(Stage.operators, "challenger"));
    await play(p, rows, 0, p.challenger, at(Stage.rows, "challenger"));
    return { ...p, units, operators, rows, game: p.game.connect(p.challenger) };
  }

  type Fixture = Awaited<ReturnType<typeof fixture>>;

  async function picked(p: Fixture, name: "units" | "rows"): Promise<Extract<Move, { functionName: "pick" }>["args"]> {
    const move = await nextMove(p, p[name], 0);
    if (move?.functionName !== "pick") throw new Error("Nothing is picked.");
    return move.args;
  }

  async function pickedOperator(p: Fixture) {
    const move = await nextMove(p, p.operators, 0);
    if (move?.functionName !== "pickOperator") throw new Error("No operator is picked.");
    return move.args;
  }

  it("refuses another account's move, and one before the node is open", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [index, child, siblings] = await picked(p, "units");
    await expect(p.game.connect(p.other).pick(p.units.id, 0, index, child, siblings))
      .to.be.revertedWithCustomError(p.game, "NotTheChallenger")
      .withArgs(p.other, p.challenger);
    await p.game.pick(p.units.id, 0, index, child, siblings);

    await expect(p.game.pick(p.units.id, 0, index, child, siblings))
      .to.be.revertedWithCustomError(p.game, "OutOfTurn")
      .withArgs(p.units.id, 0);
  });

  for (const name of ["units", "rows"] as const)
    it(`refuses children that the node hasn't (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const [index, child, siblings] = await picked(p, name);
      const { id } = p[name];
      for (const [i, c, s] of [
        [index + 1n, child, siblings],
        [index ^ 1n, child, siblings],
        [150n, child, siblings],
        [2n ** 32n + index, child, siblings],
        [2n ** 256n - 1n, child, siblings],
        [index, hash("other"), siblings],
        [index, child, siblings.slice(1)],
        [index, child, [...siblings, hash("more")]],
        [index, child, siblings.toReversed()],
      ] as [bigint, Hex, Hex[]][])
        await expect(p.game.pick(id, 0, i, c, s))
          .to.be.revertedWithCustomError(p.game, "WrongChild")
          .withArgs(i);
    });

  it("refuses an operator that the trace or the model hasn't, and the input", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [index, child, siblings, operator] = await pickedOperator(p);
    const pick = (i: bigint, c: Hex, s: Hex[], o: typeof operator) =>
      p.game.pickOperator(p.operators.id, 0, i, c, s, o);
    for (const [i, c] of [
      [1n, child],
      [4n, child],
      [2n ** 16n + index, child],
      [index, hash("other")],
      [0n, child],
    ] as [bigint, Hex][])
      await expect(pick(i, c, siblings, operator))
        .to.be.revertedWithCustomError(p.game, "WrongChild")
        .withArgs(i);
    const graph = models.small.layout.graph ?? [];
    for (const other of [
      provenOperator(graph, 1),
      provenOperator(models.tall.layout.graph ?? [], 2),
      { ...operator, proof: operator.proof.slice(1) },
      { ...operator, data: `${operator.data}00` as Hex },
    ])
      await expect(pick(index, child, siblings, other))
        .to.be.revertedWithCustomError(p.game, "WrongOperator")
        .withArgs(index);
  });

  it("refuses operator 0, though it is a child", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = p.operators.runs[0];
    const graph = models.small.layout.graph ?? [];

    await expect(
      p.game.pickOperator(
        ...[p.operators.id, 0, 0, run?.treeOf(0).root as Hex, run?.trace.proof(0) as Hex[]],
        provenOperator(graph, 0),
      ),
    )
      .to.be.revertedWithCustomError(p.game, "WrongChild")
      .withArgs(0);
  });

  it("refuses the move that belongs to another stage", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [index, child, siblings] = await picked(p, "rows");
    const args = await pickedOperator(p);
    await expect(p.game.pick(p.operators.id, 0, args[0], args[1], args[2]))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(p.operators.id, 0, Stage.operators);
    await expect(p.game.pickOperator(p.rows.id, 0, index, child, siblings, args[3]))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(p.rows.id, 0, Stage.rows);
    await play(p, p.rows, 0, p.challenger, at(Stage.row, "challenger"));
    await expect(p.game.pick(p.rows.id, 0, index, child, []))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(p.rows.id, 0, Stage.row);
    await play(p, p.operators, 0, p.challenger, at(Stage.rows, "challenger"));
    await expect(p.game.pick(p.operators.id, 0, 0, child, []))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(p.operators.id, 0, Stage.rows);
    const long = await attestRun(p, "long", (run) => forged(models.long, run, 200, 1));
    await challenge(p, p.challenger, long);
    await play(p, long, 0, p.challenger, at(Stage.operators, "challenger"));
    await expect(p.game.pickOperator(long.id, 0, 100, child, [], args[3]))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(long.id, 0, Stage.operators);
  });

  it("goes down a batch's levels to a unit, and on in its trace", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [first, node, siblings] = await picked(p, "units");
    expect(first).to.equal(135n);
    await expect(p.game.pick(p.units.id, 0, first, node, siblings))
      .to.emit(p.game, "Picked")
      .withArgs(p.units.id, 0, positionOf({ stage: Stage.units, unit: 0, operator: 0, level: 1, index: 135 }), node);
    await play(
      p,
      p.units,
      0,
      p.challenger,
      ({ stage, level }, isProvers) => stage === Stage.units && level === 1 && !isProvers,
    );
    const [unit, trace, beside] = await picked(p, "units");
    expect([unit, trace]).to.deep.equal([271n, p.units.traces[271]]);
    const position = positionOf({ stage: Stage.operators, unit: 271, operator: 0, level: 2, index: 0 });

    await expect(p.game.pick(p.units.id, 0, unit, trace, beside))
      .to.emit(p.game, "Picked")
      .withArgs(p.units.id, 0, position, trace);
    expect((await p.game.challengeOf(p.units.id, 0)).trace).to.equal(trace);
  });

  it("goes from an operator to its rows, and to one of them", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const args = await pickedOperator(p);
    await expect(p.game.pickOperator(p.operators.id, 0, ...args))
      .to.emit(p.game, "Picked")
      .withArgs(
        ...[p.operators.id, 0, positionOf({ stage: Stage.rows, unit: 0, operator: 2, level: 1, index: 0 }), args[1]],
      );
    const found = await p.game.challengeOf(p.operators.id, 0);
    expect([found.rows, found.width, found.operator]).to.deep.equal([2n, 4n, 2n]);
    await play(p, p.rows, 0, p.challenger, at(Stage.row, "prover"));
    const row = await p.game.challengeOf(p.rows.id, 0);
    expect([row.stage, row.operator, row.level, row.index]).to.deep.equal([BigInt(Stage.row), 1n, 0n, 290n]);
  });
});
