import { expect } from "chai";
import { network } from "hardhat";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash, opened } from "../fixtures.ts";
import {
  attestationUnder,
  commitAttestation,
  draw,
  firstRound,
  panelProtocol,
  RIGHT,
  until,
  WRONG,
} from "../panels.ts";
import { contextOf, MOCK, openSeason, QUORUM, record, Status, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum, when an attestation is recorded", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  it("refuses anyone but the registry", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attestation = await attestationUnder(p, p.prover);
    const { quorum, prover } = p;
    const uid = hash("uid");

    for (const call of [
      () => quorum.connect(prover).onCommit(uid, attestation),
      () => quorum.connect(prover).onReveal(uid, attestation, opened),
      () => quorum.connect(prover).onAttest(uid, attestation, opened, "0x"),
      () => quorum.connect(prover).onAttestBatch(uid, { ...attestation, count: 1, root: uid }, 1, "0x"),
    ])
      await expect(call()).to.be.revertedWithCustomError(quorum, "NotTheRegistry").withArgs(prover);
  });

  it("refuses an open answer", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attestation = await attestationUnder(p, p.prover);
    const { method, modelId, inputHash, context } = attestation;

    await expect(p.registry.connect(p.prover).attest(method, modelId, inputHash, context, opened, "0x"))
      .to.be.revertedWithCustomError(p.quorum, "NotSupported")
      .withArgs(p.quorum.interface.getFunction("onAttest").selector);
  });

  it("refuses a unit of another campaign", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const campaign = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);
    const context = await contextOf({ ...p, campaign }, 1n);

    await expect(commitAttestation(p, { context }))
      .to.be.revertedWithCustomError(p.quorum, "WrongCampaign")
      .withArgs(context);
  });

  it("refuses a unit of a season without a seed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers);

    await expect(commitAttestation(p, { context: await contextOf(p, 1n, 0n, 2n) }))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);
  });

  it("refuses a unit of a season that is over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(p.endsAt);

    await expect(commitAttestation(p))
      .to.be.revertedWithCustomError(p.campaign, "SeasonNotRunning")
      .withArgs(1, p.startsAt, p.endsAt);
  });

  it("refuses another model, a task of another method, an unknown task and a unit out of range", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(commitAttestation(p, { modelId: p.floatModel }))
      .to.be.revertedWithCustomError(p.campaign, "WrongModel")
      .withArgs(p.floatModel, p.integerModel);
    await expect(commitAttestation(p, { context: await contextOf(p, 2n) }))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(QUORUM, MOCK);
    await expect(commitAttestation(p, { context: await contextOf(p, 3n) }))
      .to.be.revertedWithCustomError(p.campaign, "UnknownTask")
      .withArgs(1, 3);
    await expect(commitAttestation(p, { context: await contextOf(p, 1n, BigInt(UNITS)) }))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(UNITS, UNITS);
  });

  it("refuses a second attestation while the unit's first is pending, and once it is Verified or Refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const again = { inputHash: hash("another try") };
    const pending = await commitAttestation(p);
    const { context } = pending.attestation;
    await expect(commitAttestation(p, again))
      .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
      .withArgs(context, pending.uid);

    for (const [unit, vote, status] of [
      [1n, RIGHT, Status.Verified],
      [2n, WRONG, Status.Refuted],
    ] as const) {
      const context = await contextOf(p, 1n, unit);
      const { uid } = await firstRound(p, [vote, vote, vote], { context });
      await p.quorum.settle(uid);
      expect(await p.registry.statusOf(uid)).to.equal(status);
      await expect(commitAttestation(p, { ...again, context }))
        .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
        .withArgs(context, uid);
    }
  });

  it("refuses while the list, as of the block before, is too short for a panel without the prover", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 3);
    await expect(commitAttestation(p)).to.be.revertedWithCustomError(p.quorum, "TooFewVerifiers").withArgs(3, 4);
    const attestation = await attestationUnder(p, p.prover);
    const { method, modelId, inputHash, context, answer } = attestation;
    const late = p.accounts[3] as typeof p.prover;
    await p.bonds.deposit(p.quorum, late, { value: p.parameters.verifierBond });

    // Both in one block: the new member isn't on the list that this attestation's panel is drawn from.
    await ethers.provider.send("evm_setAutomine", [false]);
    await p.quorum.connect(late).join({ gasLimit: 500_000 });
    const sent = await p.registry
      .connect(p.prover)
      .commit(method, modelId, inputHash, context, answer, { gasLimit: 900_000 });
    await networkHelpers.mine();
    await ethers.provider.send("evm_setAutomine", [true]);

    expect(await p.quorum.memberCount()).to.equal(4);
    expect((await ethers.provider.getTransactionReceipt(sent.hash))?.status).to.equal(0);
    await commitAttestation(p);
  });

  it("refuses a prover without the deposit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const deposit = await p.quorum.depositPerAttestation();

    await expect(record(p, p.admin, await attestationUnder(p, p.admin)))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.quorum, p.admin, 0, deposit);
  });

  it("locks the deposit and schedules the draw", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.setNextBlockTimestamp(p.startsAt + 500);

    const attestation = await attestationUnder(p, p.prover);
    const uid = await p.registry.uidOf(attestation);
    const { method, modelId, inputHash, context, answer } = attestation;
    const committed = p.registry.connect(p.prover).commit(method, modelId, inputHash, context, answer);

    const drawUntil = p.startsAt + 560;
    await expect(committed)
      .to.emit(p.quorum, "DrawScheduled")
      .withArgs(uid, 1, (at: bigint) => at > 0n, drawUntil);
    await expect(committed)
      .to.emit(p.bonds, "Locked")
      .withArgs(p.quorum, p.prover, 8n * p.parameters.seatFee);
    const block = await networkHelpers.time.latestBlock();
    const { round, drawn, paysPanel, listBlock, drawBlock } = await p.quorum.caseOf(uid);
    expect([round, drawn, paysPanel]).to.deep.equal([1n, false, false]);
    expect([listBlock, drawBlock]).to.deep.equal([BigInt(block) - 1n, BigInt(block) + 1n]);
    expect(await p.quorum.attestationOf(p.prover, context)).to.equal(uid);
  });

  it("takes free-standing work any number of times, and has it pay its panel", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const inputHash of [hash("input 1"), hash("input 2")]) {
      const { uid } = await commitAttestation(p, { context: FREE_CONTEXT, inputHash });
      expect((await p.quorum.caseOf(uid)).paysPanel).to.equal(true);
    }
    expect(await p.quorum.attestationOf(p.prover, FREE_CONTEXT)).to.equal(ethers.ZeroHash);
  });

  it("takes a Void unit again", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const first = await commitAttestation(p);
    await until(p, (await p.quorum.caseOf(first.uid)).drawUntil);
    await p.quorum.settle(first.uid);
    expect(await p.registry.statusOf(first.uid)).to.equal(Status.Void);

    const second = await commitAttestation(p, { inputHash: hash("another try") });

    expect(await p.quorum.attestationOf(p.prover, second.attestation.context)).to.equal(second.uid);
  });

  it("lets nobody block or charge a unit's owner by copying its commit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const mine = await attestationUnder(p, p.prover);
    await record(p, p.other, { ...(await attestationUnder(p, p.other)), answer: mine.answer });
    const before = await p.bonds.bondOf(p.quorum, p.prover);

    const { uid } = await commitAttestation(p);

    expect(await p.quorum.attestationOf(p.prover, mine.context)).to.equal(uid);
    expect(await p.quorum.attestationOf(p.other, mine.context)).not.to.equal(uid);
    const { free, locked } = await p.bonds.bondOf(p.quorum, p.prover);
    expect(before.free - free).to.equal(await p.quorum.depositPerAttestation());
    expect(locked).to.equal(await p.quorum.depositPerAttestation());
    expect(await draw(p, uid)).to.have.lengthOf(3);
  });
});
