import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { Stage } from "../../../sdk/dispute.ts";
import { createRandom } from "../../simulator/random.ts";
import { attestRun, CLOCK, challenge, forged, gameProtocol, models, nextMove, send } from "../dispute.ts";
import { WINDOW } from "../fixtures.ts";
import { Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame, where prover and challengers are one ring", () => {
  const fixture = () => gameProtocol(ethers, networkHelpers);

  for (let seed = 1; seed <= 12; seed++)
    it(`pays the ring less than it put in (${seed})`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const random = createRandom(seed);
      const ring = [p.prover, p.challenger, p.friend];
      const moneyOf = async (account: HardhatEthersSigner) => {
        const { free, locked, unbonding } = await p.bonds.bondOf(p.game, account);
        return free + locked + unbonding + (await p.bonds.claimableOf(account));
      };
      const money = async () => {
        let sum = 0n;
        for (const account of ring) sum += await moneyOf(account);
        return sum;
      };
      const before = await money();
      const change = random.chance(0.7) ? random.between(0, 7) : undefined;
      const made = await attestRun(p, "small", (run) =>
        change === undefined ? run : forged(models.small, run, 2, change),
      );
      const attestedAt = Number((await p.registry.recordOf(made.id)).attestedAt);
      const numbers: number[] = [];
      const bonds: bigint[] = [];
      for (let i = random.between(1, 4); i > 0; i--) {
        await networkHelpers.setNextBlockBaseFeePerGas(random.between(1, 300));
        const number = await challenge(p, random.pick([p.challenger, p.friend]), made);
        numbers.push(number);
        bonds.push(await p.game.challengeBond(1));
      }
      let burnedAtLeast = 0n;
      while (numbers.length > 0) {
        const number = random.pick(numbers);
        const isOver = (await p.registry.statusOf(made.id)) === BigInt(Status.Refuted);
        const { challenger } = await p.game.challengeOf(made.id, number);
        const own = ring.find(({ address }) => address === challenger) as HardhatEthersSigner;
        const { isProvers, until } = isOver ? { isProvers: false, until: 0n } : await p.game.turnOf(made.id, number);
        const isLate = until <= BigInt(await networkHelpers.time.latest());
        const move = isOver || isLate || random.chance(0.2) ? undefined : await nextMove(p, made, number);
        if (move) {
          await send(p.game.connect(isProvers ? p.prover : own), made.id, number, move);
        } else if (isOver) await p.game.release(made.id, number);
        else {
          await networkHelpers.time.increase(CLOCK + 1);
          await p.game.timeout(made.id, number);
        }
        const { stage } = await p.game.challengeOf(made.id, number);
        if (Number(stage) !== Stage.none) continue;
        numbers.splice(numbers.indexOf(number), 1);
        if (isOver) continue;
        const isRefuted = (await p.registry.statusOf(made.id)) === BigInt(Status.Refuted);
        burnedAtLeast += isRefuted ? 0n : (bonds[0] as bigint) / 2n;
      }
      if ((await p.registry.statusOf(made.id)) === BigInt(Status.Pending)) {
        if ((await networkHelpers.time.latest()) < attestedAt + WINDOW)
          await networkHelpers.time.increaseTo(attestedAt + WINDOW);
        await p.game.settle(made.id);
      }
      const lost = before - (await money());

      expect(lost).to.equal(await p.bonds.burned());
      expect(lost).to.be.greaterThan(0n);
      expect(lost).to.be.at.least(burnedAtLeast);
      for (const account of ring) expect((await p.bonds.bondOf(p.game, account)).locked).to.equal(0);
    });

  it("pays an overtaken challenger no more than its moves burned", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await attestRun(p, "small", (run) => forged(models.small, run, 2, 1));
    const record = async (sent: { wait(): Promise<{ gasUsed: bigint; blockNumber: number } | null> }) => {
      const receipt = await sent.wait();
      const block = await ethers.provider.getBlock(receipt?.blockNumber as number);
      return (receipt?.gasUsed as bigint) * (block?.baseFeePerGas as bigint);
    };
    for (const baseFee of [1, 60, 100, 101, 5000]) {
      await networkHelpers.setNextBlockBaseFeePerGas(baseFee);
      const number = Number((await p.game.disputeOf(made.id)).challenges);
      let burned = await record(await p.game.connect(p.friend).challenge(made.attestation, made.opened));
      for (let i = 0; i < 3; i++) {
        const { isProvers } = await p.game.turnOf(made.id, number);
        const move = await nextMove(p, made, number);
        if (move?.functionName === "show" || !move) break;
        await networkHelpers.setNextBlockBaseFeePerGas(baseFee);
        const fee = await record(await send(p.game.connect(isProvers ? p.prover : p.friend), made.id, number, move));
        if (!isProvers) burned += fee;
      }
      const { spent } = await p.game.challengeOf(made.id, number);
      expect(spent).to.be.greaterThan(0n);
      expect(spent).to.be.at.most(burned);
    }
  });
});
