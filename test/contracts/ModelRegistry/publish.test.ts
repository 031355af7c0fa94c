import { expect } from "chai";
import hre, { network } from "hardhat";
import { bytesToHex, type Hex, hexToBytes, keccak256 } from "viem";
import { GraphBuilder } from "../../../inference/graphModel/build.ts";
import { modelId, ZERO_HASH } from "../../../sdk/commitments.ts";
import { graphRoot } from "../../../sdk/graphs.ts";
import {
  decodeLayout,
  encodeLayout,
  encodeRows,
  INT8,
  type Layout,
  type Row,
  UINT8,
  weightsTree,
} from "../../../sdk/layouts.ts";
import names from "../../vectors/names.json" with { type: "json" };
import operators from "../../vectors/operators.json" with { type: "json" };
import { floatLayout, hash, integerLayout, publication, rowsOf } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

/** A layout of int8 tensors that fit its widths. */
const layoutOf = (...widths: number[]): Layout => ({
  widths,
  input: { name: "x", dtype: INT8, dims: [widths[0] as number] },
  output: { name: "y", dtype: INT8, dims: [widths.at(-1) as number] },
});

const idOf = (layout: Layout, rows: Row[][]) =>
  modelId({
    ...publication,
    layoutHash: keccak256(encodeLayout(layout)),
    weightsRoot: rows.length === 0 ? ZERO_HASH : weightsTree(rows).root,
  });

