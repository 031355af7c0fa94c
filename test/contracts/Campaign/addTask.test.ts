import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, keccak256, size } from "viem";
import { encodeLayout, encodeRows, INT8, tensorHeader } from "../../../sdk/layouts.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import operators from "../../vectors/operators.json" with { type: "json" };
import { deployFraudProof, floatLayout, hash, integerLayout, protocol, publication, rowsOf } from "../fixtures.ts";

import {
  bases,
  draftSeason,
  inputs,
  layoutBytes,
  MAX_ACCOUNT_POINTS,
  MOCK,
  openSeason,
  POINTS,
  type Protocol,
  rulesOf,
  UNITS,
  VERIFIER_CAP,
} from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** Publishes a float model that takes int8 elements. */
async function publishFloat({ models }: Pick<Protocol, "models">, elements: number) {
  const layout = bytesToHex(encodeLayout({ ...floatLayout, input: { name: "x", dtype: INT8, dims: [elements] } }));
  const modelId = await models.publish.staticCall(publication, layout, "0x", "");
  await models.publish(publication, layout, "0x", "");
  return { modelId, layout };
}

describe("Campaign.addTask", () => {
  async function fixture() {
    const p = await protocol(ethers);
    return { ...p, ...(await draftSeason(p, networkHelpers)), campaign: p.campaign.connect(p.organiser) };
  }

  async function fraudFixture() {
    const p = await fixture();
    await p.registry.addMethod(p.fraud);
    return p;
  }

  it("refuses a season that nobody drafted", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.campaign.addTask(2, rulesOf(p), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.campaign, "UnknownSeason")
      .withArgs(2);
  });

  it("refuses anyone but the season's organiser", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.campaign.connect(p.other).addTask(1, rulesOf(p), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.campaign, "NotTheOrganiser")
      .withArgs(1, p.other);
  });

  it("refuses to change an open season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers);

    await expect(p.campaign.addTask(2, rulesOf(p), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.campaign, "SeasonIsOpen")
      .withArgs(2);
  });

  for (const method of [0, 3])
    it(`refuses method ${method}, which settles nothing`, async () => {
      const p = await networkHelpers.loadFixture(fixture);

      await expect(p.campaign.addTask(1, rulesOf(p, { method }), layoutBytes, inputs))
        .to.be.revertedWithCustomError(p.registry, "UnknownMethod")
        .withArgs(method);
    });

  for (const [what, bad] of [
    ["no points", { points: 0n }],
    ["no units", { unitsPerAccount: 0 }],
    ["noise above 127", { noise: 128 }],
  ] as const)
    it(`refuses a task with ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const rules = rulesOf(p, bad);

      await expect(p.campaign.addTask(1, rules, layoutBytes, inputs))
        .to.be.revertedWithCustomError(p.campaign, "InvalidTask")
        .withArgs(MOCK, rules.points, rules.unitsPerAccount, rules.noise);
    });

  const left = MAX_ACCOUNT_POINTS - VERIFIER_CAP;
  for (const [points, unitsPerAccount] of [
    [left + 1n, 1],
    [left / 2n + 1n, 2],
    [2n ** 64n - 1n, 2 ** 32 - 1],
  ] as const)
    it(`refuses ${unitsPerAccount} units of ${points} points, with which one account could earn too much`, async () => {
      const p = await networkHelpers.loadFixture(fixture);

      await expect(p.campaign.addTask(1, rulesOf(p, { points, unitsPerAccount }), layoutBytes, inputs))
        .to.be.revertedWithCustomError(p.campaign, "TooManyPoints")
        .withArgs(VERIFIER_CAP + points * BigInt(unitsPerAccount), MAX_ACCOUNT_POINTS);
    });

  it("refuses a task with which one account could earn too much together with those before, and takes what is left", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const add = (points: bigint, unitsPerAccount: number) =>
      p.campaign.addTask(1, rulesOf(p, { points, unitsPerAccount }), layoutBytes, inputs);
    await add(left - 9n, 1);

    await expect(add(5n, 2))
      .to.be.revertedWithCustomError(p.campaign, "TooManyPoints")
      .withArgs(MAX_ACCOUNT_POINTS + 1n, MAX_ACCOUNT_POINTS);
    await add(3n, 3);

    const { taskCount, mostPoints } = await p.campaign.seasonOf(1);
    expect([taskCount, mostPoints]).to.deep.equal([2n, MAX_ACCOUNT_POINTS]);
  });

  it("refuses a model that is not published", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const modelId = hash("unpublished");

    await expect(p.campaign.addTask(1, rulesOf(p, { modelId }), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.models, "UnknownModel")
      .withArgs(modelId);
  });

  it("refuses another model's layout", async () => {
    const p = await networkHelpers.loadFixture(fixture);

    await expect(p.campaign.addTask(1, rulesOf(p), bytesToHex(encodeLayout(floatLayout)), inputs))
      .to.be.revertedWithCustomError(p.campaign, "InvalidTaskInput")
      .withArgs(p.integerModel);
  });

  it("refuses a model whose input is not of int8 elements", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const layout = bytesToHex(encodeLayout({ ...floatLayout, input: { ...floatLayout.input, dtype: 1 } }));
    const modelId = await p.models.publish.staticCall(publication, layout, "0x", "");
    await p.models.publish(publication, layout, "0x", "");

    await expect(p.campaign.addTask(1, rulesOf(p, { modelId }), layout, `0x${"00".repeat(16)}`))
      .to.be.revertedWithCustomError(p.campaign, "InvalidTaskInput")
      .withArgs(modelId);
  });

  for (const length of [0, 3, 5])
    it(`refuses ${length} bytes of inputs of 4`, async () => {
      const p = await networkHelpers.loadFixture(fixture);

      await expect(p.campaign.addTask(1, rulesOf(p), layoutBytes, `0x${"00".repeat(length)}`))
        .to.be.revertedWithCustomError(p.campaign, "InvalidInputsLength")
        .withArgs(length, 4);
    });

  it("refuses more than 120,000 bytes of layout and inputs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const length = 120_000 - size(layoutBytes);

    await expect(p.campaign.addTask(1, rulesOf(p), layoutBytes, new Uint8Array(length + 1)))
      .to.be.revertedWithCustomError(p.campaign, "TaskTooLarge")
      .withArgs(120_001, 120_000);
  });

  it("refuses more than 30,000 inputs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { modelId, layout } = await publishFloat(p, 1);

    await expect(p.campaign.addTask(1, rulesOf(p, { modelId }), layout, new Uint8Array(30_001)))
      .to.be.revertedWithCustomError(p.campaign, "TooManyInputs")
      .withArgs(30_001, 30_000);
    await p.campaign.addTask(1, rulesOf(p, { modelId }), layout, new Uint8Array(30_000));
  });

  it("refuses a method of another campaign, under which every unit would be refused", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const elsewhere = await ethers.deployContract("Campaign", [p.registry, 60, p.manager]);
    const foreign = await deployFraudProof(ethers, { ...p, campaign: elsewhere });
    await p.registry.addMethod(foreign);

    await expect(p.campaign.addTask(1, rulesOf(p, { method: 3 }), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.campaign, "MethodOfAnotherCampaign")
      .withArgs(3, elsewhere);
  });

  it("refuses a float model under FraudProof, and takes it under Quorum", async () => {
    const p = await networkHelpers.loadFixture(fraudFixture);
    const rules = rulesOf(p, { modelId: p.floatModel, method: 3 });
    const layout = encodeLayout(floatLayout);

    await expect(p.campaign.addTask(1, rules, layout, inputs))
      .to.be.revertedWithCustomError(p.fraud, "NotAnIntegerModel")
      .withArgs(p.floatModel);
    await p.campaign.addTask(1, { ...rules, method: 1 }, layout, inputs);
  });

  it("refuses a graph model under FraudProof, and takes it under Quorum, its texts without noise", async () => {
    const p = await networkHelpers.loadFixture(fraudFixture);
    const { graph } = operators.graphs.find(({ name }) => name === "a generation") as { graph: string };
    const modelId = await p.models.publish.staticCall(publication, graph, "0x", "");
    await p.models.publish(publication, graph, "0x", "");
    const rules = rulesOf(p, { modelId, method: 3, noise: 0 });
    const prompts = "0x616263646566";

    await expect(p.campaign.addTask(1, rules, graph, prompts))
      .to.be.revertedWithCustomError(p.fraud, "NotAnIntegerModel")
      .withArgs(modelId);
    await expect(p.campaign.addTask(1, { ...rules, method: 1 }, graph, prompts)).to.emit(p.campaign, "TaskAdded");
  });

  it("refuses a layout above 8,192 bytes under FraudProof", async () => {
    const p = await networkHelpers.loadFixture(fraudFixture);
    for (const length of [8192, 8193]) {
      const layoutOf = (name: string) =>
        bytesToHex(encodeLayout({ ...integerLayout, input: { ...integerLayout.input, name } }));
      const layout = layoutOf("n".repeat(length + 1 - size(layoutOf("n"))));
      const rows = encodeRows(rowsOf(integerLayout.widths));
      const modelId = await p.models.publish.staticCall(publication, layout, rows, "");
      await p.models.publish(publication, layout, rows, "");
      const adding = p.campaign.addTask(1, rulesOf(p, { modelId, method: 3 }), layout, inputs);

      if (length === 8192) await adding;
      else await expect(adding).to.be.revertedWithCustomError(p.fraud, "LayoutTooLarge").withArgs(8193, 8192);
    }
  });

  it("refuses a task whose id would not fit a context", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const campaign = await p.campaign.getAddress();
    const seasons = ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [1, 2]);
    const slot = BigInt(ethers.keccak256(seasons));
    const taskCountAt = 200n;
    const word = BigInt(await networkHelpers.getStorageAt(campaign, slot));
    await networkHelpers.setStorageAt(campaign, slot, word | ((2n ** 24n - 1n) << taskCountAt));
    expect((await p.campaign.seasonOf(1)).taskCount).to.equal(2 ** 24 - 1);

    await expect(p.campaign.addTask(1, rulesOf(p), layoutBytes, inputs))
      .to.be.revertedWithCustomError(p.campaign, "TooManyTasks")
      .withArgs(1);
  });

  it("keeps the rules, and binds and emits the base inputs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { root } = orderedTree(bases.map((base) => new Uint8Array(base.buffer)));
    await p.campaign.addTask(1, rulesOf(p, { method: 1 }), layoutBytes, inputs);

    await expect(p.campaign.addTask(1, rulesOf(p), layoutBytes, inputs))
      .to.emit(p.campaign, "TaskAdded")
      .withArgs(1, 2, p.integerModel, MOCK, POINTS, UNITS, 100, bases.length, root, inputs);

    const { taskCount, mostPoints } = await p.campaign.seasonOf(1);
    expect([taskCount, mostPoints]).to.deep.equal([2n, VERIFIER_CAP + 2n * POINTS * BigInt(UNITS)]);
    expect(await p.campaign.taskOf(1, 2)).to.deep.equal([
      p.integerModel,
      root,
      keccak256(tensorHeader(integerLayout.input)),
      POINTS,
      BigInt(UNITS),
      BigInt(bases.length),
      4n,
      BigInt(MOCK),
      100n,
    ]);
  });

  it("takes a float model, and the most points that one account may earn", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const rules = rulesOf(p, { modelId: p.floatModel, points: left, unitsPerAccount: 1, noise: 1 });

    await p.campaign.addTask(1, rules, bytesToHex(encodeLayout(floatLayout)), inputs);

    expect((await p.campaign.taskOf(1, 1)).points).to.equal(left);
  });

  it("takes 120,000 bytes of layout and inputs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { modelId, layout } = await publishFloat(p, 5);
    const length = 120_000 - size(layout);

    await p.campaign.addTask(1, rulesOf(p, { modelId }), layout, new Uint8Array(length - (length % 5)));

    expect((await p.campaign.taskOf(1, 1)).inputCount).to.equal(Math.floor(length / 5));
  });
});
