import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex, hexToBytes, keccak256 } from "viem";
import { type BuiltModel, GraphBuilder } from "../../../inference/graphModel/build.ts";
import { modelId, ZERO_HASH } from "../../../sdk/commitments.ts";
import { graphRoot } from "../../../sdk/graphs.ts";
import { decodeLayout, encodeLayout } from "../../../sdk/layouts.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import operators from "../../vectors/operators.json" with { type: "json" };
import type { RowsVector } from "../../vectors/operators.ts";
import { floatLayout, hash, publication } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const bytes = (length: number, value = 1) => new Int8Array(length).fill(value);

/** 0 input 4 x 1, 1 embed 4 x 2 (256 rows), 2 linear 4 x 5 (5 rows), 3 table, 4 scores, 5 exponents 4 x 4. */
function model(exponent = 1): BuiltModel {
  const to = new GraphBuilder({ rows: 4, width: 1 });
  to.embed(
    0,
    Array.from({ length: 256 }, (_, i) => bytes(2, i)),
  );
  to.linear(
    1,
    Array.from({ length: 5 }, (_, i) => ({ shift: 4, lo: -128, bias: i, weights: bytes(2) })),
  );
  to.table(
    2,
    Int8Array.from({ length: 256 }, (_, i) => i),
  );
  to.scores(3, 2, { heads: 1, causal: 1, shift: 3 });
  to.exponents(4, bytes(256, exponent));
  return to.finish({ name: "x", dims: [4] }, { name: "y", dims: [4, 4] });
}

