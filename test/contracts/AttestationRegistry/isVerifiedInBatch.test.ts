import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, toHex } from "viem";
import { buildBatch } from "../../../inference/methods/fraudProof/evidence.ts";
import { batchId } from "../../../sdk/commitments.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import { addressOf, protocol } from "../fixtures.ts";
import { contextOf, MOCK, Status, settle } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("AttestationRegistry.isVerifiedInBatch", () => {
  const leaves = Array.from({ length: 5 }, (_, i) => Uint8Array.of(i, 7, 255));
  const { proof } = orderedTree(leaves);

  async function fixture() {
    const p = await protocol(ethers);
    const common = { prover: p.prover.address as Hex, method: MOCK, modelId: p.integerModel };
    const { batch, traces } = buildBatch({ ...common, context: await contextOf(p) }, leaves);
    await p.registry.connect(p.prover).attestBatch(MOCK, p.integerModel, batch.context, 5, "0x", traces);
    const id = batchId(31337, addressOf(p.registry), batch);
    const ask = (index: number, leaf = leaves[index] as Uint8Array, siblings = proof(index % 5)) =>
      p.registry.isVerifiedInBatch(batch, index, leaf, siblings);
    return { ...p, batch, id, ask };
  }

  for (const status of ["Pending", "Refuted", "Void"] as const)
    it(`denies units of a batch that is ${status}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      if (status !== "Pending") await settle(p, p.id, Status[status]);

      expect(await p.ask(0)).to.equal(false);
    });

  it("denies other activations, other places and other proofs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await settle(p, p.id, Status.Verified);

    expect(await p.ask(1, leaves[2])).to.equal(false);
    expect(await p.ask(1, Uint8Array.of(1, 7))).to.equal(false);
    expect(await p.ask(1, Uint8Array.of(1, 7, 255, 0))).to.equal(false);
    expect(await p.ask(1, leaves[1], proof(0))).to.equal(false);
    expect(await p.ask(1, leaves[1], proof(1).slice(1))).to.equal(false);
    expect(await p.ask(1, leaves[1], [...proof(1), toHex(0, { size: 32 })])).to.equal(false);
    expect(await p.ask(6, leaves[1], proof(1))).to.equal(false);
    expect(await p.registry.isVerifiedInBatch(p.batch, 2n ** 32n, leaves[0] as Uint8Array, proof(0))).to.equal(false);
  });

  it("denies units of a batch that nobody recorded", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await settle(p, p.id, Status.Verified);

    for (const fields of [{ count: 6 }, { prover: p.other.address as Hex }, { modelId: p.floatModel }])
      expect(
        await p.registry.isVerifiedInBatch({ ...p.batch, ...fields }, 0, leaves[0] as Uint8Array, proof(0)),
      ).to.equal(false);
  });

  it("confirms every unit of a verified batch", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await settle(p, p.id, Status.Verified);

    for (const index of leaves.keys()) expect(await p.ask(index)).to.equal(true);
  });
});
