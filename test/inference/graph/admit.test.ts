import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Hex, hexToBytes } from "viem";
import { admitGraph } from "../../../inference/graph/admit.ts";
import { MalformedModel } from "../../../inference/graph/protobuf.ts";
import { operators, RULES_HASH, rulesText } from "../../../inference/graph/rules.ts";
import { bytesField, intField, message, textField } from "../../../inference/protobuf.ts";
import { readModel } from "../../../models/read.ts";
import { decodeLayout, type Layout } from "../../../sdk/layouts.ts";
import vectors from "../../vectors/graphs.json" with { type: "json" };
import { verdictOf } from "../../vectors/graphs.ts";
import {
  BOOL,
  FLOAT,
  type FreeModel,
  type FreeNode,
  type FreeTensor,
  floatLayout,
  floats,
  graph,
  int64s,
  model,
  oneNode,
  tensor,
  value,
} from "./onnx.ts";

const refusal = (artifact: Uint8Array, layout: Layout): string => {
  try {
    const cost = admitGraph(artifact, layout);
    return `admitted: ${JSON.stringify(cost)}`;
  } catch (error) {
    expect(error).to.be.instanceOf(MalformedModel);
    return (error as Error).message;
  }
};

const four = floatLayout([1, 4], [1, 4]);

/** From x to y, with these nodes in between. */
const freely = (change: Partial<FreeModel>, layout = four): string =>
  refusal(
    model({
      nodes: [{ op: "Relu", inputs: ["x"], outputs: ["y"] }],
      inputs: [layout.input],
      outputs: [layout.output],
      ...change,
    }),
    layout,
  );

const relu = (from: string, to: string) => ({ op: "Relu", inputs: [from], outputs: [to] });

