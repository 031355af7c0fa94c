import { expect } from "chai";
import { network } from "hardhat";
import { deployFraudProof, hash, WINDOW } from "../fixtures.ts";
import {
  attestBatch,
  attestSingle,
  batchOf,
  bondFor,
  changed,
  fraudProtocol,
  honest,
  passWindow,
  refutedBatch,
  singleOf,
} from "../fraud.ts";
import { record, Status, unitAttestation } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("FraudProof.settle", () => {
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    const made = await batchOf(p, p.prover, 0, 3);
    return { ...p, made, id: await attestBatch(p, p.prover, made), fraud: p.fraud.connect(p.other) };
  }

  it("refuses what nobody recorded, what another method settles, and what is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const mocks = await record(p, p.prover, await unitAttestation(p, p.prover));
    const refuted = (await refutedBatch(p, p.prover, 10, 1)).id;
    await passWindow(p);
    await p.fraud.settle(p.id);

    for (const id of [hash("nothing"), mocks, refuted, p.id])
      await expect(p.fraud.settle(id)).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(id);
  });

  it("refuses what a second FraudProof holds the bond of", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const twin = await deployFraudProof(ethers, p);
    await passWindow(p);

    await expect(twin.settle(p.id)).to.be.revertedWithCustomError(twin, "NotOpen").withArgs(p.id);
  });

  it("refuses until the window is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const until = Number((await p.registry.recordOf(p.id)).attestedAt) + WINDOW;
    await networkHelpers.time.setNextBlockTimestamp(until - 1);
    await expect(p.fraud.settle(p.id)).to.be.revertedWithCustomError(p.fraud, "WindowOpen").withArgs(p.id, until);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await p.fraud.settle(p.id);

    expect(await p.registry.statusOf(p.id)).to.equal(Status.Verified);
  });

  it("verifies on anyone's transaction and gives every unit's bond back", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await passWindow(p);
    const settled = p.fraud.settle(p.id);

    await expect(settled).to.emit(p.registry, "StatusChanged").withArgs(p.id, Status.Verified, p.other);
    await expect(settled).to.emit(p.bonds, "Unlocked").withArgs(p.fraud, p.prover, bondFor(3));
    expect((await p.bonds.bondOf(p.fraud, p.prover)).locked).to.equal(0);
  });

  it("verifies a single attestation, true or not, if nobody looked", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const lie = singleOf(p, p.prover, changed(honest(p, p.prover, 0), 5));
    const uid = await attestSingle(p, p.prover, lie);
    await passWindow(p);

    await expect(p.fraud.settle(uid)).to.emit(p.bonds, "Unlocked").withArgs(p.fraud, p.prover, bondFor(1));

    expect(await p.registry.statusOf(uid)).to.equal(Status.Verified);
  });
});
