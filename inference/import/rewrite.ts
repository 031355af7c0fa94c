import type { Attribute, Constant } from "../onnx.ts";
import { type Attributes, constantOf, floatOf, intOf, intsOf } from "./numbers.ts";
import { ImportError, type SourceNode } from "./source.ts";

/** What a rewriting may ask and add. */
export interface Rewriting {
  /** Version of ONNX's own operators that the node is of. */
  opset: number;
  /** Dims of a value; undefined where it isn't known. */
  dimsOf(name: string): readonly number[] | undefined;
  /** Adds a constant of a name of its own; returns the name. */
  add(constant: Omit<Constant, "name">): string;
  /** A name that no value has yet. */
  fresh(): string;
}

/** The oldest version whose operators are rewritten, and the newest whose operators are known to mean the same. */
export const OPSETS = [7, 24] as const;

/**
 * A node in ONNX's own operators as versions 13 to 21 have them: older forms are brought up, and those of scikit-learn's
 * exporters spelt out. Throws an {@link ImportError} that names an operator of which nothing can be made.
 */
export function rewrite(node: SourceNode, rewriting: Rewriting): SourceNode[] {
  const isOwn = node.domain === "";
  const table = isOwn ? older : node.domain === "ai.onnx.ml" ? learned : {};
  const found = Object.hasOwn(table, node.op) ? table[node.op] : undefined;
  if (found) return found(node, rewriting);
  if (!isOwn)
    throw new ImportError(
      `The operator ${node.op} of the domain "${node.domain}" is not taken: only ONNX's own operators run everywhere.`,
    );
  return [node];
}

type Rewrite = (node: SourceNode, rewriting: Rewriting) => SourceNode[];

const INT64 = 7;
const FLOAT = 1;

const int64s = (values: readonly number[], { add }: Rewriting): string =>
  add(constantOf("", { dtype: INT64, dims: [values.length], values }));

const floats = (dims: readonly number[], values: readonly number[], { add }: Rewriting): string =>
  add(constantOf("", { dtype: FLOAT, dims, values }));

const without = (attributes: Attributes, ...names: string[]): Attributes =>
  new Map([...attributes].filter(([name]) => !names.includes(name)));

/** Moves lists of integers from attributes to inputs, where a version before `since` has them. */
const listsToInputs =
  (since: number, ...names: string[]): Rewrite =>
  (node, rewriting) => {
    if (rewriting.opset >= since) return [node];
    const given = names.map((name) => intsOf(node.attributes, name));
    const inputs = given.map((values) => (values ? int64s(values, rewriting) : ""));
    while (inputs.at(-1) === "") inputs.pop();
    return [{ ...node, inputs: [...node.inputs, ...inputs], attributes: without(node.attributes, ...names) }];
  };

/** Before version 13 these flattened what follows the axis; where nothing but it follows, both mean the same. */
const alongOneAxis: Rewrite = (node, { opset, dimsOf }) => {
  if (opset >= 13) return [node];
  const dims = dimsOf(node.inputs[0] ?? "") ?? [];
  const given = intOf(node.attributes, "axis", 1);
  const axis = given < 0 ? given + dims.length : given;
  if (dims.slice(axis + 1).some((dim) => dim !== 1))
    throw new ImportError(`A node ${node.op} of version ${opset} flattens the dims [${dims}], which is not taken.`);
  return [{ ...node, attributes: new Map<string, Attribute>([["axis", { kind: "int", value: BigInt(axis) }]]) }];
};

/** Forms of ONNX's own operators that older versions have. */
const older: Readonly<Record<string, Rewrite>> = {
  BatchNormalization: (node) => [{ ...node, attributes: without(node.attributes, "spatial") }],
  Clip(node, rewriting) {
    if (rewriting.opset >= 11) return [node];
    const bounds = ["min", "max"].map((name) => {
      const bound = floatOf(node.attributes, name, Number.NaN);
      return Number.isNaN(bound) ? "" : floats([], [bound], rewriting);
    });
    return [{ ...node, inputs: [...node.inputs, ...bounds], attributes: new Map() }];
  },
  LogSoftmax: alongOneAxis,
  Pad(node, rewriting) {
    if (rewriting.opset >= 11) return [node];
    const value = floats([], [floatOf(node.attributes, "value", 0)], rewriting);
    const pads = int64s(intsOf(node.attributes, "pads") ?? [], rewriting);
    return [{ ...node, inputs: [...node.inputs, pads, value], attributes: without(node.attributes, "pads", "value") }];
  },
  ReduceSum: listsToInputs(13, "axes"),
  // No shape of a static graph has a 0, which is all that this is about.
  Reshape: (node) => [{ ...node, attributes: without(node.attributes, "allowzero") }],
  Slice: listsToInputs(10, "starts", "ends", "axes"),
  Softmax: alongOneAxis,
  Split: listsToInputs(13, "split"),
  Squeeze: listsToInputs(13, "axes"),
  Unsqueeze: listsToInputs(13, "axes"),
};

const float32: Attribute = { kind: "int", value: BigInt(FLOAT) };

