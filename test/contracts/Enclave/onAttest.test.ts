import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { attestationTypes, domain } from "../../../sdk/commitments.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { keyName } from "../../../sdk/enclaves.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { ENCLAVE, enclaveProtocol, KEY } from "../enclaves.ts";
import { addressOf, CLOSING_MARGIN, floatLayout, hash, opened } from "../fixtures.ts";
import { inputOf, inputs, layoutBytes, POINTS, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();
const { time } = networkHelpers;
const key = keyName(KEY.publicKey);

describe("Enclave.onAttest", () => {
  async function fixture() {
    const p = await enclaveProtocol(ethers, networkHelpers);
    await p.admit();
    return p;
  }

  /** A running season with a task of the integer model. */
  async function season() {
    const p = await fixture();
    const startsAt = (await time.latest()) + 1000;
    const [endsAt, organised] = [startsAt + 10_000, p.campaign.connect(p.organiser)];
    await organised.draft(startsAt, endsAt, endsAt + CLOSING_MARGIN, 0);
    const rules = { modelId: p.ids.integer, method: ENCLAVE, points: POINTS, unitsPerAccount: 4, noise: 100 };
    await organised.addTask(1n, rules, layoutBytes, inputs);
    await organised.open(1n, "");
    await networkHelpers.mine(3);
    await p.campaign.seed(1n);
    await time.increaseTo(startsAt);
    const { seed } = await p.campaign.seasonOf(1n);
    const contextOf = (unit: bigint) =>
      unitContext({ campaign: addressOf(p.campaign), seasonId: 1n, taskId: 1n, unit });
    const unitOf = (unit: bigint) => inputOf(seed as Hex, 1n, p.prover, unit);
    return { ...p, contextOf, unitOf, endsAt };
  }

  it("refuses everybody but the registry, and every other hook", async () => {
    const { enclave, prover, runOf, signRun } = await networkHelpers.loadFixture(fixture);
    const run = runOf();
    await expect(enclave.connect(prover).onAttest(hash("uid"), run, opened, await signRun(run)))
      .to.be.revertedWithCustomError(enclave, "NotTheRegistry")
      .withArgs(prover.address);
  });

  it("refuses hidden answers and batches", async () => {
    const { enclave, registry, ids, runOf } = await networkHelpers.loadFixture(fixture);
    const { method, inputHash, context, answer } = runOf();
    await expect(registry.commit(method, ids.model, inputHash, context, answer))
      .to.be.revertedWithCustomError(enclave, "NotSupported")
      .withArgs(enclave.interface.getFunction("onCommit").selector);
    await expect(registry.attestBatch(method, ids.model, context, 1, "0x", "0x01"))
      .to.be.revertedWithCustomError(enclave, "NotSupported")
      .withArgs(enclave.interface.getFunction("onAttestBatch").selector);
  });

  it("refuses a model whose name holds no measurement, and a task of one", async () => {
    const { enclave, campaign, organiser, ids, runOf, signRun, attest } = await networkHelpers.loadFixture(fixture);
    const run = runOf({ modelId: ids.unmeasured });
    await expect(attest(run, await signRun(run)))
      .to.be.revertedWithCustomError(enclave, "NotAnEnclaveModel")
      .withArgs(ids.unmeasured);

    const organised = campaign.connect(organiser);
    const now = await time.latest();
    await organised.draft(now + 100, now + 200, now + 300, 0);
    const rules = { modelId: ids.unmeasured, method: ENCLAVE, points: 1, unitsPerAccount: 1, noise: 1 };
    await expect(organised.addTask(1n, rules, encodeLayout(floatLayout), "0x01020304"))
      .to.be.revertedWithCustomError(enclave, "NotAnEnclaveModel")
      .withArgs(ids.unmeasured);
    await organised.addTask(1n, { ...rules, modelId: ids.model }, encodeLayout(floatLayout), "0x01020304");
    await expect(enclave.requireModel(ids.unmeasured, "0x")).to.be.revertedWithCustomError(
      enclave,
      "NotAnEnclaveModel",
    );
    await enclave.requireModel(ids.gateway, "0x");
  });

  it("refuses an answer with a trace", async () => {
    const { enclave, runOf, signRun, attest, uidOf } = await networkHelpers.loadFixture(fixture);
    const traced = { ...opened, traceHash: hash("trace") };
    const run = runOf({}, traced);
    await expect(attest(run, await signRun(run), traced))
      .to.be.revertedWithCustomError(enclave, "NoTraceTaken")
      .withArgs(uidOf(run), traced.traceHash);
  });

  it("verifies a run that an admitted key signed, at once", async () => {
    const { enclave, registry, prover, runOf, signRun, attest, uidOf } = await networkHelpers.loadFixture(fixture);
    const run = runOf();
    const uid = uidOf(run);
    const signature = await signRun(run);

    const sent = attest(run, signature);

    await expect(sent).to.emit(enclave, "EnclaveSigned").withArgs(uid, key);
    await expect(sent).to.emit(registry, "StatusChanged").withArgs(uid, Status.Verified, prover.address);
    expect(await registry.statusOf(uid)).to.equal(Status.Verified);
  });

  it("verifies what another account relays for the prover", async () => {
    const { registry, chainId, prover, other, runOf, signRun, uidOf } = await networkHelpers.loadFixture(fixture);
    const run = runOf();
    const uid = uidOf(run);
    const types = { Attestation: [...attestationTypes.Attestation] };
    const consent = await prover.signTypedData(domain(chainId, addressOf(registry)), types, run);

    await registry.connect(other).attestBySig(run, opened, await signRun(run), consent);

    expect(await registry.statusOf(uid)).to.equal(Status.Verified);
  });

  it("refuses a key from its expiry on, and signs until then", async () => {
    const { enclave, runOf, signRun, attest } = await networkHelpers.loadFixture(fixture);
    const { until, measurement } = await enclave.keyOf(key);
    const [first, second] = [runOf(), runOf({ inputHash: hash("another input") })];
    const signatures = [await signRun(first), await signRun(second)] as const;
    await time.setNextBlockTimestamp(until - 1n);
    await attest(first, signatures[0]);
    await time.setNextBlockTimestamp(until);
    await expect(attest(second, signatures[1]))
      .to.be.revertedWithCustomError(enclave, "KeyNotValid")
      .withArgs(key, measurement);
  });

  it("takes units of its campaign alone, which are then paid like any", async () => {
    const p = await networkHelpers.loadFixture(season);
    const { inputHash, shown } = p.unitOf(0n);
    const run = p.runOf({ modelId: p.ids.integer, context: p.contextOf(0n), inputHash });

    await p.attest(run, await p.signRun(run));
    await p.campaign.award(p.prover, run, shown);

    expect((await p.campaign.entryOf(1n, p.prover)).points).to.equal(POINTS);
    const stranger = `0x01${"ab".repeat(20)}${run.context.slice(44)}` as Hex;
    const odd = p.runOf({ modelId: p.ids.integer, context: stranger });
    await expect(p.attest(odd, await p.signRun(odd)))
      .to.be.revertedWithCustomError(p.enclave, "WrongCampaign")
      .withArgs(stranger);
  });

  it("refuses units of another model, beyond the cap and after the season", async () => {
    const p = await networkHelpers.loadFixture(season);
    const refused = async (given: object, error: string) => {
      const run = p.runOf({ modelId: p.ids.integer, context: p.contextOf(1n), ...given });
      await expect(p.attest(run, await p.signRun(run))).to.be.revertedWithCustomError(p.campaign, error);
    };
    await refused({ modelId: p.ids.model }, "WrongModel");
    await refused({ context: p.contextOf(4n) }, "UnitOutOfRange");
    await time.increaseTo(p.endsAt);
    await refused({}, "SeasonNotRunning");
  });

  it("doesn't pay a unit whose input isn't the assigned one", async () => {
    const p = await networkHelpers.loadFixture(season);
    const run = p.runOf({ modelId: p.ids.integer, context: p.contextOf(2n), inputHash: hash("a chosen input") });
    await p.attest(run, await p.signRun(run));
    await expect(p.campaign.award(p.prover, run, p.unitOf(2n).shown)).to.be.revertedWithCustomError(
      ...([p.campaign, "WrongInput"] as const),
    );
  });
});
