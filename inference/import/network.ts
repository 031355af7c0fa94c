import { dtypes } from "../graph/operator.ts";
import { fold } from "./fold.ts";
import { broadcastIndex, floatOf, intOf, type Numbers, one, orderOf, productOf, transposedIndex } from "./numbers.ts";
import type { StaticGraph } from "./prepare.ts";
import { Inexpressible, type Network, NetworkReader, named, type Step, type Take, unchanged } from "./reader.ts";
import { windowSteps } from "./windows.ts";

/**
 * A graph as layers, one after another, each dense or sliding windows over an image, and followed by ReLU, pools or nothing:
 * scales, offsets, batch normalisation and the order of elements are worked into the weights, the quantisation of QDQ and
 * dynamic-int8 files is undone. Otherwise what stands in the way, as the end of a sentence.
 */
export function networkOf(graph: StaticGraph): Network | string {
  try {
    const reader = new NetworkReader(graph);
    for (const node of graph.nodes) reader.take(node, steps);
    return reader.end();
  } catch (error) {
    if (error instanceof Inexpressible) return error.message;
    throw error;
  }
}

/** A constant brought to the dims of the value that is looked at. */
function spread({ node: { op }, at, constants, reader }: Step): (i: number) => number {
  const constant = constants[1 - at];
  const index = constant && broadcastIndex(constant.dims, reader.dims);
  if (!constant || !index) throw new Inexpressible(`has ${named(op)} that changes the dims`);
  return (i) => constant.values[index[i] as number] as number;
}

const none = () => 0;
const same = () => 1;

/** Rows of a matrix [inputs, rows], for one vector of inputs. */
function rowsOf({ node: { op }, reader }: Step, matrix: Numbers | undefined, turned = false): Float64Array[] {
  const dims = matrix?.dims.slice(-2) ?? [];
  const [inputs, rows] = (turned ? [...dims].reverse() : dims) as [number, number];
  if (
    !matrix ||
    dims.length !== 2 ||
    inputs * rows !== matrix.values.length ||
    inputs !== reader.size ||
    reader.dims.at(-1) !== inputs
  )
    throw new Inexpressible(`has ${named(op)} that is no product of one vector and a matrix`);
  return Array.from({ length: rows }, (_, j) =>
    Float64Array.from({ length: inputs }, (_, k) => matrix.values[turned ? j * inputs + k : k * rows + j] as number),
  );
}

const scalar = ({ node: { op } }: Step, numbers: Numbers | undefined, otherwise?: number): number => {
  const value = numbers === undefined ? otherwise : numbers.values[0];
  if (value === undefined || (numbers && numbers.values.length !== 1))
    throw new Inexpressible(`has ${named(op)} by more than one scale`);
  return value;
};

const leastOf: Readonly<Record<number, number>> = { [dtypes.uint8]: 0, [dtypes.int8]: -128 };

/** Weights without their zero points, of which there may be one a column. */
function centred(matrix: Numbers | undefined, zero: Numbers | undefined, scale?: Numbers): Numbers | undefined {
  return (
    matrix && fold("DequantizeLinear", [matrix, scale ?? one, zero], new Map([["axis", { kind: "int", value: -1n }]]))
  );
}

const ending =
  (name: NonNullable<Network["ending"]>): Take =>
  ({ reader, node: { attributes } }) => {
    const axis = intOf(attributes, "axis", -1);
    if (name.endsWith("oftmax") && reader.dims.at(axis) !== reader.size)
      throw new Inexpressible(`has a ${name} along a part of its values`);
    reader.finish(name);
  };

