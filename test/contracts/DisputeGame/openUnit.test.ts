import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex, keccak256 } from "viem";

import type { TracedRun } from "../../../inference/methods/disputeGame/run.ts";
import { unsigned } from "../../../inference/operators/operator.ts";
import { positionOf, Stage } from "../../../sdk/dispute.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import {
  at,
  attestRoot,
  attestRun,
  challenge,
  forged,
  gameProtocol,
  models,
  nextMove,
  passOf,
  play,
  questionIn,
  someInput,
} from "../dispute.ts";
import { hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.openUnit", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const single = await attestRun(p, "small", (run) => forged(models.small, run, 2, 3));
    const batch = await attestRoot(p, 10, 8, (run, unit) => (unit === 1 ? forged(models.small, run, 2, 3) : run));
    const text = await attestRun(p, "writing", (run) => forged(models.writing, run, 3, 3));
    for (const made of [single, batch, text]) await challenge(p, p.challenger, made);
    await play(p, batch, 0, p.challenger, at(Stage.operators, "prover"));
    return { ...p, single, batch, text };
  }

  type Fixture = Awaited<ReturnType<typeof fixture>>;

  /** The true opening of the unit in question. */
  async function opening(p: Fixture, made: Fixture["single"] | Fixture["batch"]) {
    const move = await nextMove(p, made, 0);
    if (move?.functionName !== "openUnit") throw new Error("It isn't a unit's turn.");
    const [ends, children] = move.args;
    return { ends, children, id: made.id, position: positionOf(await questionIn(p, made.id, 0)) };
  }

  /** Asks for an opening with other ends. */
  const asked = ({ game }: Fixture, { id, ends, children }: Awaited<ReturnType<typeof opening>>, fields: object) =>
    game.openUnit(id, 0, { ...ends, ...fields }, children);

  const spoilt = (bytes: Hex): Hex =>
    `0x${(Number.parseInt(bytes.slice(2, 4), 16) ^ 1).toString(16).padStart(2, "0")}${bytes.slice(4)}`;

  it("refuses another input, header or output than the attestation's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const found = await opening(p, p.single);
    const { layout } = models.small;
    const [input, output] = [tensorHeader(layout.input), tensorHeader(layout.output)];
    const { header, base, proof } = found.ends.input;
    const other = hash("header");

    await expect(asked(p, found, { input: { header: other, base, proof } }))
      .to.be.revertedWithCustomError(p.game, "WrongTensor")
      .withArgs(keccak256(other), keccak256(input));
    await expect(asked(p, found, { outputHeader: other }))
      .to.be.revertedWithCustomError(p.game, "WrongTensor")
      .withArgs(keccak256(other), keccak256(output));
    for (const bytes of [spoilt(base), base.slice(0, -2) as Hex, `${base}00` as Hex, "0x" as Hex])
      await expect(asked(p, found, { input: { header, base: bytes, proof } }))
        .to.be.revertedWithCustomError(p.game, "WrongTensor")
        .withArgs(keccak256(`${bytesToHex(input)}${bytes.slice(2)}`), p.single.attestation.inputHash);
    for (const bytes of [spoilt(found.ends.output), found.ends.output.slice(0, -2), "0x"])
      await expect(asked(p, found, { output: bytes })).to.be.revertedWithCustomError(p.game, "WrongTensor");
  });

  it("refuses another base input than the unit's, and another unit's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const found = await opening(p, p.batch);
    const { input } = found.ends;

    await expect(asked(p, found, { input: { ...input, base: spoilt(input.base) } })).to.be.revertedWithCustomError(
      p.campaign,
      "WrongBaseInput",
    );
    const others = [0, 2, 3, 4, 5, 6, 7].map(p.batch.prover.input).filter(({ base }) => base !== input.base);
    expect(others).to.not.have.length(0);
    for (const other of others)
      await expect(asked(p, found, { input: other })).to.be.revertedWithCustomError(p.campaign, "WrongBaseInput");
  });

  it("refuses outputs that aren't the trace's, however long, and other proofs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const found = await opening(p, p.batch);
    const { output, inputProof, outputProof } = found.ends;
    for (const fields of [
      ...[spoilt(output), output.slice(0, -2), `${output}00`, "0x"].map((bytes) => ({ output: bytes })),
      ...[inputProof.slice(1), [...inputProof, hash("more")], [hash("a"), hash("b")]].map((proof) => ({
        inputProof: proof,
      })),
      ...[outputProof.slice(1), [hash("a"), hash("b")]].map((proof) => ({ outputProof: proof })),
    ])
      await expect(asked(p, found, fields))
        .to.be.revertedWithCustomError(p.game, "WrongOpening")
        .withArgs(found.id, found.position);
  });

  it("refuses other nodes of operators", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const made of [p.single, p.batch]) {
      const { id, ends, children, position } = await opening(p, made);
      for (const shown of [children.slice(1), [...children, hash("more")], children.toReversed(), []])
        await expect(p.game.openUnit(id, 0, ends, shown))
          .to.be.revertedWithCustomError(p.game, "WrongOpening")
          .withArgs(id, position);
    }
  });

  it("refuses it where something else is in question", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { ends, children } = await opening(p, p.batch);
    const units = await attestRoot(p, 20, 3);
    await challenge(p, p.challenger, units);
    await expect(p.game.openUnit(units.id, 0, ends, children))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(units.id, 0, Stage.units);
    const long = await attestRun(p, "long", (run) => forged(models.long, run, 299, 1));
    await challenge(p, p.challenger, long);
    await play(
      p,
      long,
      0,
      p.challenger,
      ({ stage, level }, isProvers) => stage === Stage.operators && level === 1 && isProvers,
    );
    await expect(p.game.openUnit(long.id, 0, ends, children))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(long.id, 0, Stage.operators);
  });

  it("has no opening for an attested output or input that isn't the trace's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const claimed of [{ output: new Uint8Array(8) }, { input: new Uint8Array(6) }]) {
      const made = await attestRun(p, "small", (run) => run, claimed);
      await challenge(p, p.challenger, made);
      const found = await opening(p, made);
      await expect(asked(p, found, {})).to.be.revertedWithCustomError(p.game, "WrongTensor");
      const fields = claimed.output
        ? { output: bytesToHex(claimed.output) }
        : { input: { ...found.ends.input, base: bytesToHex(claimed.input as Uint8Array) } };
      await expect(asked(p, found, fields))
        .to.be.revertedWithCustomError(p.game, "WrongOpening")
        .withArgs(made.id, found.position);
    }
  });

  it("has no opening for a generation that is empty, cut off, or read otherwise than it was written", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const output of [new Uint8Array(0), new Uint8Array(3)]) {
      const made = await attestRun(p, "writing", (run) => run, { output });
      await challenge(p, p.challenger, made);
      const found = await opening(p, made);
      await expect(asked(p, found, { output: bytesToHex(output) })).to.be.revertedWithCustomError(
        p.game,
        "WrongOpening",
      );
    }
    const other = Uint8Array.of(1, 2, 3, 4);
    const read = await attestRun(p, "writing", (run) => ({
      ...passOf(models.writing, someInput(models.writing), other),
      trace: passOf(models.writing, someInput(models.writing), other).trace,
      outputs: run.outputs,
    }));
    await challenge(p, p.challenger, read);
    await expect(asked(p, await opening(p, read), {})).to.be.revertedWithCustomError(p.game, "WrongOpening");
  });

  for (const name of ["single", "batch", "text"] as const)
    it(`shows a unit's input and output, from anyone (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { id, ends, children, position } = await opening(p, p[name]);
      const run = p[name].runs[name === "batch" ? 1 : 0] as TracedRun;
      const length = name === "text" ? 3 : 6;
      const input = bytesToHex(unsigned(run.outputs[0] as Int8Array).subarray(0, length));
      const opened = p.game.connect(p.other).openUnit(id, 0, ends, children);

      await expect(opened).to.emit(p.game, "UnitOpened").withArgs(id, 0, position, input, ends.output);
      await expect(opened).to.emit(p.game, "NodeOpened").withArgs(id, 0, position, children);
      expect((await p.game.turnOf(id, 0)).isProvers).to.equal(false);
    });
});
