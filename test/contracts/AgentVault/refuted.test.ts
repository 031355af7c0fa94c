import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { disputeRow, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { isAllowed } from "../../../models/risk8/measure.ts";
import { Status } from "../../../sdk/protocol.ts";
import { addressOf, WINDOW } from "../fixtures.ts";
import { attestRun, type Refutable, refutableProtocol, runOf } from "./refutable.ts";
import { coverIt, depositMove, ETH, execute, type Move, propose, tradeMove, transferOf } from "./vaults.ts";

const { ethers, networkHelpers } = await network.create();
const fixture = () => refutableProtocol(ethers, networkHelpers);

const yes = (trace: Uint8Array) => isAllowed(new Int8Array(trace.slice(-2).buffer));

/** A run whose answer is turned round, so that only its last layer is wrong. */
function turned(trace: Uint8Array): Uint8Array {
  const lie = trace.slice();
  lie.set([trace.at(-1) as number, trace.at(-2) as number], trace.length - 2);
  return lie;
}

/** Anyone shows a row of a run that is wrong. */
async function refute(p: Refutable, { attestation, opened }: Awaited<ReturnType<typeof attestRun>>, trace: Uint8Array) {
  const wrong = findWrongRow(p.layers, trace);
  if (!wrong) throw new Error("No row of the trace is wrong.");
  await p.fraud.connect(p.stranger).refute(attestation, opened, trace, disputeRow(p.scores.layout, p.layers, wrong));
}

/** Moves that `risk8` refuses, with their assets. */
const refused = (p: Refutable): [Move, Hex][] => [
  [depositMove(p), ETH],
  [{ route: 3, target: addressOf(p.token), value: 0n, data: transferOf(p.payee, 50n) }, addressOf(p.token)],
];

describe("AgentVault under FraudProof, with risk8,", () => {
  it("runs a move that the model allows, at once on its cover, and nothing is refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const proposed = await propose(p, tradeMove(p));
    const trace = runOf(p, proposed);
    expect(yes(trace)).to.equal(true);
    const answered = await attestRun(p, proposed, trace);
    await coverIt(p, answered, 50n);
    await expect(execute(p, proposed, answered))
      .to.emit(p.target, "Traded")
      .withArgs(p.vault, 0, 50);

    expect(findWrongRow(p.layers, trace)).to.equal(undefined);
    await networkHelpers.time.increase(WINDOW);
    await p.fraud.settle(answered.uid);
    await p.cover.settle(answered.uid, p.vault, p.token);
    await expect(p.cover.withdraw(p.token, p.prover)).to.changeTokenBalance(ethers, p.token, p.prover, 50n);
  });

  it("runs no move that the model refuses", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [move, asset] of refused(p)) {
      const proposed = await propose(p, move);
      const answered = await attestRun(p, proposed, runOf(p, proposed));
      await coverIt(p, answered, 50n, asset);

      await expect(execute(p, proposed, answered))
        .to.be.revertedWithCustomError(p.vault, "MoveRefused")
        .withArgs(answered.uid);
    }
  });

  it("gets back what it moved on a lie, in ETH and in tokens", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const before = [await ethers.provider.getBalance(p.vault), await p.token.balanceOf(p.vault)];
    for (const [move, asset] of refused(p)) {
      const proposed = await propose(p, move);
      const lie = turned(runOf(p, proposed));
      const answered = await attestRun(p, proposed, lie);
      await coverIt(p, answered, 50n, asset);
      await execute(p, proposed, answered);
      expect(await p.vault.spentToday(asset)).to.deep.equal([50n, 1n]);

      await refute(p, answered, lie);
      expect(await p.registry.statusOf(answered.uid)).to.equal(Status.refuted);
      await p.cover.settle(answered.uid, p.vault, asset);
      await p.cover.connect(p.stranger).withdraw(asset, p.vault);
    }
    expect([await ethers.provider.getBalance(p.vault), await p.token.balanceOf(p.vault)]).to.deep.equal(before);
  });

  it("doesn't act on a lie that was refuted before", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const proposed = await propose(p, depositMove(p));
    const lie = turned(runOf(p, proposed));
    const answered = await attestRun(p, proposed, lie);
    await coverIt(p, answered, 50n, ETH);
    await refute(p, answered, lie);

    await expect(execute(p, proposed, answered))
      .to.be.revertedWithCustomError(p.vault, "NotActionable")
      .withArgs(answered.uid, Status.refuted);
  });
});
