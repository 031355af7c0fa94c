import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex } from "viem";
import type { TracedRun } from "../../../inference/methods/disputeGame/run.ts";
import { unsigned } from "../../../inference/operators/operator.ts";
import { positionOf, Stage } from "../../../sdk/dispute.ts";
import { at, attestRun, challenge, forged, gameProtocol, models, play, questionIn } from "../dispute.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.openRows", () => {
  /** At one row of an operator of 300, and at an operator that is opened at once. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const row = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 3 * 270 + 2));
    const whole = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    for (const made of [row, whole]) await challenge(p, p.challenger, made);
    await play(p, row, 0, p.challenger, at(Stage.row, "prover"));
    await play(p, whole, 0, p.challenger, at(Stage.rows, "prover"));
    const [rows, all] = [row.runs[0], whole.runs[0]] as [TracedRun, TracedRun];
    const bytes = {
      row: bytesToHex(rows.rowOf(1, 270)),
      whole: bytesToHex(unsigned(all.outputs[1] as Int8Array)),
    };
    const position = {
      row: positionOf(await questionIn(p, row.id, 0)),
      whole: positionOf(await questionIn(p, whole.id, 0)),
    };
    return { ...p, row, whole, bytes, position, next: bytesToHex(rows.rowOf(1, 271)) };
  }

  it("refuses it where a node of a tree is in question", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 0));
    await challenge(p, p.challenger, made);
    for (const stage of [Stage.operators, Stage.rows]) {
      await play(p, made, 0, p.challenger, at(stage, "prover"));
      await expect(p.game.openRows(made.id, 0, "0x"))
        .to.be.revertedWithCustomError(p.game, "WrongMove")
        .withArgs(made.id, 0, stage);
    }
  });

  const wrong: Record<string, (bytes: Hex) => Hex> = {
    "no byte": () => "0x",
    "a byte less": (bytes) => bytes.slice(0, -2) as Hex,
    "a byte more": (bytes) => `${bytes}00`,
    "another byte": (bytes) => `${bytes.slice(0, -2)}77` as Hex,
    "bytes in another order": (bytes) => `0x${bytes.slice(4)}${bytes.slice(2, 4)}`,
  };
  for (const name of ["row", "whole"] as const)
    for (const [what, change] of Object.entries(wrong))
      it(`refuses ${what} (${name})`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const { id } = p[name];

        await expect(p.game.openRows(id, 0, change(p.bytes[name])))
          .to.be.revertedWithCustomError(p.game, "WrongOpening")
          .withArgs(id, p.position[name]);
      });

  it("refuses the row beside it", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.game.openRows(p.row.id, 0, p.next))
      .to.be.revertedWithCustomError(p.game, "WrongOpening")
      .withArgs(p.row.id, p.position.row);
  });

  for (const name of ["row", "whole"] as const)
    it(`shows the bytes, from anyone (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { id } = p[name];

      await expect(p.game.connect(p.other).openRows(id, 0, p.bytes[name]))
        .to.emit(p.game, "RowsOpened")
        .withArgs(id, 0, p.position[name], p.bytes[name]);
      expect((await p.game.turnOf(id, 0)).isProvers).to.equal(false);
    });
});