/** Operators of `ai.onnx.ml` by ONNX's own: https://github.com/onnx/onnx/blob/main/docs/Operators-ml.md */
const learned: Readonly<Record<string, Rewrite>> = {
  LinearClassifier(node, rewriting) {
    const { attributes, outputs } = node;
    const classes = Math.max(intsOf(attributes, "classlabels_ints")?.length ?? 0, textsCount(node));
    const intercepts = floatsOf(attributes, "intercepts");
    if (classes > 0 && classes !== intercepts.length)
      throw new ImportError(
        `A node LinearClassifier scores ${intercepts.length} of its ${classes} classes; export it with a score for each.`,
      );
    const scores = rewriting.fresh();
    const post = attributes.get("post_transform");
    const transform = post?.kind === "text" ? post.value : "NONE";
    const after = { NONE: "Identity", SOFTMAX: "Softmax", LOGISTIC: "Sigmoid" }[transform];
    if (after === undefined)
      throw new ImportError(`A node LinearClassifier ends with ${transform}, which is not taken.`);
    return [
      ...linear(node, floatsOf(attributes, "coefficients"), intercepts, scores, rewriting),
      { op: after, domain: "", inputs: [scores], outputs: [outputs[1] ?? ""], attributes: new Map() },
    ];
  },
  LinearRegressor: (node, rewriting) => {
    const post = node.attributes.get("post_transform");
    if (post?.kind === "text" && post.value !== "NONE")
      throw new ImportError(`A node LinearRegressor ends with ${post.value}, which is not taken.`);
    const [coefficients, intercepts] = [
      floatsOf(node.attributes, "coefficients"),
      floatsOf(node.attributes, "intercepts"),
    ];
    const targets = intOf(node.attributes, "targets", 1);
    const offsets = intercepts.length > 0 ? intercepts : new Array<number>(targets).fill(0);
    return linear(node, coefficients, offsets, node.outputs[0] ?? "", rewriting);
  },
  Normalizer(node, rewriting) {
    const norm = node.attributes.get("norm");
    const name = norm?.kind === "text" ? norm.value : "MAX";
    const reduce = { L1: "ReduceL1", L2: "ReduceL2" }[name];
    if (reduce === undefined) throw new ImportError(`A node Normalizer divides by ${name}, which is not taken.`);
    const [real, sum] = [rewriting.fresh(), rewriting.fresh()];
    // Their axes are an attribute up to version 17, an input from then on.
    const along: Pick<SourceNode, "inputs" | "attributes"> =
      rewriting.opset < 18
        ? { inputs: [real], attributes: new Map<string, Attribute>([["axes", { kind: "ints", value: [-1n] }]]) }
        : { inputs: [real, int64s([-1], rewriting)], attributes: new Map() };
    return [
      cast(node, real),
      { op: reduce, domain: "", outputs: [sum], ...along },
      { op: "Div", domain: "", inputs: [real, sum], outputs: node.outputs, attributes: new Map() },
    ];
  },
  Scaler(node, rewriting) {
    const [real, shifted] = [rewriting.fresh(), rewriting.fresh()];
    const [offset, scale] = [floatsOf(node.attributes, "offset"), floatsOf(node.attributes, "scale")];
    return [
      { ...cast(node, real) },
      {
        op: "Sub",
        domain: "",
        inputs: [real, floats([offset.length], offset, rewriting)],
        outputs: [shifted],
        attributes: new Map(),
      },
      {
        op: "Mul",
        domain: "",
        inputs: [shifted, floats([scale.length], scale, rewriting)],
        outputs: node.outputs,
        attributes: new Map(),
      },
    ];
  },
  // Names a probability for each class, where the tensor beneath has them in order.
  ZipMap: (node) => [{ ...node, op: "Identity", domain: "", attributes: new Map() }],
};

const cast = (node: SourceNode, output: string): SourceNode => ({
  op: "Cast",
  domain: "",
  inputs: [node.inputs[0] ?? ""],
  outputs: [output],
  attributes: new Map([["to", float32]]),
});

/** Rows of coefficients, one for each output, as a matrix product. */
function linear(
  node: SourceNode,
  coefficients: readonly number[],
  intercepts: readonly number[],
  output: string,
  rewriting: Rewriting,
): SourceNode[] {
  const rows = intercepts.length;
  const width = coefficients.length / rows;
  if (!Number.isInteger(width) || width === 0)
    throw new ImportError(`A node ${node.op} has ${coefficients.length} coefficients for ${rows} outputs.`);
  const columns = Array.from({ length: width }, (_, k) =>
    Array.from({ length: rows }, (_, j) => coefficients[j * width + k] as number),
  ).flat();
  const [real, products] = [rewriting.fresh(), rewriting.fresh()];
  return [
    cast(node, real),
    {
      op: "MatMul",
      domain: "",
      inputs: [real, floats([width, rows], columns, rewriting)],
      outputs: [products],
      attributes: new Map(),
    },
    {
      op: "Add",
      domain: "",
      inputs: [products, floats([rows], intercepts, rewriting)],
      outputs: [output],
      attributes: new Map(),
    },
  ];
}

function floatsOf(attributes: Attributes, name: string): readonly number[] {
  const found = attributes.get(name);
  return found?.kind === "floats" ? found.value : [];
}

// Labels that are texts aren't read; as many scores as there are intercepts are then trusted to be one a class.
const textsCount = ({ attributes }: SourceNode): number =>
  attributes.has("classlabels_strings") ? floatsOf(attributes, "intercepts").length : 0;