describe("graph/admit", () => {
  describe("refuses", () => {
    it("control flow by its name, and graphs within an operator that is allowed", () => {
      const inner = graph({ nodes: [relu("a", "b")], inputs: [], outputs: [] });
      const nodesOf = (op: string) => [{ op, inputs: ["x"], outputs: ["y"], attributes: { body: { graph: inner } } }];
      for (const op of ["Loop", "If", "Scan"])
        expect(freely({ nodes: nodesOf(op) })).to.equal(`The operator ${op} is not allowed.`);
      expect(freely({ nodes: nodesOf("Relu") })).to.equal("An attribute has a field 6, which is not allowed.");
    });

    for (const op of [
      ...["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"],
      ...["NonZero", "Unique", "Compress", "Range", "Resize", "Loop", "If", "Scan", "NonMaxSuppression", "Optional"],
      ...["SequenceAt", "StringNormalizer", "constructor", "__proto__", ""],
    ])
      it(`the operator ${op || "without a name"}`, () => {
        expect(freely({ nodes: [{ op, inputs: ["x"], outputs: ["y"] }] })).to.equal(
          `The operator ${op} is not allowed.`,
        );
      });

    it("dropout that trains, or may", () => {
      const nodes = [{ op: "Dropout", inputs: ["x", "ratio", "train"], outputs: ["y"] }];
      const ratio = floats("ratio", []);
      const train = { name: "train", dtype: BOOL, dims: [], data: Uint8Array.of(1) };
      expect(freely({ nodes, constants: [ratio, train] })).to.equal(
        "A node Dropout trains, so that its output is random.",
      );
      const computed = { op: "Greater", inputs: ["x", "x"], outputs: ["train"] };
      expect(freely({ nodes: [computed, ...nodes], constants: [ratio] })).to.match(/trains/);
      expect(freely({ nodes, constants: [ratio, { ...train, data: Uint8Array.of(0) }] })).to.match(/^admitted/);
    });

    it("operators of other domains, and imports of them", () => {
      for (const domain of ["com.microsoft", "ai.onnx"])
        expect(freely({ nodes: [{ ...relu("x", "y"), domain }] })).to.equal(
          `The operator Relu is of the domain "${domain}"; only ONNX's own, as "", is allowed.`,
        );
      const other = bytesField(8, message(textField(1, "ai.onnx.ml"), intField(2, 3)));
      expect(freely({ modelFields: [other] })).to.match(/must import ONNX's own operators, and no others/);
    });

    it("functions, training, sparse and quantised notes", () => {
      expect(freely({ modelFields: [bytesField(25, message())] })).to.equal(
        "The model has a field 25, which is not allowed.",
      );
      expect(freely({ modelFields: [bytesField(20, message())] })).to.match(/field 20/);
      for (const number of [14, 15])
        expect(freely({ graphFields: [bytesField(number, message())] })).to.equal(
          `The graph has a field ${number}, which is not allowed.`,
        );
    });

    it("data in other files, strings, and data of another length", () => {
      const external = message(intField(1, 1), intField(2, FLOAT), textField(8, "w"), intField(14, 1));
      expect(freely({ graphFields: [bytesField(5, external)] })).to.equal(
        'The tensor "w" has its data in another file.',
      );
      const located = message(intField(1, 1), intField(2, FLOAT), textField(8, "w"), bytesField(13, message()));
      expect(freely({ graphFields: [bytesField(5, located)] })).to.match(/field 13/);
      const strings = message(intField(1, 1), intField(2, 8), textField(6, "a"), textField(8, "w"));
      expect(freely({ graphFields: [bytesField(5, strings)] })).to.match(/field 6/);
      expect(freely({ constants: [{ ...floats("w", [2]), data: new Uint8Array(7) }] })).to.equal(
        'The tensor "w" has 7 bytes; its dims make 8.',
      );
      expect(freely({ constants: [{ name: "w", dtype: 8, dims: [1], data: new Uint8Array(1) }] })).to.match(
        /element type 8, which is not allowed/,
      );
    });

    it("a bool that is neither 0 nor 1", () => {
      const odd = { name: "w", dtype: BOOL, dims: [2], data: Uint8Array.of(0, 3) };
      expect(freely({ constants: [odd] })).to.equal('The tensor "w" has a bool that is neither 0 nor 1.');
    });

    it("fields given twice, numbers longer than need be, half a field, and groups", () => {
      expect(freely({ graphFields: [textField(2, "h")] })).to.equal('The graph has its field "name" twice.');
      const long = Uint8Array.of(5 * 8, 0x81, 0x00);
      expect(freely({ modelFields: [long] })).to.match(/longer than it need be/);
      const cut = model({ nodes: [relu("x", "y")], inputs: [four.input], outputs: [four.output] }).slice(0, -1);
      expect(refusal(cut, four)).to.match(/ends in the middle of a field/);
      expect(freely({ modelFields: [Uint8Array.of(5 * 8 + 3)] })).to.match(/a form that it can't have/);
      expect(freely({ modelFields: [Uint8Array.of(2 * 8 + 2, 2, 0xc3, 0x28)] })).to.match(/no UTF-8 text/);
      expect(refusal(new TextEncoder().encode("no model"), four)).to.match(/^The model /);
      expect(refusal(new Uint8Array(0), four)).to.match(/IR version none/);
    });

    it("initialisers that are inputs, too, and two inputs or outputs", () => {
      const w = floats("w", [1, 4]);
      expect(freely({ constants: [w], inputs: [four.input, { name: "w", dtype: FLOAT, dims: [1, 4] }] })).to.equal(
        "The model has 2 inputs; it must have one.",
      );
      expect(freely({ constants: [floats("x", [1, 4])] })).to.equal('The graph names "x" twice.');
      expect(freely({ outputs: [four.output, { name: "z", dtype: FLOAT, dims: [1, 4] }] })).to.match(/2 outputs/);
    });

    it("reads forward, names twice, and outputs that nothing gives", () => {
      expect(freely({ nodes: [relu("z", "y"), relu("x", "z")] })).to.equal(
        'A node Relu reads "z", which nothing before it gives.',
      );
      expect(freely({ nodes: [relu("x", "y"), relu("x", "y")] })).to.equal('The graph names "y" twice.');
      expect(freely({ nodes: [relu("x", "z")] })).to.equal('Nothing gives the output "y".');
    });

    it("another name, type or shape than the layout's", () => {
      expect(freely({ inputs: [{ ...four.input, name: "z" }] })).to.equal(
        'The model\'s input is "z"; its layout says "x".',
      );
      expect(freely({ inputs: [{ ...four.input, dims: [1, 5] }] })).to.equal(
        'The model\'s input "x" is declared as float32[1, 5]; it is float32[1, 4].',
      );
      const wrong = floatLayout([1, 4], [1, 5]);
      expect(freely({ outputs: [wrong.output] }, wrong)).to.equal(
        'The output "y" comes out as float32[1, 4]; its layout says float32[1, 5].',
      );
    });

    it("shapes that hang on the input", () => {
      const shape = { op: "Cast", inputs: ["x"], outputs: ["s"], attributes: { to: 7 } };
      for (const op of ["Reshape", "Expand", "Tile"])
        expect(freely({ nodes: [shape, { op, inputs: ["x", "s"], outputs: ["y"] }] })).to.equal(
          `A node ${op} has an input 1 that is no constant of a few integers.`,
        );
    });

    it("dimensions of 0, of 2^31, and products of them", () => {
      const grown = (repeats: number[], dims: number[]) =>
        refusal(
          model({
            nodes: [{ op: "Tile", inputs: ["x", "r"], outputs: ["y"] }],
            constants: [int64s("r", repeats)],
            inputs: [{ name: "x", dtype: FLOAT, dims: [1, 4] }],
            outputs: [{ name: "y", dtype: FLOAT, dims }],
          }),
          floatLayout([1, 4], [1, 4]),
        );
      expect(grown([2 ** 31 - 1, 1], [1, 4])).to.match(/more than are allowed/);
      expect(grown([0, 1], [1, 4])).to.equal("A node Tile makes the dims [0,4].");
      expect(freely({ outputs: [{ ...four.output, dims: [0, 4] }] })).to.match(/a dimension of 0/);
      expect(freely({ outputs: [{ ...four.output, dims: [2 ** 31, 4] }] })).to.match(/a dimension of 2147483648/);
    });

    it("values of more dimensions than the limit, the layout's too", () => {
      const nine = Array<number>(9).fill(1);
      expect(freely({ constants: [floats("w", nine)] })).to.equal('The tensor "w" has 9 dimensions; 8 are allowed.');
      expect(freely({}, floatLayout(nine, nine))).to.match(/has 9 dimensions; 8 are allowed/);
      expect(freely({}, floatLayout(nine.slice(1), nine.slice(1)))).to.match(/^admitted/);
    });

    it("a ladder of constants that fills the memory, before any of it is made", () => {
      const steps = Array.from({ length: 16 }, (_, i) => 28 - i);
      const nodes = steps.map((step) => ({ op: "ConstantOfShape", inputs: [`s${step}`], outputs: [`c${step}`] }));
      const sums = steps.map((step) => ({ op: "ReduceSum", inputs: [`c${step}`, "a"], outputs: [`r${step}`] }));
      const added = { op: "Sum", inputs: ["x", ...steps.map((step) => `r${step}`)], outputs: ["y"] };
      const constants = [int64s("a", [0]), ...steps.map((step) => int64s(`s${step}`, [2 ** step]))];
      expect(freely({ nodes: [...nodes, ...sums, added], constants })).to.match(
        /bytes at once at node \d+; 1073741824 are allowed/,
      );
    });

    it("products that take hours", () => {
      const dims = [1, 4];
      const nodes = [
        { op: "Expand", inputs: ["x", "s"], outputs: ["a"] },
        { op: "MatMul", inputs: ["a", "a"], outputs: ["b"] },
        { op: "MatMul", inputs: ["b", "b"], outputs: ["c"] },
        { op: "ReduceSum", inputs: ["c", "k"], outputs: ["d"] },
        { op: "Add", inputs: ["d", "x"], outputs: ["y"] },
      ];
      const layout = floatLayout([1, 1], [1, 1]);
      expect(
        freely(
          {
            nodes,
            constants: [int64s("s", [4096, 4096]), int64s("k", [0, 1])],
            inputs: [layout.input],
            outputs: [layout.output],
          },
          layout,
        ),
      ).to.match(/multiply-adds up to node 1; 8589934592 are allowed/);
      expect(dims).to.have.lengthOf(2);
    });

    it("many small steps that take as long as large ones", () => {
      const many = 2 ** 23;
      const made = (node: FreeNode, dims: number[], constants: FreeTensor[] = []) =>
        freely({
          nodes: [
            { op: "ConstantOfShape", inputs: ["s"], outputs: ["a"] },
            ...Array.from({ length: 16 }, (_, i) => ({ ...node, outputs: [`b${i}`] })),
            { op: "Relu", inputs: ["x"], outputs: ["y"] },
          ],
          constants: [int64s("s", dims), ...constants],
        });
      const parts = { op: "MatMul", inputs: ["a", "a"], outputs: [] };
      expect(made(parts, [many, 1, 1])).to.match(/multiply-adds up to node 8; 8589934592 are allowed/);
      const groups = { op: "Conv", inputs: ["a", "w"], outputs: [], attributes: { group: 1 } };
      expect(made(groups, [many, 1, 1], [floats("w", [1, 1, 1])])).to.match(/multiply-adds up to node 8/);
      const remainders = { op: "Mod", inputs: ["a", "a"], outputs: [], attributes: { fmod: 1 } };
      expect(made(remainders, [many])).to.match(/multiply-adds up to node 1/);
    });

    it("more nodes than the limit", () => {
      const nodes = Array.from({ length: 16_385 }, (_, i) =>
        relu(i === 0 ? "x" : `v${i}`, i === 16_384 ? "y" : `v${i + 1}`),
      );
      expect(freely({ nodes })).to.equal("The model has 16385 nodes; 16384 are allowed.");
    });

    it("attributes that an operator doesn't have, or of another kind", () => {
      const y = oneNode("Relu", [1, 4], [1, 4], { attributes: { alpha: 1 } });
      expect(refusal(y.artifact, y.layout)).to.equal('A node Relu has an attribute "alpha" that is not allowed.');
      const z = oneNode("Softmax", [1, 4], [1, 4], { attributes: { axis: { float: 1 } } });
      expect(refusal(z.artifact, z.layout)).to.match(/attribute "axis" that is not allowed/);
    });

    it("versions of ONNX and of its operators beyond the limits", () => {
      expect(freely({ opset: 12 })).to.equal("The model uses version 12 of ONNX's operators; 13 to 21 are allowed.");
      expect(freely({ opset: 22 })).to.match(/13 to 21/);
      expect(freely({ irVersion: 11 })).to.match(/IR version 11; 4 to 10/);
      expect(freely({ nodes: [{ op: "Gelu", inputs: ["x"], outputs: ["y"] }], opset: 19 })).to.equal(
        "The operator Gelu is not part of version 19 of ONNX's operators.",
      );
    });

    it("what a file says of a value in between, where it isn't so", () => {
      const said = bytesField(13, value({ name: "z", dtype: FLOAT, dims: [1, 5] }));
      expect(freely({ nodes: [relu("x", "z"), relu("z", "y")], graphFields: [said] })).to.match(
        /value "z" is declared as float32\[1, 5\]; it is float32\[1, 4\]/,
      );
    });
  });

  describe("admits", () => {
    for (const name of ["digits", "risk"])
      it(`the model ${name}`, async () => {
        const { artifact, layout } = await readModel(name);
        const { work, bytes } = admitGraph(artifact, decodeLayout(layout));
        expect(work).to.be.within(500, 10_000);
        expect(bytes).to.be.within(1000, 10_000);
      });

    it("open dimensions in whatever form, an unknown rank too: the layout says them", () => {
      for (const dims of [[undefined, 4], ["n", 4], [-1, 4], [undefined, undefined], undefined])
        expect(freely({ inputs: [{ ...four.input, dims }], outputs: [{ ...four.output, dims }] })).to.match(
          /^admitted/,
        );
    });

    it("a constant in either form", () => {
      const typed = message(intField(1, 2), intField(2, 7), intField(7, 1), intField(7, 4), textField(8, "s"));
      const nodes = [{ op: "Reshape", inputs: ["x", "s"], outputs: ["y"] }];
      expect(freely({ nodes, graphFields: [bytesField(5, typed)] })).to.match(/^admitted/);
      expect(freely({ nodes, graphFields: [bytesField(5, tensor(int64s("s", [1, 4])))] })).to.match(/^admitted/);
    });

    it("as many nodes as the limit", () => {
      const nodes = Array.from({ length: 16_384 }, (_, i) =>
        relu(i === 0 ? "x" : `v${i}`, i === 16_383 ? "y" : `v${i + 1}`),
      );
      expect(freely({ nodes })).to.equal(`admitted: ${JSON.stringify({ work: 16 * 65_536, bytes: 32 })}`);
    });
  });

  it("has rules of one text, and one hash", () => {
    const lines = rulesText.split("\n");
    expect(lines.slice(0, 6)).to.deep.equal([
      "GRAPH_RULES_V2",
      "opset 13 21",
      "nodes 16384",
      "dimensions 8",
      "bytes 1073741824",
      "multiply-adds 8589934592",
    ]);
    expect(lines.slice(6, -1)).to.deep.equal(Object.keys(operators).sort());
    expect(RULES_HASH).to.match(/^0x[0-9a-f]{64}$/);
  });

  for (const { name, file, layout, ...verdict } of vectors)
    it(`agrees with the vectors on ${name}`, () => {
      expect(verdictOf(hexToBytes(file as Hex), decodeLayout(hexToBytes(layout as Hex)))).to.deep.equal(verdict);
    });

  // Files that stopped every verifier, or that no two ran alike, and files that were refused though they run.
  for (const [name, layout, verdict] of [
    ["loop_endless", floatLayout([1, 4], [1, 4]), /^The operator Loop is not allowed\.$/],
    ["random_like", floatLayout([1, 4], [1, 4]), /^The operator RandomUniformLike is not allowed\.$/],
    ["dropout_training", floatLayout([1, 64], [1, 64]), /^A node Dropout trains/],
    ["dim_unnamed", floatLayout([3, 4], [3, 2]), /^admitted/],
    ["dim_minus_one", floatLayout([3, 4], [3, 2]), /^admitted/],
  ] as const)
    it(`comes to one verdict on ${name}.onnx`, () => {
      const file = readFileSync(new URL(`../../fixtures/onnx/${name}.onnx`, import.meta.url));
      expect(refusal(file, layout)).to.match(verdict);
    });
});
