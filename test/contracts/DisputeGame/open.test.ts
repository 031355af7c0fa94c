import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { positionOf, Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRoot,
  attestRun,
  challenge,
  forged,
  gameProtocol,
  models,
  nextMove,
  play,
  questionIn,
} from "../dispute.ts";
import { hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.open", () => {
  /** Challenges at a batch of 300 units, at the rows of an operator of 300, and at the second half of a long trace. */
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const batch = await attestRoot(p, 0, 300, (run, unit) => (unit === 299 ? forged(models.small, run, 1, 0) : run));
    const tall = await attestRun(p, "tall", (run) => forged(models.tall, run, 1, 899));
    const long = await attestRun(p, "long", (run) => forged(models.long, run, 299, 1));
    const numbers = [];
    for (const made of [batch, tall, long]) numbers.push(await challenge(p, p.challenger, made));
    await play(p, tall, 0, p.challenger, at(Stage.rows, "prover"));
    await play(
      p,
      long,
      0,
      p.challenger,
      ({ stage, level }, isProvers) => stage === Stage.operators && level === 1 && isProvers,
    );
    return { ...p, batch, tall, long };
  }

  const childrenOf = async (
    p: Awaited<ReturnType<typeof fixture>>,
    name: "batch" | "tall" | "long",
  ): Promise<Hex[]> => {
    const move = await nextMove(p, p[name], 0);
    if (move?.functionName !== "open") throw new Error(`${name} has no node to open.`);
    return move.args[0];
  };

  const wrong: Record<string, (children: Hex[]) => Hex[]> = {
    "no child": () => [],
    "a child less": (children) => children.slice(0, -1),
    "a child more": (children) => [...children, ZERO_HASH],
    "a child twice": (children) => [...children.slice(0, -1), children[0] as Hex],
    "children that changed places": ([a, b, ...rest]) => [b as Hex, a as Hex, ...rest],
    "another child": (children) => [...children.slice(1), hash("other")],
  };
  for (const name of ["batch", "tall", "long"] as const)
    for (const [what, change] of Object.entries(wrong))
      it(`refuses ${what} (${name})`, async () => {
        const p = await networkHelpers.loadFixture(fixture);
        const children = await childrenOf(p, name);
        const { id } = p[name];

        await expect(p.game.open(id, 0, change(children)))
          .to.be.revertedWithCustomError(p.game, "WrongOpening")
          .withArgs(id, positionOf(await questionIn(p, id, 0)));
      });

  it("refuses a challenge that isn't open, and one whose attestation is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const children = await childrenOf(p, "batch");
    await expect(p.game.open(p.batch.id, 1, children))
      .to.be.revertedWithCustomError(p.game, "NoSuchChallenge")
      .withArgs(p.batch.id, 1);
    await expect(p.game.open(hash("nothing"), 0, children)).to.be.revertedWithCustomError(p.fraud, "NotOpen");
  });

  it("refuses it where input and output, or bytes, have to be shown", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const small = await attestRun(p, "small", (run) => forged(models.small, run, 2, 0));
    await challenge(p, p.challenger, small);
    await expect(p.game.open(small.id, 0, []))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(small.id, 0, Stage.operators);
    await play(p, small, 0, p.challenger, at(Stage.rows, "prover"));
    await expect(p.game.open(small.id, 0, []))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(small.id, 0, Stage.rows);
    await play(p, p.tall, 0, p.challenger, at(Stage.row, "prover"));
    await expect(p.game.open(p.tall.id, 0, []))
      .to.be.revertedWithCustomError(p.game, "WrongMove")
      .withArgs(p.tall.id, 0, Stage.row);
  });

  for (const [name, count] of [
    ["batch", 150],
    ["tall", 150],
    ["long", 2],
  ] as const)
    it(`takes the true children from a stranger, once (${name})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const children = await childrenOf(p, name);
      const { id } = p[name];
      const position = positionOf(await questionIn(p, id, 0));
      expect(children).to.have.length(count);

      await expect(p.game.connect(p.other).open(id, 0, children))
        .to.emit(p.game, "NodeOpened")
        .withArgs(id, 0, position, children);
      expect(await p.game.openedAt(id, position)).to.equal(await networkHelpers.time.latest());
      await expect(p.game.open(id, 0, children))
        .to.be.revertedWithCustomError(p.game, "OutOfTurn")
        .withArgs(id, 0);
    });
});
