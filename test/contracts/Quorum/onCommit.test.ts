import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash, opened } from "../fixtures.ts";
import {
  attestationUnder,
  caseOf,
  commitAttestation,
  draw,
  OTHER,
  type Panels,
  panelProtocol,
  play,
  RIGHT,
  Stage,
  settle,
  until,
  WRONG,
} from "../panels.ts";
import { contextOf, MOCK, openSeason, QUORUM, record, Status, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** An attestation whose panel isn't drawn in time: Void. */
async function lapse(p: Panels, text: string) {
  const { uid } = await commitAttestation(p, { inputHash: hash(text) });
  await until(p, (await p.quorum.caseOf(uid)).drawUntil);
  await p.quorum.settle(uid);
  expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
}

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
      const { uid } = await play(p, { first: [vote, vote, vote] }, { context });
      await settle(p, uid);
      expect(await p.registry.statusOf(uid)).to.equal(status);
      await expect(commitAttestation(p, { ...again, context }))
        .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
        .withArgs(context, uid);
    }
  });

  it("refuses a unit whose prover let it lapse three times, and no other unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const text of ["first", "second", "third"]) await lapse(p, text);

    for (const text of ["fourth", "fifth"])
      await expect(commitAttestation(p, { inputHash: hash(text) }))
        .to.be.revertedWithCustomError(p.quorum, "NoTriesLeft")
        .withArgs(await contextOf(p, 1n), 3);
    await commitAttestation(p, { context: await contextOf(p, 1n, 1n) });
    await record(p, p.other, await attestationUnder(p, p.other));
  });

  it("counts a deciding panel that isn't drawn as a lapse, and what members void as none", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const undecided = await play(p, { first: [RIGHT, WRONG, OTHER], deciding: [] }, { inputHash: hash("first") });
    await p.quorum.settle(undecided.uid);
    await lapse(p, "second");
    for (const text of ["voided", "voided again"]) {
      const course = { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, OTHER] };
      const { uid } = await play(p, course, { inputHash: hash(text) });
      await settle(p, uid);
      expect(await p.registry.statusOf(uid)).to.equal(Status.Void);
    }
    await lapse(p, "third");

    await expect(commitAttestation(p, { inputHash: hash("one more") }))
      .to.be.revertedWithCustomError(p.quorum, "NoTriesLeft")
      .withArgs(await contextOf(p, 1n), 3);
  });

  it("refuses while the list, as of the block before, is shorter than two first panels and the prover", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 6);
    for (const context of [await contextOf(p, 1n), FREE_CONTEXT])
      await expect(commitAttestation(p, { context }))
        .to.be.revertedWithCustomError(p.quorum, "TooFewVerifiers")
        .withArgs(6, 7);
    const attestation = await attestationUnder(p, p.prover);
    const { method, modelId, inputHash, context, answer } = attestation;
    const late = p.accounts[6] as typeof p.prover;
    await p.bonds.deposit(p.quorum, late, { value: p.parameters.verifierBond });

    // Both in one block: the new member isn't on the list that this attestation's panel is drawn from.
    await ethers.provider.send("evm_setAutomine", [false]);
    await p.quorum.connect(late).join({ gasLimit: 500_000 });
    const sent = await p.registry
      .connect(p.prover)
      .commit(method, modelId, inputHash, context, answer, { gasLimit: 900_000 });
    await networkHelpers.mine();
    await ethers.provider.send("evm_setAutomine", [true]);

    expect(await p.quorum.memberCount()).to.equal(7);
    expect((await ethers.provider.getTransactionReceipt(sent.hash))?.status).to.equal(0);
    await commitAttestation(p);
  });

  for (const [verifiers, mostFree, mostUnits] of [
    [7, 4, 9],
    [8, 5, 10],
    [9, 6, 12],
  ] as const)
    it(`bears ${mostUnits} attestations with ${verifiers} verifiers, and free ones as long as there are ${mostFree}`, async () => {
      const p = await panelProtocol(ethers, networkHelpers, verifiers);
      const free = (i: number) => commitAttestation(p, { context: FREE_CONTEXT, inputHash: hash(`${i}`) });
      const unit = async (i: number) => {
        const prover = i < UNITS ? p.prover : p.other;
        return record(
          p,
          prover,
          await attestationUnder(p, prover, { context: await contextOf(p, 1n, BigInt(i % UNITS)) }),
        );
      };
      for (let i = 0; i < mostFree; i++) await free(i);
      expect(await p.quorum.pendingCount()).to.equal(mostFree);

      await expect(free(mostFree))
        .to.be.revertedWithCustomError(p.quorum, "TooManyPending")
        .withArgs(mostFree, mostFree);
      const units = mostUnits - mostFree;
      for (let i = 0; i < units; i++) await unit(i);
      expect(await p.quorum.pendingCount()).to.equal(mostUnits);
      await expect(unit(units))
        .to.be.revertedWithCustomError(p.quorum, "TooManyPending")
        .withArgs(mostUnits, mostUnits);
      await expect(free(mostFree))
        .to.be.revertedWithCustomError(p.quorum, "TooManyPending")
        .withArgs(mostUnits, mostFree);
    });

  it("refuses a prover without the deposit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const deposit = await p.quorum.depositPerAttestation();
    await p.bonds.deposit(p.quorum, p.admin, { value: deposit - 1n });

    await expect(record(p, p.admin, await attestationUnder(p, p.admin)))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.quorum, p.admin, deposit - 1n, deposit);
  });

  it("locks the deposit and schedules the draw", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const attestation = await attestationUnder(p, p.prover);
    const uid = (await p.registry.uidOf(attestation)) as Hex;
    const { method, modelId, inputHash, context, answer } = attestation;
    const block = BigInt(await networkHelpers.time.latestBlock()) + 1n;
    await networkHelpers.time.setNextBlockTimestamp(p.startsAt + 500);

    const committed = p.registry.connect(p.prover).commit(method, modelId, inputHash, context, answer);

    const drawUntil = BigInt(p.startsAt) + 560n;
    await expect(committed)
      .to.emit(p.quorum, "DrawScheduled")
      .withArgs(uid, 1, block + 1n, drawUntil);
    await expect(committed)
      .to.emit(p.bonds, "Locked")
      .withArgs(p.quorum, p.prover, p.parameters.stake + 3n * p.parameters.seatFee);
    expect(await caseOf(p, uid)).to.deep.equal({
      ...{ stage: Stage.Drawing, round: 1n, proverRevealed: false, refilled: false },
      ...{ committed: 0n, revealed: 0n, firstSeats: 0n },
      ...{ listBlock: block - 1n, drawBlock: block + 1n, drawUntil, commitUntil: 0n, revealUntil: 0n },
    });
    expect(await p.quorum.attestationOf(p.prover, context)).to.equal(uid);
    expect(await p.quorum.pendingCount()).to.equal(1);
    expect(await p.quorum.seatsOf(uid)).to.deep.equal([]);
  });

  it("has the block decide that is `drawDelay` blocks later", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 7, { drawDelay: 9 });

    const { uid } = await commitAttestation(p);

    const { drawBlock } = await p.quorum.caseOf(uid);
    expect(drawBlock).to.equal((await networkHelpers.time.latestBlock()) + 9);
  });

  it("takes free-standing work any number of times", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const inputHash of [hash("input 1"), hash("input 2")])
      await commitAttestation(p, { context: FREE_CONTEXT, inputHash });

    expect(await p.quorum.attestationOf(p.prover, FREE_CONTEXT)).to.equal(ethers.ZeroHash);
  });

  it("takes a Void unit again", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await lapse(p, "first");

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
