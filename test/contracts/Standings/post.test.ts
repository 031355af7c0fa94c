import { expect } from "chai";
import { network } from "hardhat";
import { cutStandings } from "../../../sdk/standings.ts";
import { contextOf, NO_INPUT, runSeason, Status, settled } from "../seasons.ts";
import { endedSeason, frozenSeason } from "./ended.ts";

const { ethers, networkHelpers } = await network.create();

describe("Standings.post", () => {
  async function running() {
    return endedSeason(ethers, networkHelpers);
  }

  async function fixture() {
    const p = await frozenSeason(ethers, networkHelpers);
    return { ...p, standings: p.standings.connect(p.prover), rival: p.standings.connect(p.other) };
  }

  it("refuses a season that is not frozen", async () => {
    const { standings, inOrder } = await networkHelpers.loadFixture(running);

    await expect(standings.post(1, 1, inOrder))
      .to.be.revertedWithCustomError(standings, "NotFrozen")
      .withArgs(1);
  });

  it("refuses a chunk without accounts", async () => {
    const { standings } = await networkHelpers.loadFixture(fixture);

    await expect(standings.post(1, 1, []))
      .to.be.revertedWithCustomError(standings, "EmptyChunk")
      .withArgs();
  });

  it("refuses a chunk that neither continues the sender's draft nor begins it anew", async () => {
    const { standings, rival, inOrder } = await networkHelpers.loadFixture(fixture);
    await rival.post(1, 1, inOrder.slice(0, 2));
    for (const first of [0, 3, 2 ** 32 - 1])
      await expect(standings.post(1, first, inOrder.slice(2)))
        .to.be.revertedWithCustomError(standings, "WrongPlace")
        .withArgs(first, 1);
    await standings.post(1, 1, inOrder.slice(0, 2));

    for (const first of [0, 2, 4])
      await expect(standings.post(1, first, inOrder.slice(2)))
        .to.be.revertedWithCustomError(standings, "WrongPlace")
        .withArgs(first, 3);
  });

  it("refuses words that are no addresses", async () => {
    const { standings, inOrder, prover } = await networkHelpers.loadFixture(fixture);
    const data = standings.interface.encodeFunctionData("post", [1, 1, inOrder]);
    for (const account of inOrder) {
      const dirty = data.replace(`${"0".repeat(24)}${account.slice(2).toLowerCase()}`, (word) => `01${word.slice(2)}`);

      expect(dirty).not.to.equal(data);
      await expect(prover.sendTransaction({ to: standings, data: dirty })).to.be.revertedWithoutReason(ethers);
    }
  });

  it("refuses an account without an entry, wherever it stands", async () => {
    const { standings, inOrder, stranger } = await networkHelpers.loadFixture(fixture);

    for (const at of [0, 3, 6])
      await expect(standings.post(1, 1, inOrder.toSpliced(at, 0, stranger.address as `0x${string}`)))
        .to.be.revertedWithCustomError(standings, "NoEntry")
        .withArgs(1, stranger);
  });

  it("refuses every exchange of neighbours, also of equal points and across chunks", async () => {
    const { standings, inOrder } = await networkHelpers.loadFixture(fixture);
    for (let i = 0; i + 1 < inOrder.length; i++) {
      const [a, b] = inOrder.slice(i, i + 2) as [string, string];
      const wrong = inOrder.toSpliced(i, 2, b as `0x${string}`, a as `0x${string}`);
      const refused = (sent: Promise<unknown>) =>
        expect(sent)
          .to.be.revertedWithCustomError(standings, "OutOfOrder")
          .withArgs(1, a, i + 2);

      await refused(standings.post(1, 1, wrong));
      await standings.post(1, 1, wrong.slice(0, i + 1));
      await refused(standings.post(1, i + 2, wrong.slice(i + 1)));
    }
  });

  it("refuses an account twice, in a chunk and across chunks", async () => {
    const { standings, inOrder } = await networkHelpers.loadFixture(fixture);
    for (const [i, account] of inOrder.entries()) {
      const doubled = inOrder.toSpliced(i, 0, account);
      const refused = (sent: Promise<unknown>) =>
        expect(sent)
          .to.be.revertedWithCustomError(standings, "OutOfOrder")
          .withArgs(1, account, i + 2);

      await refused(standings.post(1, 1, doubled));
      if (i + 1 === inOrder.length) continue;
      await standings.post(1, 1, doubled.slice(0, i + 1));
      await refused(standings.post(1, i + 2, doubled.slice(i + 1)));
    }
  });

  it("refuses everything after the order became final, also to begin the final draft anew", async () => {
    const { standings, rival, inOrder } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder);

    for (const [poster, first] of [
      [standings, 1],
      [standings, 7],
      [rival, 1],
    ] as const)
      await expect(poster.post(1, first, inOrder))
        .to.be.revertedWithCustomError(standings, "AlreadyFinal")
        .withArgs(1);
  });

  it("refuses accounts that have an entry in another season alone", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { standings, inOrder, campaign, stranger } = p;
    const { closesAt } = await runSeason(p, networkHelpers);
    const context = await contextOf(p, 2n, 0n, 2n);
    const { attestation } = await settled(p, stranger, Status.Verified, { context });
    await campaign.award(stranger, attestation, NO_INPUT);
    await networkHelpers.time.increaseTo(closesAt);
    await standings.freeze(2);

    await expect(standings.post(2, 1, inOrder))
      .to.be.revertedWithCustomError(standings, "NoEntry")
      .withArgs(2, inOrder[0]);
    await expect(standings.post(2, 1, [stranger]))
      .to.emit(standings, "SeasonFinalised")
      .withArgs(2, standings.runner, 1);
    expect((await standings.endOf(1)).finalisedAt).to.equal(0);
  });

  it("keeps a draft that is not complete, without an end", async () => {
    const { standings, prover, inOrder, order } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder.slice(0, 1));
    await expect(standings.post(1, 2, inOrder.slice(1, 5))).not.to.emit(standings, "SeasonFinalised");

    const { rank, points, lastSeq } = order[4] as (typeof order)[number];
    expect(await standings.draftOf(1, prover)).to.deep.equal([1n, 5n, BigInt(rank), points, lastSeq]);
    expect((await standings.endOf(1)).finalisedAt).to.equal(0);
  });

  it("never makes a draft final that left an account out, wherever it stood", async () => {
    const { standings, inOrder } = await networkHelpers.loadFixture(fixture);
    for (const [i, missing] of inOrder.entries()) {
      await expect(standings.post(1, 1, inOrder.toSpliced(i, 1))).not.to.emit(standings, "SeasonFinalised");
      if (i + 1 === inOrder.length) continue;
      await expect(standings.post(1, inOrder.length, [missing]))
        .to.be.revertedWithCustomError(standings, "OutOfOrder")
        .withArgs(1, missing, inOrder.length);
    }
    expect((await standings.endOf(1)).finalisedAt).to.equal(0);
  });

  it("begins a draft anew at place 1", async () => {
    const { standings, prover, inOrder } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder.slice(3));
    await standings.post(1, 1, inOrder.slice(0, 1));

    expect((await standings.draftOf(1, prover)).slice(0, 3)).to.deep.equal([2n, 1n, 1n]);
    await expect(standings.post(1, 2, inOrder.slice(1)))
      .to.emit(standings, "SeasonFinalised")
      .withArgs(1, prover, 6);
  });

  it("overtakes a poster that stopped half-way", async () => {
    const { standings, rival, other, inOrder } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder.slice(0, 5));

    await expect(rival.post(1, 1, inOrder))
      .to.emit(rival, "SeasonFinalised")
      .withArgs(1, other, 6);
  });

  for (const size of [1, 2, 4, 5, 6])
    it(`makes the right order final in chunks of ${size}, with the sdk's roots`, async () => {
      const { standings, prover, order } = await networkHelpers.loadFixture(fixture);
      expect(order.map(({ rank, points }) => [rank, points])).to.deep.equal([
        ...[
          [1, 100n],
          [2, 50n],
          [2, 50n],
        ],
        ...[
          [4, 10n],
          [5, 0n],
          [5, 0n],
        ],
      ]);
      for (const { first, root, standings: chunk } of cutStandings(order, size)) {
        const accounts = chunk.map(({ account }) => account);
        await expect(standings.post(1, first, accounts))
          .to.emit(standings, "StandingsPosted")
          .withArgs(1, prover, first, root, accounts);
      }

      const finalisedAt = BigInt(await networkHelpers.time.latest());
      expect(await standings.endOf(1)).to.deep.equal([6n, prover.address, finalisedAt, true, 210n, 1n]);
    });
});
