import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import {
  at,
  attestRun,
  bondFor,
  CLOCK,
  challenge,
  challengeBond,
  forged,
  GAS_PRICE,
  type Game,
  gameProtocol,
  models,
  play,
} from "../dispute.ts";
import { ETHER, WINDOW } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame's challenges, each apart", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRun(p, "small", (run) => forged(models.small, run, 1, 5));
    return { ...p, made };
  }

  const free = async ({ bonds, game }: Game, account: HardhatEthersSigner) =>
    (await bonds.bondOf(game, account)).free +
    (await bonds.claimableOf(account)) +
    (await bonds.bondOf(game, account)).locked;

  it("go on when a friend of the prover loses one on purpose", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const lost = await challenge(p, p.friend, p.made);
    const honest = await challenge(p, p.challenger, p.made);
    await play(p, p.made, lost, p.friend, at(Stage.operators, "challenger"));
    await play(p, p.made, honest, p.challenger, at(Stage.rows, "prover"));
    await networkHelpers.time.increase(WINDOW);
    await expect(p.game.settle(p.made.id)).to.be.revertedWithCustomError(p.game, "ChallengesOpen");
    await p.game.timeout(p.made.id, lost);
    await expect(p.game.settle(p.made.id))
      .to.be.revertedWithCustomError(p.game, "ChallengesOpen")
      .withArgs(p.made.id, 1);
    await p.game.timeout(p.made.id, honest);

    expect(await p.registry.statusOf(p.made.id)).to.equal(Status.Refuted);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(bondFor() / 2n);
  });

  it("give the others their bonds back, and their gas out of the half that would be burned", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const honest = await challenge(p, p.challenger, p.made);
    await play(p, p.made, honest, p.challenger, at(Stage.rows, "challenger"));
    const { spent } = await p.game.challengeOf(p.made.id, honest);
    expect(spent).to.be.greaterThan(0n);
    expect(spent).to.be.at.most(140_000n * GAS_PRICE);
    const hasty = await challenge(p, p.friend, p.made);
    await expect(p.game.release(p.made.id, honest))
      .to.be.revertedWithCustomError(p.game, "NotRefuted")
      .withArgs(p.made.id);
    // The friend refutes first, by what the other had opened.
    await play(p, p.made, hasty, p.friend);
    const half = bondFor() / 2n;
    expect(await p.bonds.claimableOf(p.friend)).to.equal(half);
    expect(await p.bonds.burned()).to.equal(0n);

    await expect(p.game.connect(p.other).release(p.made.id, honest))
      .to.emit(p.game, "ChallengeClosed")
      .withArgs(p.made.id, p.challenger, honest, 3);
    expect(await p.bonds.claimableOf(p.challenger)).to.equal(spent);
    expect((await p.bonds.bondOf(p.game, p.challenger)).locked).to.equal(0);
    expect(await p.bonds.burned()).to.equal(bondFor() - half - spent);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(0);
    await expect(p.game.release(p.made.id, honest)).to.be.revertedWithCustomError(p.game, "NoSuchChallenge");
  });

  it("can be played no more once the attestation is refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [first, second] = [await challenge(p, p.challenger, p.made), await challenge(p, p.friend, p.made)];
    await play(p, p.made, first, p.challenger);

    for (const call of [p.game.timeout(p.made.id, second), p.game.connect(p.friend).demand(p.made.id, second, 0, 0)])
      await expect(call).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(p.made.id);
  });

  it("share the other half by what each has spent where it is too little for all", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const others = 30;
    await p.bonds.deposit(p.game, p.friend, { value: 100n * ETHER });
    const winner = await challenge(p, p.challenger, p.made);
    const numbers: number[] = [];
    for (let i = 0; i < others; i++) {
      await networkHelpers.setNextBlockBaseFeePerGas(i === 3 ? 7n : 10n * GAS_PRICE);
      numbers.push(await challenge(p, p.friend, p.made));
    }
    await play(p, p.made, winner, p.challenger);
    const half = bondFor() - bondFor() / 2n;
    const { spent: all, left } = await p.game.disputeOf(p.made.id);
    expect(all).to.equal(29n * 100_000n * GAS_PRICE + 100_000n * 7n);
    expect(all).to.be.greaterThan(half);
    expect(left).to.equal(half);
    let paid = 0n;
    for (const number of numbers) {
      const { spent } = await p.game.challengeOf(p.made.id, number);
      await p.game.release(p.made.id, number);
      paid += (spent * half) / all;
      expect(await p.bonds.claimableOf(p.friend)).to.equal(paid);
    }

    expect(await p.bonds.burned()).to.equal(half - paid);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(0);
    expect((await p.bonds.bondOf(p.game, p.friend)).locked).to.equal(0);
  });

  it("bear 1,000 at once: each costs its challenger a bond, and an honest prover opens once", async function () {
    this.timeout(300_000);
    const p = await networkHelpers.loadFixture(fixture);
    const honest = await attestRun(p, "small");
    await p.bonds.deposit(p.game, p.friend, { value: 1000n * challengeBond() });
    const before = await free(p, p.prover);
    const many = (functionName: "challenge" | "timeout", args: (number: number) => unknown[], each: number) =>
      Array.from({ length: 1000 / each }, (_, i) =>
        Array.from({ length: each }, (_, k) =>
          p.game.interface.encodeFunctionData(functionName as "timeout", args(each * i + k) as never),
        ),
      );
    for (const calls of many("challenge", () => [honest.attestation, honest.opened], 50))
      await p.game.connect(p.friend).multicall(calls);
    expect((await p.game.disputeOf(honest.id)).open).to.equal(1000);
    await play(p, honest, 999, p.friend, at(Stage.operators, "challenger"));
    for (const number of [0, 500, 998]) expect((await p.game.turnOf(honest.id, number)).isProvers).to.equal(false);
    await networkHelpers.time.increase(CLOCK + WINDOW);
    for (const calls of many("timeout", (number) => [honest.id, number], 50))
      await p.game.connect(p.other).multicall(calls);
    await p.game.settle(honest.id);

    expect(await p.registry.statusOf(honest.id)).to.equal(Status.Verified);
    expect((await free(p, p.prover)) - before).to.equal(1000n * (challengeBond() / 2n));
    expect((await p.bonds.bondOf(p.game, p.friend)).locked).to.equal(0);
  });
});