describe("ModelRegistry.publish", () => {
  async function fixture() {
    const models = await ethers.deployContract("ModelRegistry");
    const [publisher, other] = await ethers.getSigners();
    const publish = (layout: Layout, rows: Row[][], uri = "") =>
      models.publish(publication, encodeLayout(layout), encodeRows(rows), uri);
    return { models, publisher, other, publish };
  }

  it("refuses a model without artifact or runtime", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);

    for (const missing of [{ artifactHash: ZERO_HASH }, { runtimeId: ZERO_HASH }]) {
      const incomplete = { ...publication, ...missing };

      await expect(models.publish(incomplete, encodeLayout(floatLayout), "0x", ""))
        .to.be.revertedWithCustomError(models, "MissingIdentity")
        .withArgs(incomplete.artifactHash, incomplete.runtimeId);
    }
  });

  it("takes a model without a file where its name holds a measurement, and then no rows", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);
    const sealed = { ...publication, artifactHash: ZERO_HASH, measurement: hash("measurement") };
    const rows = encodeRows(rowsOf(integerLayout.widths));

    await expect(models.publish({ ...sealed, runtimeId: ZERO_HASH }, encodeLayout(floatLayout), "0x", ""))
      .to.be.revertedWithCustomError(models, "MissingIdentity")
      .withArgs(ZERO_HASH, ZERO_HASH);
    await expect(models.publish(sealed, encodeLayout(integerLayout), rows, ""))
      .to.be.revertedWithCustomError(models, "RowsLengthMismatch")
      .withArgs(rows.length, 0);
    await expect(models.publish(sealed, encodeLayout(integerLayout), "0x", ""))
      .to.be.revertedWithCustomError(models, "RowsLengthMismatch")
      .withArgs(0, rows.length);
    await expect(models.publish(sealed, encodeLayout(floatLayout), "0x", "")).to.emit(models, "ModelPublished");
    const id = modelId({ ...sealed, layoutHash: keccak256(encodeLayout(floatLayout)), weightsRoot: ZERO_HASH });
    expect(await models.measurementOf(id)).to.equal(sealed.measurement);
    expect(await models.measurementOf(hash("nothing"))).to.equal(ZERO_HASH);
  });

  it("refuses more than 120,000 bytes of layout, rows and uri", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const length = encodeLayout(floatLayout).length;

    await expect(publish(floatLayout, [], "u".repeat(120_001 - length)))
      .to.be.revertedWithCustomError(models, "PublicationTooLarge")
      .withArgs(120_001, 120_000);
    await expect(models.publish(publication, encodeLayout(floatLayout), new Uint8Array(120_001 - length), ""))
      .to.be.revertedWithCustomError(models, "PublicationTooLarge")
      .withArgs(120_001, 120_000);
    await expect(publish(floatLayout, [], "u".repeat(120_000 - length))).to.emit(models, "ModelPublished");
  });

  it("refuses a malformed layout", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);

    await expect(models.publish(publication, "0x1234", "0x", ""))
      .to.be.revertedWithCustomError(models, "MalformedLayout")
      .withArgs(0);
  });

  for (const { name, layout, wrongAt } of names)
    it(`${wrongAt === null ? "takes" : "refuses"} a tensor named ${name}`, async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const published = models.publish(publication, layout, "0x", "");

      if (wrongAt === null) await expect(published).to.emit(models, "ModelPublished");
      else await expect(published).to.be.revertedWithCustomError(models, "InvalidTensorName").withArgs(wrongAt);
    });

  it("refuses an output's name as it refuses an input's", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);
    const layout = encodeLayout(integerLayout);
    const at = layout.length - 4 - 8 - 2 - 1; // before bytes, two dims, rank and type
    layout[at] = 0xff;

    await expect(models.publish(publication, layout, encodeRows(rowsOf(integerLayout.widths)), ""))
      .to.be.revertedWithCustomError(models, "InvalidTensorName")
      .withArgs(at);
  });

  it("refuses more than 2,048 layers, and more than 8,192 rows", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);

    await expect(publish(layoutOf(...Array(2050).fill(1)), []))
      .to.be.revertedWithCustomError(models, "TooManyLayers")
      .withArgs(2049, 2048);
    await expect(publish(layoutOf(4096, 4096, 4096, 1), []))
      .to.be.revertedWithCustomError(models, "TooManyRows")
      .withArgs(8193, 8192);
  });

  it("refuses rows of a float model", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);

    await expect(models.publish(publication, encodeLayout(floatLayout), "0x00", ""))
      .to.be.revertedWithCustomError(models, "RowsLengthMismatch")
      .withArgs(1, 0);
  });

  it("refuses too few and too many rows", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);
    const rows = encodeRows(rowsOf(integerLayout.widths));

    for (const given of [new Uint8Array(), rows.slice(1), new Uint8Array([...rows, 0])])
      await expect(models.publish(publication, encodeLayout(integerLayout), given, ""))
        .to.be.revertedWithCustomError(models, "RowsLengthMismatch")
        .withArgs(given.length, 3 * 10 + 2 * 9);
  });

  it("refuses empty layers, layers wider than 4096, and 32,768 altogether", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const refused = async (widths: number[], layer: number) =>
      expect(publish(layoutOf(...widths), []))
        .to.be.revertedWithCustomError(models, "LayerOutOfBounds")
        .withArgs(layer, widths[layer]);

    await expect(publish({ ...integerLayout, widths: [0, 3, 2] }, []))
      .to.be.revertedWithCustomError(models, "LayerOutOfBounds")
      .withArgs(0, 0);
    await refused([4, 0, 2], 1);
    await refused([4097, 1], 0);
    await refused([1, 4097], 1);
    await refused([4, 2 ** 32 - 1, 2], 1);
    await refused([...Array(8).fill(4096), 1], 8);
    await expect(publish(layoutOf(...Array(8).fill(4096)), [])).to.be.revertedWithCustomError(models, "TooManyRows");
  });

  it("refuses tensors that don't fit the first and the last layer", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const rows = rowsOf(integerLayout.widths);
    const refused = async (layout: Partial<Layout>, ...args: number[]) =>
      expect(publish({ ...integerLayout, ...layout }, rows))
        .to.be.revertedWithCustomError(models, "TensorDoesNotFitLayer")
        .withArgs(...args);

    await refused({ input: { name: "input", dtype: UINT8, dims: [4] } }, 0, 4, 4);
    await refused({ input: { name: "input", dtype: INT8, dims: [5] } }, 0, 5, 4);
    await refused({ output: { name: "output", dtype: 1, dims: [2] } }, 2, 8, 2);
    await refused({ output: { name: "output", dtype: INT8, dims: [1] } }, 2, 1, 2);
  });

  it("refuses a row outside the integer profile's bounds", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const limit = 2 ** 30 - 16_384 * 4; // what |bias| + 2^(shift - 1) must stay below

    for (const wrong of [
      { shift: 0 },
      { shift: 31 },
      { shift: 255 },
      { lo: 1 },
      { lo: -1 },
      { lo: -127 },
      { lo: 127 },
      { shift: 1, bias: limit - 1 },
      { shift: 1, bias: -(limit - 1) },
      { shift: 30, bias: limit - 2 ** 29 },
      { shift: 30, bias: -(limit - 2 ** 29) },
      { bias: 2 ** 31 - 1 },
      { bias: -(2 ** 31) },
    ]) {
      const rows = rowsOf(integerLayout.widths);
      const row = { ...(rows[0]?.[2] as Row), ...wrong };
      rows[0]?.splice(2, 1, row);

      await expect(publish(integerLayout, rows))
        .to.be.revertedWithCustomError(models, "RowOutOfBounds")
        .withArgs(2, row.shift, row.lo, row.bias);
    }
  });

  it("counts the rows of all layers to name a wrong one, by its own layer's width", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const bias = 2 ** 30 - 16_384 * 4 - 2; // fits a row of 4 weights, and one of 3 all the more
    const rows = rowsOf(integerLayout.widths);
    for (const row of rows.flat()) Object.assign(row, { shift: 1, bias });
    await publish(integerLayout, rows);
    Object.assign(rows[1]?.[1] as Row, { bias: bias + 16_384 + 1 });

    await expect(publish(integerLayout, rows))
      .to.be.revertedWithCustomError(models, "RowOutOfBounds")
      .withArgs(4, 1, -128, bias + 16_385);
  });

  it("takes rows at the exact bounds", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const limit = 2 ** 30 - 16_384 * 4;
    const [first, second] = rowsOf(integerLayout.widths) as [Row[], Row[]];
    const rows = [
      [
        { ...(first[0] as Row), shift: 1, lo: 0, bias: limit - 2 },
        { ...(first[1] as Row), shift: 1, lo: -128, bias: -(limit - 2) },
        { ...(first[2] as Row), shift: 30, lo: -128, bias: -(limit - 2 ** 29 - 1) },
      ],
      second,
    ];

    await expect(publish(integerLayout, rows)).to.emit(models, "ModelPublished");
  });

  it("takes a layer of 4096, and its widest sum", async () => {
    const { models, publish } = await networkHelpers.loadFixture(fixture);
    const row = (bias: number) => ({ shift: 30, lo: 0, bias, weights: new Int8Array(4096).fill(-128) });
    const limit = 2 ** 29 - 16_384 * 4096;

    await expect(publish(layoutOf(4096, 1), [[row(limit)]])).to.be.revertedWithCustomError(models, "RowOutOfBounds");
    await expect(publish(layoutOf(4096, 1), [[row(limit - 1)]])).to.emit(models, "ModelPublished");
  });

  it("refuses the same model twice, whoever publishes it", async () => {
    const { models, other, publish } = await networkHelpers.loadFixture(fixture);
    await publish(floatLayout, []);

    await expect(models.connect(other).publish(publication, encodeLayout(floatLayout), "0x", "another uri"))
      .to.be.revertedWithCustomError(models, "ModelAlreadyPublished")
      .withArgs(idOf(floatLayout, []));
  });

  it("publishes an integer model and emits its bytes", async () => {
    const { models, publisher, publish } = await networkHelpers.loadFixture(fixture);
    const rows = rowsOf(integerLayout.widths);
    const id = idOf(integerLayout, rows);

    await expect(publish(integerLayout, rows, "ipfs://x"))
      .to.emit(models, "ModelPublished")
      .withArgs(
        id,
        publisher,
        publication.artifactHash,
        publication.runtimeId,
        weightsTree(rows).root,
        ZERO_HASH,
        ZERO_HASH,
        bytesToHex(encodeLayout(integerLayout)),
        bytesToHex(encodeRows(rows)),
        "ipfs://x",
      );

    expect(await models.isPublished(id)).to.equal(true);
    expect(await models.modelOf(id)).to.deep.equal([
      keccak256(encodeLayout(integerLayout)),
      weightsTree(rows).root,
      ZERO_HASH,
      ZERO_HASH,
    ]);
  });

  it("publishes a float model with a key and a measurement, under another name than without", async () => {
    const { models } = await networkHelpers.loadFixture(fixture);
    const parts = { ...publication, verifyingKeyHash: hash("key"), measurement: hash("image") };
    const layoutHash = keccak256(encodeLayout(floatLayout));
    const id = modelId({ ...parts, layoutHash, weightsRoot: ZERO_HASH });
    await models.publish(publication, encodeLayout(floatLayout), "0x", "");

    await models.publish(parts, encodeLayout(floatLayout), "0x", "");

    expect(await models.modelOf(id)).to.deep.equal([layoutHash, ZERO_HASH, hash("key"), hash("image")]);
  });

  describe("of a graph", () => {
    const vectorOf = (name: string) => operators.graphs.find((each) => each.name === name) as { graph: Hex };

    it("refuses one that isn't admitted, and says which operator and why", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);

      await expect(models.publish(publication, vectorOf("a read of itself").graph, "0x", ""))
        .to.be.revertedWithCustomError(models, "OperatorRefused")
        .withArgs(1, 2);
    });

    it("refuses more than 1,024 operators, and takes as many", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const graphOf = (count: number): Layout => {
        const to = new GraphBuilder({ rows: 1, width: 1 });
        for (let k = 1; k < 1024; k++) to.transpose(k - 1);
        const { layout } = to.finish({ name: "x", dims: [1] }, { name: "y", dims: [1] });
        const graph = layout.graph ?? [];
        return { ...layout, graph: [...graph, ...graph.slice(-1)].slice(0, count) };
      };

      await expect(models.publish(publication, encodeLayout(graphOf(1025)), "0x", ""))
        .to.be.revertedWithCustomError(models, "OperatorCountOutOfBounds")
        .withArgs(1025);
      // Coverage instruments the contracts, which then cost more.
      if (hre.globalOptions.coverage) return;
      await expect(models.publish(publication, encodeLayout(graphOf(1024)), "0x", "")).to.emit(
        models,
        "ModelPublished",
      );
    });

    it("takes as many operators of a generation, each of which rests on two others, within a transaction's gas", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const to = new GraphBuilder({ rows: 4, width: 1 }, 2);
      const embedded = to.embed(
        0,
        Array.from({ length: 256 }, (_, i) => Int8Array.of(i, 1)),
      );
      let last = embedded;
      for (let k = 2; k < 1022; k++) last = to.add(last, embedded, { m: 1, n: 1, shift: 1 });
      to.argmax(to.pick(last, 1, 3));
      const { layout } = to.finish({ name: "x", dims: [2] }, { name: "y", dims: [3] });
      expect(layout.graph).to.have.length(1024);

      if (hre.globalOptions.coverage) return;
      await expect(models.publish(publication, encodeLayout(layout), "0x", "")).to.emit(models, "ModelPublished");
    });

    it("refuses rows beside it: they are in its file", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);

      await expect(models.publish(publication, vectorOf("a generation").graph, "0x00", ""))
        .to.be.revertedWithCustomError(models, "RowsLengthMismatch")
        .withArgs(1, 0);
    });

    it("names it by its operators' roots", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const { graph } = vectorOf("a generation");
      const weightsRoot = graphRoot(decodeLayout(hexToBytes(graph)).graph ?? []);
      const id = modelId({ ...publication, layoutHash: keccak256(graph), weightsRoot });

      await models.publish(publication, graph, "0x", "");

      expect((await models.modelOf(id)).weightsRoot).to.equal(weightsRoot);
    });
  });
});
