import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { type GameModel, type ShownElement, showElement } from "../../../inference/methods/disputeGame/element.ts";
import { Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRoot,
  attestRun,
  bondFor,
  challenge,
  challengeBond,
  forged,
  gameProtocol,
  models,
  nextMove,
  play,
} from "../dispute.ts";
import { hash } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.show", () => {
  /** The challenger's turn at a linear's, an add's and a row's wrong byte, each of which reads something else. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const linear = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    const add = await attestRoot(p, 0, 2, (run, unit) => (unit === 1 ? forged(models.small, run, 3, 6, 9) : run));
    const row = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 3 * 256 + 2));
    for (const made of [linear, add, row]) await challenge(p, p.challenger, made);
    await play(p, linear, 0, p.challenger, at(Stage.rows, "challenger"));
    await play(p, add, 0, p.challenger, at(Stage.rows, "challenger"));
    await play(p, row, 0, p.challenger, at(Stage.row, "challenger"));
    return { ...p, linear, add, row, game: p.game.connect(p.challenger) };
  }

  type Name = "linear" | "add" | "row";
  type Fixture = Awaited<ReturnType<typeof fixture>>;

  async function shown(p: Fixture, name: Name): Promise<ShownElement> {
    const move = await nextMove(p, p[name], 0);
    if (move?.functionName !== "show") throw new Error("Nothing is shown.");
    return move.args[0];
  }

  const spoilt = (bytes: Hex): Hex => `${bytes.slice(0, -2)}${bytes.endsWith("11") ? "22" : "11"}` as Hex;

  it("refuses it before bytes are open, and elements that aren't among them", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const element = await shown(p, "linear");
    const early = await attestRun(p, "small", (run) => forged(models.small, run, 2, 0));
    await challenge(p, p.challenger, early);
    await expect(p.game.show(early.id, 0, element)).to.be.revertedWithCustomError(p.game, "OutOfTurn");
    await play(p, early, 0, p.challenger, at(Stage.operators, "challenger"));
    await expect(p.game.show(early.id, 0, element))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(early.id, 0, Stage.operators);
    for (const [row, column] of [
      [2n, 0n],
      [0n, 4n],
      [2n ** 256n - 1n, 0n],
    ] as const)
      await expect(p.game.show(p.linear.id, 0, { ...element, row, column }))
        .to.be.revertedWithCustomError(p.game, "NoSuchElement")
        .withArgs(row, column);
  });

  for (const [name, operator] of [
    ["linear", 1],
    ["row", 1],
  ] as const)
    it(`refuses other bytes than the row in question (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const element = await shown(p, name);
      for (const data of [
        spoilt(element.data),
        element.data.slice(0, -2) as Hex,
        `${element.data}00` as Hex,
        "0x" as Hex,
      ])
        await expect(p.game.show(p[name].id, 0, { ...element, data }))
          .to.be.revertedWithCustomError(p.game, "WrongTraceRow")
          .withArgs(operator, element.row);
    });

  it("refuses another operator of the model, and another model's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const element = await shown(p, "linear");
    const others = [await shown(p, "add"), await shown(p, "row")].map(({ operator }) => operator);
    for (const operator of [...others, { ...element.operator, proof: [] }])
      await expect(p.game.show(p.linear.id, 0, { ...element, operator }))
        .to.be.revertedWithCustomError(p.game, "WrongOperator")
        .withArgs(1);
  });

  it("refuses another parameter row than the one that the element rests on, and other bytes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const element = await shown(p, "linear");
    const { model } = p.linear.challenger;
    const beside = showElement(
      model as GameModel,
      p.linear.runs[0] as never,
      { operator: 1, row: 1, column: 2 },
      element,
      () => [],
    );
    for (const fields of [
      { parameters: beside.parameters, parametersProof: beside.parametersProof },
      { parameters: spoilt(element.parameters) },
      { parameters: "0x" as Hex },
      { parametersProof: element.parametersProof.slice(1) },
    ])
      await expect(p.game.show(p.linear.id, 0, { ...element, ...fields }))
        .to.be.revertedWithCustomError(p.game, "WrongParameterRow")
        .withArgs(1, 1);
  });

  it("refuses reads of another operator, another row, another unit, and other bytes", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const element = await shown(p, "add");
    const other = p.add.runs[0];
    const [run] = p.add.runs.slice(1);
    if (!other || !run) throw new Error("The batch has two units.");
    const foreign = { ...element.first, node: other.treeOf(1).root, nodeProof: other.trace.proof(1) };
    const above = { ...element.first, data: element.first.data, proof: run.treeOf(1).proof(0) };
    for (const [fields, k] of [
      [{ first: element.second }, 1],
      [{ second: element.first }, 2],
      [{ first: foreign }, 1],
      [{ first: above }, 1],
      [{ first: { ...element.first, data: spoilt(element.first.data) } }, 1],
      [{ first: { ...element.first, count: 3n } }, 1],
      [{ first: { ...element.first, count: 2n ** 32n + 2n } }, 1],
      [{ first: { ...element.first, nodeProof: [] } }, 1],
      [{ second: { ...element.second, node: hash("node") } }, 2],
    ] as [Partial<ShownElement>, number][])
      await expect(p.game.show(p.add.id, 0, { ...element, ...fields }))
        .to.be.revertedWithCustomError(p.game, "WrongTraceRow")
        .withArgs(k, 1);
  });

  it("refuses an element that is right", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const wrong = await shown(p, "linear");
    const run = p.linear.runs[0];
    if (!run) throw new Error("There is one run.");
    const proof = (k: number) => run.trace.proof(k);
    for (const [row, column] of [
      [0, 0],
      [0, 3],
      [1, 0],
      [1, 2],
    ] as const) {
      const claimed = {
        data: `0x${Buffer.from(run.rowOf(1, row)).toString("hex")}` as Hex,
        proof: run.treeOf(1).proof(row),
      };
      const element = showElement(p.linear.challenger.model, run, { operator: 1, row, column }, claimed, proof);
      await expect(p.game.show(p.linear.id, 0, element))
        .to.be.revertedWithCustomError(p.game, "ElementIsRight")
        .withArgs(row, column, run.outputs[1]?.[4 * row + column]);
    }
    expect(wrong.row).to.equal(1n);
  });

  it("changes nothing where the gas is too little", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const element = await shown(p, "linear");
    const needed = await p.game.show.estimateGas(p.linear.id, 0, element);
    let starved = 0;
    for (let gasLimit = 60_000n; gasLimit < needed; gasLimit += 25_000n) {
      const sent = await p.game.show(p.linear.id, 0, element, { gasLimit }).then(
        (transaction) => transaction.wait(),
        () => undefined,
      );
      if (sent?.status === 1) break;
      starved++;
      expect(await p.registry.statusOf(p.linear.id)).to.equal(Status.Pending);
      expect((await p.game.disputeOf(p.linear.id)).open).to.equal(1);
      expect(await p.bonds.burned()).to.equal(0);
    }
    expect(starved).to.be.greaterThan(3);
  });

  for (const [name, unit, operator, at_] of [
    ["linear", 0, 1, 5],
    ["add", 1, 3, 6],
    ["row", 0, 1, 770],
  ] as const)
    it(`refutes by one number, from anyone, and pays the challenger (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const element = await shown(p, name);
      const made = p[name];
      const count = name === "add" ? 2 : 1;
      const claimed = made.runs[unit]?.outputs[operator]?.[at_] as number;
      const { first } = { first: p.game.connect(p.other).show(made.id, 0, element) };

      await expect(first).to.emit(p.game, "ElementShown");
      const [event] = await p.game.queryFilter(p.game.filters.ElementShown(made.id));
      expect([event?.args.claimed, event?.args.correct === BigInt(claimed)]).to.deep.equal([BigInt(claimed), false]);
      await expect(first).to.emit(p.game, "ChallengeClosed").withArgs(made.id, p.challenger, 0, 2);
      await expect(first).to.emit(p.registry, "StatusChanged").withArgs(made.id, Status.Refuted, p.challenger);
      expect(await p.bonds.claimableOf(p.challenger)).to.equal(bondFor(count) / 2n);
      expect(await p.bonds.burned()).to.equal(bondFor(count) - bondFor(count) / 2n);
      const locked = (await p.bonds.bondOf(p.game, p.challenger)).locked;
      expect(locked).to.equal(
        3n * challengeBond() + (name === "add" ? 0n : challengeBond(2) - challengeBond()) - challengeBond(),
      );
      await expect(p.game.show(made.id, 0, element)).to.be.revertedWithCustomError(p.fraud, "NotOpen");
    });
});
