import { expect } from "chai";
import { network } from "hardhat";
import { circuit, stripes, ZK, zkProtocol, zkPublished } from "../zk.ts";

const { ethers, networkHelpers } = await network.create();

describe("ZkProof, asked", () => {
  const published = () => zkPublished(ethers);
  const running = () => zkProtocol(ethers, networkHelpers);

  it("settles only models whose key is admitted", async () => {
    const { zk, modelId } = await networkHelpers.loadFixture(published);

    await expect(zk.requireModel(modelId, stripes.layout))
      .to.be.revertedWithCustomError(zk, "KeyNotAdmitted")
      .withArgs(modelId);
    await zk.admit(modelId, stripes.layout, circuit.key);
    await zk.requireModel(modelId, stripes.layout);
  });

  it("keeps a model out of a season until its key is admitted", async () => {
    const p = await networkHelpers.loadFixture(published);
    const startsAt = (await networkHelpers.time.latest()) + 1000;
    const organised = p.campaign.connect(p.organiser);
    await organised.draft(startsAt, startsAt + 1000, startsAt + 2000, 0);
    const rules = { modelId: p.modelId, method: ZK, points: 10, unitsPerAccount: 1, noise: 8 };

    await expect(organised.addTask(1, rules, stripes.layout, stripes.inputs))
      .to.be.revertedWithCustomError(p.zk, "KeyNotAdmitted")
      .withArgs(p.modelId);
  });

  it("settles at once, never void, and leaves the input to the campaign", async () => {
    const p = await networkHelpers.loadFixture(running);

    expect(await p.zk.longest()).to.equal(0n);
    expect(await p.zk.canVoid()).to.equal(false);
    expect(await p.zk.checksInput()).to.equal(false);
    expect(await p.zk.verifiersOf(p.modelId)).to.deep.equal([]);
    expect(await p.zk.campaign()).to.equal(await p.campaign.getAddress());
  });
});
