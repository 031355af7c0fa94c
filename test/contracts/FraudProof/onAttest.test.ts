import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex, keccak256, toHex } from "viem";
import { type Answer, answerHash } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows } from "../../../sdk/layouts.ts";
import { floatLayout, hash, integerLayout, publication, rowsOf } from "../fixtures.ts";
import {
  attestSingle,
  bondFor,
  changed,
  FRAUD,
  FRAUD_TASK,
  FRAUD_UNITS,
  fraudProtocol,
  honest,
  layout,
  type Single,
  singleOf,
} from "../fraud.ts";
import { contextOf, MOCK, openSeason, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("FraudProof, when an attestation is recorded", () => {
  async function fixture() {
    const p = await fraudProtocol(ethers, networkHelpers);
    const trace = honest(p, p.prover, 0);
    const single = singleOf(p, p.prover, trace);
    /** Records an attestation whose fields, answer or evidence differ from the honest one's. */
    const attest = async (fields: object = {}, answer: Partial<Answer> = {}, evidence = single.evidence) => {
      const opened = { ...single.answer, ...answer };
      const attestation = { ...single.attestation, ...fields, answer: answerHash(single.attestation.prover, opened) };
      const { method, modelId, inputHash, context } = attestation;
      const sent = p.registry.connect(p.prover).attest(method, modelId, inputHash, context, opened, evidence);
      return { uid: await p.registry.uidOf(attestation), sent };
    };
    return { ...p, trace, single, attest };
  }

  const evidenceOf = (layoutBytes: Uint8Array | Hex, trace: Uint8Array, length = -1) => {
    const shownLayout = typeof layoutBytes === "string" ? layoutBytes : bytesToHex(layoutBytes);
    const prefix = length === -1 ? (shownLayout.length - 2) / 2 : length;
    return concat([toHex(prefix, { size: 2 }), shownLayout, bytesToHex(trace)]);
  };

  it("refuses anyone but the registry", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { attestation, answer, evidence } = p.single;
    const fraud = p.fraud.connect(p.prover);
    const uid = hash("uid");

    for (const call of [
      () => fraud.onAttest(uid, attestation, answer, evidence),
      () => fraud.onAttestBatch(uid, { ...attestation, count: 1, root: uid }, 5, layout),
      () => fraud.onCommit(uid, attestation),
      () => fraud.onReveal(uid, attestation, answer),
    ])
      await expect(call()).to.be.revertedWithCustomError(fraud, "NotTheRegistry").withArgs(p.prover);
  });

  it("refuses a hidden answer", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { method, modelId, inputHash, context, answer } = p.single.attestation;

    await expect(p.registry.connect(p.prover).commit(method, modelId, inputHash, context, answer))
      .to.be.revertedWithCustomError(p.fraud, "NotSupported")
      .withArgs(p.fraud.interface.getFunction("onCommit").selector);
  });

  it("refuses a reveal, were there ever one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const registry = await ethers.getImpersonatedSigner(await p.registry.getAddress());

    await expect(p.fraud.connect(registry).onReveal.staticCall(hash("uid"), p.single.attestation, p.single.answer))
      .to.be.revertedWithCustomError(p.fraud, "NotSupported")
      .withArgs(p.fraud.interface.getFunction("onReveal").selector);
  });

  it("refuses evidence that ends before its layout", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const evidence of ["0x", "0x00", evidenceOf(layout, new Uint8Array(0), layout.length + 1)] as Hex[]) {
      const { uid, sent } = await p.attest({}, {}, evidence);

      await expect(sent).to.be.revertedWithCustomError(p.fraud, "WrongTrace").withArgs(uid);
    }
  });

  it("refuses a float model", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const evidence = evidenceOf(encodeLayout(floatLayout), p.trace);
    const { sent } = await p.attest({ modelId: p.floatModel }, {}, evidence);

    await expect(sent).to.be.revertedWithCustomError(p.fraud, "NotAnIntegerModel").withArgs(p.floatModel);
  });

  it("refuses another layout than the model's, longer, shorter or empty", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const other of [
      encodeLayout({ ...integerLayout, widths: [4, 2, 3] }),
      layout.slice(0, -1),
      new Uint8Array([...layout, 0]),
      new Uint8Array(0),
    ]) {
      const { sent } = await p.attest({}, {}, evidenceOf(other, p.trace));

      await expect(sent)
        .to.be.revertedWithCustomError(p.fraud, "WrongLayout")
        .withArgs(keccak256(other), keccak256(layout));
    }
  });

  it("refuses a model whose layout alone could crowd a refutation out of a transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const named = (length: number) =>
      encodeLayout({ ...integerLayout, input: { ...integerLayout.input, name: "n".repeat(length) } });
    const room = 8193 - named(1).length;
    for (const length of [room, room + 1]) {
      const large = named(length);
      const rows = encodeRows(rowsOf([4, 3, 2]));
      const modelId = await p.models.publish.staticCall(publication, large, rows, "");
      await p.models.publish(publication, large, rows, "");
      const { sent } = await p.attest({ modelId }, {}, evidenceOf(large, p.trace));

      if (length === room) await expect(sent).to.be.revertedWithCustomError(p.fraud, "WrongTrace");
      else await expect(sent).to.be.revertedWithCustomError(p.fraud, "LayoutTooLarge").withArgs(8193, 8192);
    }
  });

  it("refuses short and long traces", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const trace of [p.trace.slice(0, -1), p.trace.slice(1), new Uint8Array([...p.trace, 0]), new Uint8Array(0)]) {
      const { sent } = await p.attest({}, { traceHash: keccak256(trace) }, evidenceOf(layout, trace));

      await expect(sent)
        .to.be.revertedWithCustomError(p.fraud, "WrongTraceLength")
        .withArgs(trace.length, p.trace.length);
    }
  });

  it("refuses a trace that isn't the attested one, or whose ends aren't the attested input and output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const [fields, answer] of [
      [{}, { traceHash: hash("other trace") }],
      [{ inputHash: hash("other input") }, {}],
      [{}, { outputHash: hash("other output") }],
    ] as const) {
      const { uid, sent } = await p.attest(fields, answer);

      await expect(sent).to.be.revertedWithCustomError(p.fraud, "WrongTrace").withArgs(uid);
    }
    for (const at of p.trace.keys()) {
      const { uid, sent } = await p.attest({}, {}, evidenceOf(layout, changed(p.trace, at)));

      await expect(sent).to.be.revertedWithCustomError(p.fraud, "WrongTrace").withArgs(uid);
    }
  });

  it("refuses a unit of another campaign", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const campaign = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);
    const context = await contextOf({ ...p, campaign }, FRAUD_TASK);
    const { sent } = await p.attest({ context });

    await expect(sent).to.be.revertedWithCustomError(p.fraud, "WrongCampaign").withArgs(context);
  });

  it("refuses units that the campaign refuses: another method's, beyond the cap, unseeded, over", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const of = async (taskId: bigint, unit = 0n, seasonId = 1n) =>
      (await p.attest({ context: await contextOf(p, taskId, unit, seasonId) })).sent;
    await expect(of(2n)).to.be.revertedWithCustomError(p.campaign, "WrongMethod").withArgs(FRAUD, MOCK);
    await expect(of(FRAUD_TASK, BigInt(FRAUD_UNITS)))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(FRAUD_UNITS, FRAUD_UNITS);
    await openSeason(p, networkHelpers, [{ method: FRAUD }]);
    await expect(of(FRAUD_TASK, 0n, 2n))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);

    await networkHelpers.time.increaseTo(p.endsAt);
    await expect(of(FRAUD_TASK)).to.be.revertedWithCustomError(p.campaign, "SeasonNotRunning");
  });

  it("refuses an account without a free bond", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const [poor] = p.accounts as [typeof p.prover];
    await p.bonds.deposit(p.fraud, poor, { value: bondFor(1) - 1n });

    await expect(attestSingle(p, poor, singleOf(p, poor, p.trace)))
      .to.be.revertedWithCustomError(p.bonds, "InsufficientFree")
      .withArgs(p.fraud, poor, bondFor(1) - 1n, bondFor(1));
  });

  async function records(context: (p: Awaited<ReturnType<typeof fixture>>) => Promise<Hex> | Hex) {
    const p = await networkHelpers.loadFixture(fixture);
    const single: Single = singleOf(p, p.prover, p.trace, await context(p));
    const { method, modelId, inputHash } = single.attestation;
    const uid = await p.registry.uidOf(single.attestation);
    const sent = p.registry
      .connect(p.prover)
      .attest(method, modelId, inputHash, single.attestation.context, single.answer, single.evidence);

    await expect(sent).to.emit(p.fraud, "Traced").withArgs(uid, bytesToHex(p.trace));
    await expect(sent).to.emit(p.bonds, "Locked").withArgs(p.fraud, p.prover, bondFor(1));
    expect(await p.registry.statusOf(uid)).to.equal(Status.Pending);
    expect((await p.bonds.bondOf(p.fraud, p.prover)).locked).to.equal(bondFor(1));
  }

  it("takes the trace and the bond of a free attestation", () => records(() => FREE_CONTEXT));
  it("takes the trace and the bond of a unit", () => records((p) => contextOf(p, FRAUD_TASK)));
  it("takes the trace and the bond of a request's answer", () => records(() => `0x02${"ab".repeat(31)}`));
});