describe("ModelRegistry.publishRows", () => {
  async function fixture() {
    const models = await ethers.deployContract("ModelRegistry");
    const [, other] = await ethers.getSigners();
    const { layout, parameters } = model();
    const graph = encodeLayout(layout);
    await models.publish(publication, graph, "0x", "");
    const id = modelId({
      ...publication,
      layoutHash: keccak256(graph),
      weightsRoot: graphRoot(layout.graph ?? []),
    });
    const chunkOf = (operator: number, first: number, size: number, rows = parameters[operator] as Uint8Array[]) => ({
      operator,
      first,
      size,
      rows: bytesToHex(Buffer.concat(rows.slice(first, first + size))),
      proof: proofOf(rows, first, size),
    });
    return { models, other, graph, id, parameters, chunkOf };
  }

  it("refuses a model that isn't published", async () => {
    const { models, graph, chunkOf } = await networkHelpers.loadFixture(fixture);

    await expect(models.publishRows(hash("no model"), graph, chunkOf(2, 0, 4)))
      .to.be.revertedWithCustomError(models, "UnknownModel")
      .withArgs(hash("no model"));
  });

  it("refuses another graph, and a model that has none", async () => {
    const { models, graph, id, chunkOf } = await networkHelpers.loadFixture(fixture);
    const float = encodeLayout(floatLayout);
    await models.publish(publication, float, "0x", "");
    const floatId = modelId({ ...publication, layoutHash: keccak256(float), weightsRoot: ZERO_HASH });

    await expect(models.publishRows(id, encodeLayout(model(2).layout), chunkOf(2, 0, 4)))
      .to.be.revertedWithCustomError(models, "NotTheGraph")
      .withArgs(id);
    await expect(models.publishRows(floatId, float, chunkOf(2, 0, 4)))
      .to.be.revertedWithCustomError(models, "NotTheGraph")
      .withArgs(floatId);
    await expect(models.publishRows(id, graph, chunkOf(2, 0, 4))).to.emit(models, "RowsPublished");
  });

  for (const [what, operator, first, size] of [
    ["an operator that there isn't", 6, 0, 1],
    ["an operator without parameter rows", 4, 0, 1],
    ["rows behind the last", 2, 8, 8],
    ["no rows", 2, 0, 0],
    ["a number of rows that is no power of two", 2, 0, 3],
    ["a first row that is no multiple of their number", 2, 2, 4],
  ] as const)
    it(`refuses ${what}`, async () => {
      const { models, graph, id } = await networkHelpers.loadFixture(fixture);

      await expect(models.publishRows(id, graph, { operator, first, size, rows: "0x1234", proof: [] }))
        .to.be.revertedWithCustomError(models, "NotAChunk")
        .withArgs(operator, first, size, 2);
    });

  it("refuses rows of another length, a table's too", async () => {
    const { models, graph, id, chunkOf } = await networkHelpers.loadFixture(fixture);

    for (const [operator, size, length] of [
      [2, 4, 4 * 8 - 1],
      [3, 1, 255],
      [3, 1, 257],
      [5, 1, 0],
      [1, 4, 12],
    ] as const)
      await expect(models.publishRows(id, graph, { ...chunkOf(operator, 0, size), rows: new Uint8Array(length) }))
        .to.be.revertedWithCustomError(models, "NotAChunk")
        .withArgs(operator, 0, size, length);
  });

  for (const { name, graph, operator, rows, error, row } of operators.rows as RowsVector[])
    it(`${error === undefined ? "takes" : "refuses"} ${name}, under their own root`, async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const weightsRoot = graphRoot(decodeLayout(hexToBytes(graph)).graph ?? []);
      await models.publish(publication, graph, "0x", "");
      const id = modelId({ ...publication, layoutHash: keccak256(graph), weightsRoot });
      const size = 2 ** Math.ceil(Math.log2(rows.length));
      const chunk = { operator, first: 0, size, rows: concat(rows), proof: [] };
      const details = { MalformedRow: [row], NotAChunk: [0, size, (concat(rows).length - 2) / 2], WrongRows: [0] };

      const published = models.publishRows(id, graph, chunk);

      if (error === undefined) await expect(published).to.emit(models, "RowsPublished");
      else
        await expect(published)
          .to.be.revertedWithCustomError(models, error)
          .withArgs(operator, ...details[error as keyof typeof details]);
    });

  it("refuses rows that aren't the operator's, or stand elsewhere, or are proven otherwise", async () => {
    const { models, graph, id, parameters, chunkOf } = await networkHelpers.loadFixture(fixture);
    const others = (parameters[1] as Uint8Array[]).map((row) => row.map((byte) => byte ^ 1));
    const right = chunkOf(1, 64, 32);

    for (const chunk of [
      { ...right, rows: chunkOf(1, 64, 32, others).rows },
      { ...right, first: 96 },
      { ...right, proof: right.proof.slice(1) },
      { ...right, proof: [...right.proof, ZERO_HASH] },
      { ...right, proof: right.proof.map((sibling, i) => (i === 1 ? ZERO_HASH : sibling)) },
    ])
      await expect(models.publishRows(id, graph, chunk))
        .to.be.revertedWithCustomError(models, "WrongRows")
        .withArgs(1, chunk.first);
  });

  it("takes chunks of every size, at the end fewer rows, in any order and from anybody, more than once", async () => {
    const { models, other, graph, id, parameters, chunkOf } = await networkHelpers.loadFixture(fixture);

    for (const operator of [5, 3, 2, 2])
      for (const size of [8, 4, 2, 1]) {
        const count = (parameters[operator] as Uint8Array[]).length;
        for (let first = Math.floor((count - 1) / size) * size; first >= 0; first -= size) {
          const chunk = chunkOf(operator, first, size);
          await expect(models.connect(other).publishRows(id, graph, chunk))
            .to.emit(models, "RowsPublished")
            .withArgs(id, operator, first, chunk.rows);
        }
      }
    await expect(models.publishRows(id, graph, chunkOf(1, 128, 128))).to.emit(models, "RowsPublished");
    await expect(models.publishRows(id, graph, chunkOf(1, 0, 256))).to.emit(models, "RowsPublished");
  });
});

/** Siblings of the node above these rows, which are a leaf's upper siblings. */
const proofOf = (rows: readonly Uint8Array[], first: number, size: number): Hex[] =>
  first < rows.length ? orderedTree(rows).proof(first).slice(Math.log2(size)) : [];
