import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex, keccak256 } from "viem";
import { GraphBuilder } from "../../../inference/graphModel/build.ts";
import { operatorsTree } from "../../../inference/methods/disputeGame/element.ts";
import { encodeLayout, tensorHeader } from "../../../sdk/layouts.ts";
import { CLOCK, GAS_PRICE, models, UNIT_BOND } from "../dispute.ts";
import { hash, integerLayout, protocol, publication, WINDOW } from "../fixtures.ts";
import { openSeason } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.admit", () => {
  async function fixture() {
    const p = await protocol(ethers);
    const game = await ethers.deployContract("DisputeGame", [p.campaign, p.bonds, WINDOW, CLOCK, GAS_PRICE, UNIT_BOND]);
    await p.registry.addMethod(game);
    const publish = async (layout: Uint8Array) => {
      await p.models.publish(publication, layout, "0x", "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      return published?.args.modelId as Hex;
    };
    const graph = encodeLayout(models.writing.layout);
    return { ...p, game, publish, graph, modelId: await publish(graph) };
  }

  /** A graph whose input has so many rows and columns, and so its output. */
  const graphOf = (rows: number, width: number): Uint8Array => {
    const to = new GraphBuilder({ rows, width });
    to.table(0, new Int8Array(256));
    return encodeLayout(to.finish({ name: "x", dims: [rows, width] }, { name: "y", dims: [rows, width] }).layout);
  };

  it("refuses a model that nobody published, another graph, and one that is none", async () => {
    const { game, models: registry, fraud, graph, modelId, integerModel } = await networkHelpers.loadFixture(fixture);
    const other = encodeLayout(models.small.layout);
    await expect(game.admit(hash("nothing"), graph)).to.be.revertedWithCustomError(registry, "UnknownModel");
    await expect(game.admit(modelId, other))
      .to.be.revertedWithCustomError(fraud, "WrongLayout")
      .withArgs(keccak256(other), keccak256(graph));
    await expect(game.admit(integerModel, encodeLayout(integerLayout)))
      .to.be.revertedWithCustomError(game, "NotAGraphModel")
      .withArgs(integerModel);
  });

  for (const [rows, width] of [
    [385, 1],
    [2, 3073],
  ] as const)
    it(`refuses input and output of ${rows} x ${width} each: they don't fit one move`, async () => {
      const { game, publish } = await networkHelpers.loadFixture(fixture);
      const graph = graphOf(rows, width);

      await expect(game.admit(await publish(graph), graph))
        .to.be.revertedWithCustomError(game, "TensorsTooLarge")
        .withArgs(2 * rows * width, 2 * rows);
    });

  for (const [rows, width] of [
    [384, 16],
    [2, 3072],
  ] as const)
    it(`admits input and output of ${rows} x ${width} each`, async () => {
      const { game, publish } = await networkHelpers.loadFixture(fixture);
      const graph = graphOf(rows, width);

      await expect(game.admit(await publish(graph), graph)).to.emit(game, "ModelAdmitted");
    });

  it("refuses to admit a model twice", async () => {
    const { game, graph, modelId } = await networkHelpers.loadFixture(fixture);
    await game.admit(modelId, graph);

    await expect(game.admit(modelId, graph))
      .to.be.revertedWithCustomError(game, "ModelAlreadyAdmitted")
      .withArgs(modelId);
  });

  it("keeps what moves need, for anyone", async () => {
    const { game, graph, modelId, other } = await networkHelpers.loadFixture(fixture);
    const { layout } = models.writing;
    const { root } = operatorsTree(layout.graph ?? []);

    await expect(game.connect(other).admit(modelId, graph)).to.emit(game, "ModelAdmitted").withArgs(modelId, root);
    expect([...(await game.modelOf(modelId))]).to.deep.equal([
      ...[root, keccak256(tensorHeader(layout.input)), keccak256(tensorHeader(layout.output))],
      ...[6n, 6n, 1n, 3n, 4n, 1n],
    ]);
  });

  it("is what a task asks for", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const addTask = () =>
      p.campaign
        .connect(p.organiser)
        .addTask(
          1,
          { modelId: p.modelId, method: 3, points: 1, unitsPerAccount: 1, noise: 0 },
          p.graph,
          bytesToHex(Uint8Array.of(1, 2, 3)),
        );
    await openSeason(p, networkHelpers, [], async () => {
      await expect(addTask()).to.be.revertedWithCustomError(p.game, "ModelNotAdmitted").withArgs(p.modelId);
      await p.game.admit(p.modelId, p.graph);
      await addTask();
    });
    expect((await p.campaign.taskOf(1, 1)).modelId).to.equal(p.modelId);
  });
});
