import { readFileSync } from "node:fs";
import { bytesToHex } from "viem";
import { admitGraph } from "../../inference/graph/admit.ts";
import { MalformedModel } from "../../inference/graph/protobuf.ts";
import { bytesField, intField, message, textField } from "../../inference/protobuf.ts";
import { encodeLayout, type Layout } from "../../sdk/layouts.ts";
import {
  BOOL,
  FLOAT,
  type FreeModel,
  type FreeNode,
  floatLayout,
  floats,
  graph,
  INT64,
  int64s,
  model,
  value,
} from "../inference/graph/onnx.ts";

interface GraphCase {
  name: string;
  file: Uint8Array;
  layout: Layout;
}

const four = floatLayout([1, 4], [1, 4]);
const one = floatLayout([1], [1]);
const relu: FreeNode = { op: "Relu", inputs: ["x"], outputs: ["y"] };

const caseOf = (name: string, change: Partial<FreeModel>, layout: Layout = four): GraphCase => ({
  name,
  file: model({ nodes: [relu], inputs: [layout.input], outputs: [layout.output], ...change }),
  layout,
});

/** A model of one node from x to y, which may read constants too. */
const nodeCase = (op: string, of: Partial<FreeNode> & Pick<FreeModel, "constants"> = {}, layout: Layout = four) => {
  const { constants = [], ...node } = of;
  const inputs = ["x", ...constants.map(({ name }) => name)];
  return caseOf(`the operator ${op}`, { nodes: [{ op, inputs, outputs: ["y"], ...node }], constants }, layout);
};

const fixture = (name: string, layout: Layout): GraphCase => ({
  name: `${name}.onnx`,
  file: readFileSync(new URL(`../fixtures/onnx/${name}.onnx`, import.meta.url)),
  layout,
});

const inner = graph({ nodes: [{ op: "Relu", inputs: ["a"], outputs: ["b"] }], inputs: [], outputs: [] });

/** Constants of 2^top, 2^(top - 1) … floats, sixteen of them, all kept alive. */
function ladder(name: string, top: number): GraphCase {
  const steps = Array.from({ length: 16 }, (_, i) => top - i);
  const made = steps.map((step) => ({ op: "ConstantOfShape", inputs: [`s${step}`], outputs: [`c${step}`] }));
  const sums = steps.map((step) => ({ op: "ReduceSum", inputs: [`c${step}`, "a"], outputs: [`r${step}`] }));
  const added = { op: "Sum", inputs: ["x", ...steps.map((step) => `r${step}`)], outputs: ["y"] };
  const constants = [int64s("a", [0]), ...steps.map((step) => int64s(`s${step}`, [2 ** step]))];
  return caseOf(name, { nodes: [...made, ...sums, added], constants });
}

const products = (size: number): FreeModel["nodes"] => [
  { op: "Expand", inputs: ["x", "s"], outputs: ["a"] },
  ...Array.from({ length: size }, (_, i) => ({
    op: "MatMul",
    inputs: [i === 0 ? "a" : `b${i}`, "a"],
    outputs: [`b${i + 1}`],
  })),
  { op: "ReduceMean", inputs: [`b${size}`, "k"], outputs: ["m"], attributes: { keepdims: 0 } },
  { op: "Reshape", inputs: ["m", "o"], outputs: ["y"] },
];

const multiplied = (name: string, width: number, count: number): GraphCase =>
  caseOf(
    name,
    { nodes: products(count), constants: [int64s("s", [width, width]), int64s("k", [0, 1]), int64s("o", [1])] },
    one,
  );

/** A shape, a count or a position that is made of the input's elements. */
const byInput = (op: string, attributes: FreeNode["attributes"] = {}, outputs = ["y"]): GraphCase =>
  caseOf(`${op} by what is computed`, {
    nodes: [
      { op: "Cast", inputs: ["x"], outputs: ["n"], attributes: { to: INT64 } },
      { op, inputs: op === "ConstantOfShape" ? ["n"] : ["x", "n"], outputs, attributes },
    ],
  });

/** A node without inputs, whose one attribute has these fields beside its name. */
const constant = (name: string, attribute: string, ...fields: Uint8Array[]): GraphCase =>
  caseOf(name, {
    graphFields: [
      bytesField(
        1,
        message(
          textField(2, "c"),
          textField(4, "Constant"),
          bytesField(5, message(textField(1, attribute), ...fields)),
        ),
      ),
    ],
  });

