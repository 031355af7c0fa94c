import { expect } from "chai";
import fc from "fast-check";
import { keccak256, sha256 } from "viem";
import { canonicalOnnx } from "../../inference/canonical.ts";
import { checkModel, nameModel, type PublishedModel } from "../../inference/model.ts";
import { encodeOnnx, ONNX_FLOAT } from "../../inference/onnx.ts";
import { RUNTIME_ID } from "../../inference/pinned.ts";
import { modelId, ZERO_HASH } from "../../sdk/commitments.ts";
import { encodeLayout, encodeRows, type Layout, type Row, weightsTree } from "../../sdk/layouts.ts";
import { anyModel, integerLayout } from "./layers.ts";

/** A model as its publisher names it, right or wrong. */
const published = (layout: Layout, layers: Row[][], artifact: Uint8Array): PublishedModel => {
  const parts = {
    artifactHash: sha256(artifact),
    runtimeId: RUNTIME_ID,
    weightsRoot: layers.length > 0 ? weightsTree(layers).root : ZERO_HASH,
    verifyingKeyHash: ZERO_HASH,
    measurement: ZERO_HASH,
  };
  const bytes = encodeLayout(layout);
  return {
    ...parts,
    modelId: modelId({ ...parts, layoutHash: keccak256(bytes) }),
    layout: bytes,
    rows: encodeRows(layers),
  };
};

describe("model", () => {
  const layers: Row[][] = [[{ shift: 3, lo: 0, bias: 7, weights: Int8Array.of(1, -2) }]];
  const layout = integerLayout(2, 1);
  const artifact = canonicalOnnx(layout, layers);
  const model = published(layout, layers, artifact);
  const other = keccak256("0x01");

  it("refuses a corrupted file, naming both hashes", () => {
    const corrupted = artifact.slice();
    corrupted[100] = (corrupted[100] as number) ^ 1;
    expect(() => checkModel(model, corrupted)).to.throw(
      `The file has sha256 ${sha256(corrupted)}; the model names ${model.artifactHash}.`,
    );
  });

  it("refuses another runtime", () => {
    expect(() => checkModel({ ...model, runtimeId: other }, artifact)).to.throw(
      `The model runs on runtime ${other}; this is runtime ${RUNTIME_ID}.`,
    );
  });

  it("refuses rows that the root doesn't stand for", () => {
    const rows = model.rows.slice();
    rows[6] = 9;
    expect(() => checkModel({ ...model, rows }, artifact)).to.throw(
      /^The rows have the root 0x\w+; the model names 0x/,
    );
  });

  it("refuses rows too short or too long for the layout", () => {
    expect(() => checkModel({ ...model, rows: model.rows.slice(1) }, artifact)).to.throw(
      "The rows are 7 bytes; the layout needs 8.",
    );
    const float = published({ ...layout, widths: [] }, [], artifact);
    expect(() => checkModel({ ...float, rows: new Uint8Array(1) }, artifact)).to.throw(
      "The rows are 1 bytes; the layout needs 0.",
    );
  });

  it("refuses a malformed layout", () => {
    expect(() => checkModel({ ...model, layout: model.layout.slice(0, -1) }, artifact)).to.throw(
      "The bytes end before",
    );
  });

  for (const part of ["modelId", "verifyingKeyHash", "measurement"] as const)
    it(`refuses a name that doesn't follow from the parts: ${part}`, () => {
      expect(() => checkModel({ ...model, [part]: other }, artifact)).to.throw(
        /^The parts make the model 0x\w+; it is named 0x/,
      );
    });

  it("refuses another layout under the same name", () => {
    const renamed = encodeLayout({ ...layout, input: { ...layout.input, name: "z" } });
    expect(() => checkModel({ ...model, layout: renamed }, artifact)).to.throw("The parts make the model");
  });

  it("refuses rows out of bounds", () => {
    const [[row]] = layers as [[Row]];
    const wrong = published(layout, [[{ ...row, shift: 31 }]], artifact);
    expect(() => checkModel(wrong, artifact)).to.throw("Row 0 shifts by 31; a shift is 1 to 30.");
  });

  it("refuses a file that runs other rows than were published", () => {
    const [[row]] = layers as [[Row]];
    const file = canonicalOnnx(layout, [[{ ...row, weights: Int8Array.of(1, -1) }]]);
    expect(() => checkModel(published(layout, layers, file), file)).to.throw(
      /^The file is not what its layout and rows make: byte \d+ is 0xff, not 0xfe\.$/,
    );
  });

  it("refuses a file that is cut short or goes on", () => {
    const short = artifact.slice(0, -1);
    expect(() => checkModel(published(layout, layers, short), short)).to.throw(
      `byte ${short.length} is missing, not 0x0d.`,
    );
    const long = new Uint8Array([...artifact, 0]);
    expect(() => checkModel(published(layout, layers, long), long)).to.throw(
      `The file is ${long.length} bytes; its layout and rows make ${artifact.length}.`,
    );
  });

  it("names a model by its parts", () => {
    expect(nameModel(artifact, model.layout, model.rows)).to.deep.equal(model);
    const float = published({ ...layout, widths: [] }, [], artifact);
    expect(nameModel(artifact, float.layout, new Uint8Array(0))).to.deep.equal(float);
  });

  it("gives back layout and layers of an integer model", () => {
    fc.assert(
      fc.property(anyModel, ({ layout, layers }) => {
        const file = canonicalOnnx(layout, layers);
        expect(checkModel(published(layout, layers, file), file)).to.deep.equal({ layout, layers });
      }),
    );
  });

  it("takes a float model's file as it is", () => {
    const vector = (name: string) => ({ name, dtype: ONNX_FLOAT, dims: [1] });
    const graph = { name: "g", nodes: [], constants: [], input: vector("x"), output: vector("x") };
    const float = { widths: [], input: vector("x"), output: vector("x") };
    const file = encodeOnnx(graph);
    expect(checkModel(published(float, [], file), file)).to.deep.equal({ layout: float, layers: [] });
  });
});