/** What each operator does to a value on its way. */
const steps: Readonly<Record<string, Take>> = {
  ...windowSteps,
  Add: (step) => step.reader.shift(same, spread(step)),
  BatchNormalization({ constants: [, scale, bias, mean, variance], node, reader }) {
    const epsilon = floatOf(node.attributes, "epsilon", 1e-5);
    const [, channels = 1, ...rest] = reader.dims;
    const channel = (i: number) => Math.floor(i / productOf(rest)) % channels;
    const of = (numbers: Numbers | undefined, i: number) => numbers?.values[channel(i)] ?? Number.NaN;
    const factor = (i: number) => of(scale, i) / Math.sqrt(of(variance, i) + epsilon);
    reader.shift(factor, (i) => of(bias, i) - of(mean, i) * factor(i));
  },
  Cast({ node: { attributes } }) {
    if (![1, 11].includes(intOf(attributes, "to", 0))) throw new Inexpressible("casts to whole numbers");
  },
  DequantizeLinear: (step) => {
    const [, scale, zero] = step.constants;
    step.reader.dequantise({ scale: scalar(step, scale), zero: scalar(step, zero, 0) });
  },
  Div: (step) => {
    if (step.at !== 0) throw new Inexpressible("divides by what hangs on the input");
    const by = spread(step);
    step.reader.shift((i) => 1 / by(i), none);
  },
  DynamicQuantizeLinear: ({ node, reader }) => reader.quantiseDynamically(node.outputs),
  Flatten: unchanged,
  Gemm(step) {
    const { at, constants, node, reader } = step;
    const { attributes } = node;
    if (at !== 0 || intOf(attributes, "transA", 0) !== 0)
      throw new Inexpressible("has a Gemm that is no product of one vector and a matrix");
    const [alpha, beta] = [floatOf(attributes, "alpha", 1), floatOf(attributes, "beta", 1)];
    const rows = rowsOf(step, constants[1], intOf(attributes, "transB", 0) !== 0);
    const bias = constants[2];
    const index = bias && broadcastIndex(bias.dims, [1, rows.length]);
    if (bias && !index) throw new Inexpressible("has a Gemm that adds several rows");
    reader.multiply(
      rows.map((row) => row.map((weight) => alpha * weight)),
      Float64Array.from(rows, (_, j) => (bias && index ? beta * (bias.values[index[j] as number] as number) : 0)),
    );
  },
  LogSoftmax: ending("LogSoftmax"),
  MatMul(step) {
    if (step.at !== 0) throw new Inexpressible("has a MatMul that is no product of one vector and a matrix");
    const rows = rowsOf(step, step.constants[1]);
    step.reader.multiply(rows, new Float64Array(rows.length));
  },
  MatMulInteger(step) {
    const { at, constants, node } = step;
    if (at !== 0) throw new Inexpressible("has a MatMulInteger that is no product of one vector and a matrix");
    step.reader.multiplyDynamically(node.inputs[2] ?? "", rowsOf(step, centred(constants[1], constants[3])));
  },
  Mul: (step) => step.reader.shift(spread(step), none),
  QLinearMatMul(step) {
    const { at, constants, reader } = step;
    const [, scale, zero, matrix, scales, zeros, outScale, outZero] = constants;
    if (at !== 0) throw new Inexpressible("has a QLinearMatMul that is no product of one vector and a matrix");
    reader.dequantise({ scale: scalar(step, scale), zero: scalar(step, zero) });
    const rows = rowsOf(step, centred(matrix, zeros, scales));
    reader.multiply(rows, new Float64Array(rows.length));
    const by = { scale: scalar(step, outScale), zero: scalar(step, outZero) };
    reader.quantise(by, leastOf[outZero?.dtype ?? 0] ?? Number.NaN);
  },
  QuantizeLinear(step) {
    const [, scale, zero] = step.constants;
    const by = { scale: scalar(step, scale), zero: scalar(step, zero, 0) };
    step.reader.quantise(by, leastOf[zero?.dtype ?? dtypes.uint8] ?? Number.NaN);
  },
  Relu: ({ reader }) => reader.relu(),
  Reshape: unchanged,
  Sigmoid: ending("Sigmoid"),
  Softmax: ending("Softmax"),
  Squeeze: unchanged,
  Sub: (step) => {
    const by = spread(step);
    if (step.at === 0) step.reader.shift(same, (i) => -by(i));
    else step.reader.shift(() => -1, by);
  },
  Tanh: ending("Tanh"),
  Transpose: ({ reader, node: { attributes } }) =>
    reader.reorder(transposedIndex(reader.dims, orderOf(attributes, reader.dims))),
  Unsqueeze: unchanged,
};
