import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex } from "viem";
import { canonicalOnnx } from "../../inference/canonical.ts";
import type { Layout, Row, TensorSpec } from "../../sdk/layouts.ts";
import { anyModel, integerLayout } from "./layers.ts";

const documentation = readFileSync(new URL("../../docs/canonical-onnx.md", import.meta.url), "utf8");

describe("canonical writer", () => {
  const layers: Row[][] = [[{ shift: 8, lo: 0, bias: -5, weights: Int8Array.of(1, -2) }]];
  const layout = integerLayout(2, 1);
  const withInput = (change: Partial<TensorSpec>): Layout => ({ ...layout, input: { ...layout.input, ...change } });

  it("refuses rows out of bounds, naming the row", () => {
    const [[row]] = layers as [[Row]];
    expect(() => canonicalOnnx(layout, [[{ ...row, shift: 0 }]])).to.throw("Row 0 shifts by 0; a shift is 1 to 30.");
  });

  it("refuses tensors that aren't int8", () => {
    expect(() => canonicalOnnx(withInput({ dtype: 2 }), layers)).to.throw(
      'Tensor "x" has ONNX element type 2; int8 (3) is needed.',
    );
  });

  it("refuses dims other than one vector of the layer's width", () => {
    for (const dims of [[2], [2, 1], [1, 1, 2], [1, 3]])
      expect(() => canonicalOnnx(withInput({ dims }), layers)).to.throw(
        `Tensor "x" has dims [${dims.join(", ")}]; [1, 2] is needed.`,
      );
  });

  it("refuses names that it uses itself, and one name for both tensors", () => {
    for (const name of ["max", "0/weights", "", "a b"])
      expect(() => canonicalOnnx(withInput({ name }), layers)).to.throw(`"${name}" can't name a tensor`);
    expect(() => canonicalOnnx(withInput({ name: "y" }), layers)).to.throw(
      'The input and the output are both named "y".',
    );
  });

  it("writes the example of the documentation byte for byte", () => {
    const [, example] = documentation.split("```") as [string, string];
    const lines = example.trim().split("\n");
    const bytes = lines.map((line) => line.split(" ")[0]).join("");
    expect(bytesToHex(canonicalOnnx(layout, layers))).to.equal(`0x${bytes}`);
  });

  it("gives other rows another file", () => {
    fc.assert(
      fc.property(anyModel, fc.nat(), fc.nat(), ({ layout, layers }, at, bit) => {
        const rows = layers.flat();
        const row = rows[at % rows.length] as Row;
        const before = canonicalOnnx(layout, layers);
        const k = bit % row.weights.length;
        row.weights[k] = (row.weights[k] as number) ^ 1;
        expect(canonicalOnnx(layout, layers)).not.to.deep.equal(before);
        row.weights[k] = (row.weights[k] as number) ^ 1;
        expect(canonicalOnnx(layout, layers)).to.deep.equal(before);
      }),
    );
  });
});
