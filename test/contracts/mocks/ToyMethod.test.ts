import { expect } from "chai";
import { network } from "hardhat";
import { type Hex, keccak256 } from "viem";
import { answerHash } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash, opened, protocol } from "../fixtures.ts";
import { bases, contextOf, inputOf, MOCK, POINTS, runSeason, Status, shownInput, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const TOY = 3;
const TOY_TASK = 3n;
const OUTPUT = "0x0123456789";

describe("ToyMethod", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const toy = await ethers.deployContract("ToyMethod", [p.campaign, p.bonds]);
    await p.registry.addMethod(toy);
    const season = await runSeason(p, networkHelpers, [{ method: TOY }]);
    const input = inputOf(season.seed, TOY_TASK, p.prover, 0n);
    const answer = { ...opened, outputHash: keccak256(OUTPUT) };
    const attestation = {
      ...{ prover: p.prover.address as Hex, method: TOY, modelId: p.integerModel, inputHash: input.inputHash },
      ...{ context: await contextOf(p, TOY_TASK), answer: answerHash(p.prover.address as Hex, answer) },
    };
    const attest = async (evidence: Hex, context: Hex = attestation.context) => {
      const { method, modelId, inputHash } = attestation;
      return p.registry.connect(p.prover).attest(method, modelId, inputHash, context, answer, evidence);
    };
    const uid = await p.registry.uidOf(attestation);
    return { ...p, ...season, toy, input, answer, attestation, attest, uid };
  }

  it("refuses anyone but the registry", async () => {
    const { toy, attestation, answer, prover, uid } = await networkHelpers.loadFixture(fixture);
    for (const call of [
      () => toy.onAttest(uid, attestation, answer, OUTPUT),
      () => toy.onAttestBatch(uid, { ...attestation, count: 1, root: uid }, 5, OUTPUT),
      () => toy.onCommit(uid, attestation),
      () => toy.onReveal(uid, attestation, answer),
    ])
      await expect(call()).to.be.revertedWithCustomError(toy, "NotTheRegistry");
    await expect(toy.connect(prover).onAttest(uid, attestation, answer, OUTPUT))
      .to.be.revertedWithCustomError(toy, "NotTheRegistry")
      .withArgs(prover);
  });

  it("refuses by its base what it doesn't take, and names the hook", async () => {
    const { toy, registry, attestation, answer, uid } = await networkHelpers.loadFixture(fixture);
    const { method, modelId, inputHash, context } = attestation;
    const from = toy.connect(await ethers.getImpersonatedSigner(await registry.getAddress()));
    for (const [hook, call] of [
      ["onCommit", () => registry.commit(method, modelId, inputHash, context, attestation.answer)],
      ["onAttestBatch", () => registry.attestBatch(method, modelId, context, 1, "0x", "0x00")],
      ["onReveal", () => from.onReveal.staticCall(uid, attestation, answer)],
    ] as const)
      await expect(call())
        .to.be.revertedWithCustomError(toy, "NotSupported")
        .withArgs(toy.interface.getFunction(hook).selector);
  });

  it("refuses free work, requests, and units of another campaign", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const campaign = await ethers.deployContract("Campaign", [p.registry, 0, p.manager]);
    const elsewhere = await contextOf({ ...p, campaign }, TOY_TASK);
    const request: Hex = `0x02${p.attestation.context.slice(4)}`;
    for (const context of [FREE_CONTEXT, request, elsewhere])
      await expect(p.attest(OUTPUT, context)).to.be.revertedWithCustomError(p.toy, "WrongCampaign").withArgs(context);
  });

  it("refuses units that the campaign refuses", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.attest(OUTPUT, await contextOf(p, 2n)))
      .to.be.revertedWithCustomError(p.campaign, "WrongMethod")
      .withArgs(TOY, MOCK);
    await expect(p.attest(OUTPUT, await contextOf(p, TOY_TASK, BigInt(UNITS))))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(UNITS, UNITS);
  });

  it("refuses to settle what nobody attested, and what is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.toy.settle(hash("uid")))
      .to.be.revertedWithCustomError(p.registry, "NotPending")
      .withArgs(hash("uid"), Status.None);
    await p.attest(OUTPUT);
    await p.toy.settle(p.uid);

    await expect(p.toy.settle(p.uid))
      .to.be.revertedWithCustomError(p.registry, "NotPending")
      .withArgs(p.uid, Status.Verified);
  });

  it("verifies what shows its output, which earns points for the assigned input only", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await expect(p.attest(OUTPUT)).to.emit(p.toy, "ToyShown").withArgs(p.uid, OUTPUT);

    const settled = p.toy.connect(p.other).settle(p.uid);
    await expect(settled).to.emit(p.toy, "ToySettled").withArgs(p.uid, true);
    await expect(settled).to.emit(p.registry, "StatusChanged").withArgs(p.uid, Status.Verified, p.other);

    expect(await p.toy.checksInput()).to.equal(false);
    expect(await p.toy.canVoid()).to.equal(true);
    const other = shownInput((p.input.index + 1) % bases.length);
    await expect(p.campaign.award(p.prover, p.attestation, other))
      .to.be.revertedWithCustomError(p.campaign, "WrongBaseInput")
      .withArgs(p.input.index);
    await p.campaign.award(p.prover, p.attestation, p.input.shown);
    expect((await p.campaign.entryOf(1, p.prover)).points).to.equal(POINTS);
    expect(await p.toy.verifiersOf(p.uid)).to.deep.equal([]);
  });

  it("refutes what shows something else, which burns", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.attest("0x00");

    await expect(p.toy.settle(p.uid)).to.emit(p.toy, "ToySettled").withArgs(p.uid, false);

    expect(await p.registry.statusOf(p.uid)).to.equal(Status.Refuted);
    await p.campaign.burn(p.attestation);
    expect((await p.campaign.entryOf(1, p.prover)).owed).to.equal(10n * POINTS);
  });
});
