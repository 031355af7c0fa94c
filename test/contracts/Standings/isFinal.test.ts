import { expect } from "chai";
import { network } from "hardhat";
import type { Standing } from "../../../sdk/ledger.ts";
import { cutStandings } from "../../../sdk/standings.ts";
import { frozenSeason } from "./ended.ts";

const { ethers, networkHelpers } = await network.create();

describe("Standings.isFinal", () => {
  async function fixture() {
    const p = await frozenSeason(ethers, networkHelpers);
    return { ...p, chunks: cutStandings(p.order, 4) };
  }

  async function final() {
    const p = await fixture();
    // Roots of an earlier try, at the same places.
    await p.standings.post(1, 1, p.inOrder.slice(0, 3));
    for (const { first, standings } of p.chunks)
      await p.standings.post(
        1,
        first,
        standings.map(({ account }) => account),
      );
    return p;
  }

  it("is false while no draft is complete", async () => {
    const { standings, inOrder, chunks, order } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder.slice(0, 4));

    expect(await standings.finalRootOf(1, 1)).to.equal(ethers.ZeroHash);
    expect(await standings.isFinal(1, order[0] as Standing, chunks[0]?.proof(1) as never)).to.equal(false);
  });

  it("is false for any other value of a standing or its proof", async () => {
    const { standings, chunks, order } = await networkHelpers.loadFixture(final);
    for (const chunk of chunks)
      for (const standing of chunk.standings) {
        const proof = chunk.proof(standing.place);
        const { place, rank, points, lastSeq } = standing;
        const others = [
          ...[{ place: place + 1 }, { place: 0 }, { rank: rank + 1 }, { points: points + 1n }],
          ...[{ lastSeq: lastSeq + 1n }, { account: order[place % 6]?.account as `0x${string}` }],
        ];
        for (const other of others)
          expect(await standings.isFinal(1, { ...standing, ...other }, proof)).to.equal(false);
        for (const other of [
          ...[{ index: proof.index + 1 }, { index: 2 ** 32 - 1 }, { count: proof.count + 1 }],
          ...[{ siblings: proof.siblings.slice(1) }, { siblings: [...proof.siblings, ethers.ZeroHash] }],
        ])
          expect(await standings.isFinal(1, standing, { ...proof, ...other })).to.equal(false);
        expect(await standings.isFinal(2, standing, proof)).to.equal(false);
      }
  });

  it("is false for roots of an earlier try and of another poster", async () => {
    const { standings, other, inOrder, order } = await networkHelpers.loadFixture(fixture);
    await standings.post(1, 1, inOrder.slice(0, 3));
    await standings.connect(other).post(1, 1, inOrder.slice(0, 2));
    await standings.post(1, 1, inOrder);

    for (const size of [2, 3, 6])
      expect(
        await standings.isFinal(1, order[0] as Standing, cutStandings(order, size)[0]?.proof(1) as never),
      ).to.equal(size === 6);
  });

  it("has its roots at the first places of the final chunks alone", async () => {
    const { standings, chunks } = await networkHelpers.loadFixture(final);
    const { finalisedAt, participants } = await standings.endOf(1);
    const roots = chunks.map(({ first, root }) => [first, root] as const);
    for (const [first, root] of [...roots, ...[0, 2, 4, 7].map((first) => [first, ethers.ZeroHash] as const)]) {
      expect(await standings.finalRootOf(1, first)).to.equal(root);
      expect(await standings.finalChunkOf(1, first)).to.deep.equal([root, finalisedAt, participants]);
    }
    expect(await standings.finalRootOf(2, 1)).to.equal(ethers.ZeroHash);
    expect(await standings.finalChunkOf(2, 1)).to.deep.equal([ethers.ZeroHash, 0n, 0n]);
  });

  it("is true for each standing of the final order", async () => {
    const { standings, chunks } = await networkHelpers.loadFixture(final);
    for (const { standings: chunk, proof } of chunks)
      for (const standing of chunk) expect(await standings.isFinal(1, standing, proof(standing.place))).to.equal(true);
  });
});