/** An input of a type that is no tensor of numbers, by the field of TypeProto that says so. */
const typed = (name: string, field: number): GraphCase =>
  caseOf(name, {
    inputs: [],
    graphFields: [bytesField(11, message(textField(1, "x"), bytesField(2, message(bytesField(field, message())))))],
  });

const external = message(intField(1, 1), intField(2, FLOAT), textField(8, "w"), intField(14, 1));
const located = message(
  ...[intField(1, 1), intField(2, FLOAT), textField(8, "w")],
  bytesField(13, message(textField(1, "location"), textField(2, "/etc/passwd"))),
  intField(14, 1),
);
const strings = message(intField(1, 1), intField(2, 8), textField(6, "a"), textField(8, "w"));
const subnormals = floats("w", [1, 4], () => 2 ** -149);
const ratio = floats("ratio", [], () => 0.5);
const train = (given: number) => ({ name: "train", dtype: BOOL, dims: [], data: Uint8Array.of(given) });
const dropout: FreeNode = { op: "Dropout", inputs: ["x", "ratio", "train"], outputs: ["y"] };
const convolved = floatLayout([1, 2, 6, 6], [1, 4, 3, 3]);

const cases = (): GraphCase[] => [
  fixture("loop_endless", four),
  fixture("random_like", four),
  fixture("dropout_training", floatLayout([1, 64], [1, 64])),
  fixture("dim_unnamed", floatLayout([3, 4], [3, 2])),
  fixture("dim_minus_one", floatLayout([3, 4], [3, 2])),
  ...["Loop", "If", "Scan"].map((op) => nodeCase(op, { attributes: { body: { graph: inner } } })),
  ...["RandomNormal", "RandomUniform", "Bernoulli", "Multinomial"].map((op) => nodeCase(op)),
  ...["NonZero", "Unique", "Compress", "Range", "Resize", "NonMaxSuppression"].map((op) => nodeCase(op)),
  ...["SequenceAt", "StringNormalizer", "QLinearAdd", "constructor"].map((op) => nodeCase(op)),
  ...["Tile", "Reshape", "Expand", "Pad", "Squeeze", "ReduceSum", "ConstantOfShape"].map((op) => byInput(op)),
  byInput("TopK", {}, ["y", "i"]),
  caseOf("Slice by what is computed", {
    nodes: [
      { op: "Cast", inputs: ["x"], outputs: ["n"], attributes: { to: INT64 } },
      { op: "Slice", inputs: ["x", "n", "n"], outputs: ["y"] },
    ],
  }),
  caseOf("dropout that doesn't train", { nodes: [dropout], constants: [ratio, train(0)] }),
  caseOf("dropout that trains", { nodes: [dropout], constants: [ratio, train(1)] }),
  caseOf("an operator of another domain", { nodes: [{ ...relu, domain: "com.microsoft" }] }),
  caseOf("operators of another domain imported", {
    modelFields: [bytesField(8, message(textField(1, "ai.onnx.ml"), intField(2, 3)))],
  }),
  caseOf("a function that a node calls", {
    nodes: [{ ...relu, op: "Twice", domain: "local" }],
    modelFields: [
      bytesField(8, message(textField(1, "local"), intField(2, 1))),
      bytesField(25, message(textField(1, "Twice"), textField(10, "local"))),
    ],
  }),
  caseOf("a function", { modelFields: [bytesField(25, message())] }),
  caseOf("a sparse initialiser", { graphFields: [bytesField(15, message())] }),
  constant("a sparse constant", "sparse_value", bytesField(22, message()), intField(20, 11)),
  typed("a sparse input", 8),
  typed("a sequence as input", 4),
  typed("an optional input", 9),
  caseOf("data in another file", { graphFields: [bytesField(5, external)] }),
  caseOf("data in a file of the host", { graphFields: [bytesField(5, located)] }),
  constant("a constant in another file", "value", bytesField(5, external), intField(20, 4)),
  caseOf("strings", { graphFields: [bytesField(5, strings)] }),
  constant("a constant of strings", "value_strings", textField(9, "a"), intField(20, 8)),
  constant("a constant of one string", "value_string", textField(4, "a"), intField(20, 3)),
  caseOf("an input of strings", { inputs: [{ ...four.input, dtype: 8 }] }),
  caseOf("a bool of 3", { constants: [{ name: "w", dtype: BOOL, dims: [1], data: Uint8Array.of(3) }] }),
  caseOf("an initialiser that is an input, too", {
    constants: [floats("w", [1, 4])],
    inputs: [four.input, { name: "w", dtype: FLOAT, dims: [1, 4] }],
  }),
  caseOf("a dimension of 2^31", { inputs: [{ ...four.input, dims: [2 ** 31, 4] }] }),
  caseOf("2^31 elements", {
    nodes: [
      { op: "Expand", inputs: ["x", "s"], outputs: ["z"] },
      { op: "ReduceSum", inputs: ["z"], outputs: ["y"] },
    ],
    constants: [int64s("s", [2 ** 29, 4])],
  }),
  caseOf("a rank left open", { inputs: [{ ...four.input, dims: undefined }], outputs: [four.output] }),
  caseOf("dimensions left open", { inputs: [{ ...four.input, dims: ["n", undefined] }] }),
  caseOf("a field given twice", { graphFields: [textField(2, "h")] }),
  caseOf("a number longer than it need be", { modelFields: [Uint8Array.of(5 * 8, 0x81, 0x00)] }),
  caseOf("a name that is no UTF-8", { modelFields: [Uint8Array.of(2 * 8 + 2, 2, 0xc3, 0x28)] }),
  caseOf("a value in between that is said to be another", {
    nodes: [
      { op: "Relu", inputs: ["x"], outputs: ["z"] },
      { op: "Relu", inputs: ["z"], outputs: ["y"] },
    ],
    graphFields: [bytesField(13, value({ name: "z", dtype: FLOAT, dims: [1, 5] }))],
  }),
  caseOf("version 12 of ONNX's operators", { opset: 12 }),
  ladder("a ladder of constants that are kept alive", 28),
  ladder("a ladder of constants just within the limit", 27),
  multiplied("a product within the limit", 2000, 1),
  multiplied("products beyond it", 2000, 2),
  caseOf(
    "a stack of matrices of one element each",
    {
      nodes: [
        { op: "Expand", inputs: ["x", "s"], outputs: ["a"] },
        { op: "MatMul", inputs: ["a", "a"], outputs: ["b"] },
        { op: "ReduceMean", inputs: ["b"], outputs: ["m"], attributes: { keepdims: 0 } },
        { op: "Reshape", inputs: ["m", "o"], outputs: ["y"] },
      ],
      constants: [int64s("s", [2 ** 26, 1, 1]), int64s("o", [1])],
    },
    one,
  ),
  nodeCase("MatMul", { constants: [floats("w", [3, 4, 4])] }, floatLayout([1, 4], [3, 1, 4])),
  nodeCase("Mod", { constants: [floats("w", [1, 4])], attributes: { fmod: 1 } }),
  nodeCase("CumSum", { constants: [int64s("axis", [1], [])] }),
  nodeCase("Add", { constants: [floats("w", [3, 1])] }, floatLayout([1, 4], [3, 4])),
  nodeCase("MaxPool", { attributes: { kernel_shape: [2] } }, floatLayout([1, 3, 4], [1, 3, 3])),
  caseOf(
    "nine dimensions",
    { nodes: [{ op: "Reshape", inputs: ["x", "s"], outputs: ["y"] }], constants: [int64s("s", Array(9).fill(1))] },
    floatLayout([1], Array(9).fill(1)),
  ),
  caseOf("subnormal numbers", { nodes: [{ op: "Mul", inputs: ["x", "w"], outputs: ["y"] }], constants: [subnormals] }),
  nodeCase(
    "Conv",
    {
      constants: [floats("w", [4, 2, 3, 3])],
      attributes: { strides: [2, 2], pads: [1, 1, 0, 0] },
    },
    convolved,
  ),
  nodeCase("Softmax"),
  nodeCase("LogSoftmax"),
  nodeCase("Gemm", { constants: [floats("w", [4, 4])] }),
  {
    name: "a layout whose name is no UTF-8",
    file: model({ nodes: [relu], inputs: [{ ...four.input, name: "\ufffd" }], outputs: [four.output] }),
    layout: { ...four, input: { ...four.input, name: "\ufffd", rawName: Uint8Array.of(0xff) } },
  },
];

/** What a file and a layout come to: what a run costs, or why there is none. */
export function verdictOf(file: Uint8Array, layout: Layout) {
  try {
    return { cost: admitGraph(file, layout) };
  } catch (error) {
    if (!(error instanceof MalformedModel)) throw error;
    return { refused: error.message };
  }
}

export const graphs = () =>
  cases().map(({ name, file, layout }) => ({
    name,
    file: bytesToHex(file),
    layout: bytesToHex(encodeLayout(layout)),
    ...verdictOf(file, layout),
  }));
