import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, hexToBytes } from "viem";
import { forward } from "../../../inference/integer.ts";
import { disputeRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { type Answer, answerHash, unitSeed, ZERO_HASH } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { NO_INPUT, showInput, unitInput } from "../../../sdk/units.ts";
import { addressOf, ETHER, hash, integerLayout, WINDOW } from "../fixtures.ts";
import { bondFor, changed, layers, layout, wrongRow } from "../fraud.ts";
import {
  appeal,
  commitVotes,
  draw,
  openAnswer,
  type Panels,
  panelProtocol,
  revealVotes,
  Stage,
  settle,
  type Vote,
  WRONG,
} from "../panels.ts";
import { bases, contextOf, inputs, QUORUM, record, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const task = { inputs: hexToBytes(inputs), inputCount: bases.length, noise: 100 };

describe("FraudProof.show", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers);
    await p.bonds.deposit(p.fraud, p.prover, { value: ETHER });
    return p;
  }

  /** A unit's run, its attestation under Quorum, and what proves its input; `spoil` may change the trace. */
  async function runOf(p: Panels, spoil = (trace: Uint8Array) => trace, unit = 0) {
    const seed = unitSeed(p.seed, 1n, addressOf(p.prover), BigInt(unit));
    const trace = spoil(traceOf(forward(layers, unitInput(seed, task))));
    const made = buildTraced(layout, {
      ...{ prover: addressOf(p.prover), method: QUORUM, modelId: p.integerModel, salt: hash("salt"), trace },
      context: await contextOf(p, 1n, BigInt(unit)),
    });
    const answer: Answer = { ...made.answer, traceHash: ZERO_HASH };
    const attestation = { ...made.attestation, answer: answerHash(addressOf(p.prover), answer) };
    return { trace, attestation, answer, input: showInput(seed, task, integerLayout.input) };
  }

  type Run = Awaited<ReturnType<typeof runOf>>;

  /** Has the first panel vote on a run. */
  async function vote(p: Panels, { attestation, answer }: Run, votes: readonly Vote[]) {
    const uid = await record(p, p.prover, attestation);
    await draw(p, uid);
    await commitVotes(p, uid, votes);
    await openAnswer(p, attestation, answer);
    await revealVotes(p, uid, votes);
    return uid;
  }

  /** A run that the first panel decided against. */
  async function decided(p: Panels, spoil?: (trace: Uint8Array) => Uint8Array) {
    const run = await runOf(p, spoil);
    return { ...run, uid: await vote(p, run, [WRONG, WRONG, WRONG]) };
  }

  const show = (p: Panels, run: Run, fields: Partial<Run> = {}, by = p.prover) => {
    const { attestation, answer, trace, input } = { ...run, ...fields };
    return p.fraud.connect(by).show(attestation, answer, bytesToHex(layout), bytesToHex(trace), input);
  };

  const refute = (p: Panels, { attestation, answer, trace }: Run, place = wrongRow(trace)) =>
    p.fraud.connect(p.accounts[15]).refute(attestation, answer, bytesToHex(trace), disputeRow(layout, layers, place));

  it("refuses anybody but the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);

    await expect(show(p, run, {}, p.other))
      .to.be.revertedWithCustomError(p.registry, "NotTheProver")
      .withArgs(p.other, p.prover);
  });

  it("refuses an attestation under a method that takes no shown run, or none", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);
    await p.registry.addMethod(p.fraud);

    await expect(show(p, run, { attestation: { ...run.attestation, method: 3 } }))
      .to.be.revertedWithCustomError(p.fraud, "NotSupported")
      .withArgs(p.fraud.interface.getFunction("onShown").selector);
    await expect(show(p, run, { attestation: { ...run.attestation, method: 0 } }))
      .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
      .withArgs(0);
  });

  it("tells no method that a shown run is settled which takes none", async () => {
    const { fraud, other } = await networkHelpers.loadFixture(fixture);

    await expect(fraud.connect(other).onShownSettled(hash("uid"), Status.Verified, other))
      .to.be.revertedWithCustomError(fraud, "NotSupported")
      .withArgs(fraud.interface.getFunction("onShownSettled").selector);
  });

  it("refuses another answer than the attested one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);

    await expect(show(p, run, { answer: { ...run.answer, salt: hash("other") } }))
      .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
      .withArgs(run.uid);
  });

  it("refuses a trace whose ends aren't the attested input and output, or of another length", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);

    for (const at of [0, run.trace.length - 1])
      await expect(show(p, run, { trace: changed(run.trace, at) }))
        .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
        .withArgs(run.uid);
    await expect(show(p, run, { trace: run.trace.slice(1) }))
      .to.be.revertedWithCustomError(p.fraud, "WrongTraceLength")
      .withArgs(8, 9);
  });

  it("refuses a unit's run on another input than the assigned one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p, (trace) => changed(trace, 0));

    await expect(show(p, run)).to.be.revertedWithCustomError(p.fraud, "WrongTrace").withArgs(run.uid);
  });

  it("refuses it when the method says that it isn't the time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);
    await networkHelpers.time.increase(p.parameters.appealWindow);

    await expect(show(p, run)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(run.uid);
  });

  it("refuses a prover without the bond of a unit", async () => {
    const p = await networkHelpers.loadFixture(panelFixture);
    const run = await decided(p);

    await expect(show(p, run))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.fraud, p.prover, 0, bondFor(1));
  });

  async function panelFixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  it("ends the vote, says until when it can be refuted, and locks the bond of a unit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);
    const shown = show(p, run);

    await expect(shown).to.emit(p.bonds, "Locked").withArgs(p.fraud, p.prover, bondFor(1));
    const until = BigInt((await networkHelpers.time.latest()) + WINDOW);
    await expect(shown).to.emit(p.quorum, "RunShown").withArgs(run.uid, until, bytesToHex(run.trace));
    expect((await p.quorum.caseOf(run.uid)).stage).to.equal(Stage.Shown);
    await expect(p.quorum.settle(run.uid))
      .to.be.revertedWithCustomError(p.quorum, "NotVoting")
      .withArgs(run.uid, Stage.Shown);
  });

  it("refuses to settle it before the window is over, or to refute it afterwards", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p, (trace) => changed(trace, 5));
    await show(p, run);
    const until = (await networkHelpers.time.latest()) + WINDOW;

    await networkHelpers.time.setNextBlockTimestamp(until - 1);
    await expect(p.fraud.settle(run.uid)).to.be.revertedWithCustomError(p.fraud, "WindowOpen").withArgs(run.uid, until);
    await networkHelpers.time.setNextBlockTimestamp(until);
    await expect(refute(p, run)).to.be.revertedWithCustomError(p.fraud, "WindowOver").withArgs(run.uid, until);
  });

  it("refuses to refute a run that was not shown, by another trace, or by a row that is right", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p, (trace) => changed(trace, 5));
    await expect(refute(p, run)).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(run.uid);
    await show(p, run);

    await expect(refute(p, { ...run, trace: changed(run.trace, 6) }))
      .to.be.revertedWithCustomError(p.fraud, "WrongTrace")
      .withArgs(run.uid);
    await expect(refute(p, run, { layer: 0, row: 0, claimed: 0, correct: 0 })).to.be.revertedWithCustomError(
      p.fraud,
      "RowIsRight",
    );
  });

  it("verifies an honest run that a panel decided against, and judges no vote", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);
    await show(p, run);
    await networkHelpers.time.increase(WINDOW);
    const settled = p.fraud.settle(run.uid);

    await expect(settled).to.emit(p.registry, "StatusChanged");
    await expect(settled).not.to.emit(p.quorum, "Penalised");
    await expect(settled).to.emit(p.bonds, "Unlocked").withArgs(p.fraud, p.prover, bondFor(1));
    expect(await p.registry.statusOf(run.uid)).to.equal(Status.Verified);
    expect((await p.bonds.bondOf(p.fraud, p.prover)).free).to.equal(ETHER);
    await p.campaign.award(p.prover, run.attestation, NO_INPUT);
  });

  it("refutes a shown lie by one row: half of the bond to who showed it, and the prover's stake is lost", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await runOf(p, (trace) => changed(trace, 8));
    const uid = await vote(p, run, [run.answer.outputHash, run.answer.outputHash, run.answer.outputHash]);
    await appeal(p, uid);
    await show(p, run);
    const refuted = refute(p, run);

    await expect(refuted).to.emit(p.fraud, "RowRefuted");
    await expect(refuted)
      .to.emit(p.bonds, "Paid")
      .withArgs(p.fraud, p.prover, p.accounts[15], bondFor(1) / 2n);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
    const { free, locked } = await p.bonds.bondOf(p.quorum, p.prover);
    expect(locked).to.equal(0);
    expect(free).to.equal(ETHER - p.parameters.stake - 3n * p.parameters.seatFee);
    await expect(refute(p, run)).to.be.revertedWithCustomError(p.fraud, "NotOpen").withArgs(uid);
  });

  it("takes a free attestation's run without a base input", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const made = await runOf(p);
    const free = { ...made, input: NO_INPUT, attestation: { ...made.attestation, context: FREE_CONTEXT } };
    const uid = await vote(p, free, [WRONG, WRONG, WRONG]);
    await show(p, free);

    expect((await p.quorum.caseOf(uid)).stage).to.equal(Stage.Shown);
  });

  it("can't be shown twice, nor after the attestation was settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const run = await decided(p);
    await show(p, run);
    await expect(show(p, run)).to.be.revertedWithCustomError(p.quorum, "NotShowable").withArgs(run.uid);
    await networkHelpers.time.increase(WINDOW);
    await p.fraud.settle(run.uid);

    await expect(show(p, run)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(run.uid);
    const other = await runOf(p, undefined, 1);
    const uid = await vote(p, other, [WRONG, WRONG, WRONG]);
    await settle(p, uid);
    await expect(show(p, other)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(uid);
  });
});
