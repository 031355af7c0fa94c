import { dtypes } from "../graph/operator.ts";
import type { Constant } from "../onnx.ts";
import { fold, MOST_FOLDED } from "./fold.ts";
import {
  broadcastIndex,
  floatOf,
  intOf,
  type Numbers,
  numbersOf,
  orderOf,
  productOf,
  transposedIndex,
} from "./numbers.ts";
import type { StaticGraph } from "./prepare.ts";
import type { SourceNode } from "./source.ts";

/** A dense layer of real numbers: `weights[j]` are the weights of its neuron j. */
export interface Dense {
  weights: (readonly number[])[];
  biases: readonly number[];
  /** Whether what is below zero becomes zero; defaults to that in all layers but the last. */
  relu?: boolean;
}

/** What a network does with its last layer's scores; none of it changes which of them is the largest. */
type Ending = "Softmax" | "LogSoftmax" | "Sigmoid" | "Tanh";

/** A network as the integer profile can express it. */
export interface DenseNetwork {
  layers: readonly Dense[];
  ending: Ending | undefined;
  /** Whether what comes then is divided by its sum, as scikit-learn's classifiers do. */
  shares: boolean;
}

/** Why a graph is no network of dense layers; the message ends a sentence, as in "it has a Conv". */
class NotDense extends Error {}

/**
 * A graph as dense layers, one after another, each followed by ReLU or nothing: scales, offsets, batch normalisation and
 * the order of elements are worked into the weights, the quantisation of QDQ and dynamic-int8 files is undone. Otherwise
 * what stands in the way, as the end of a sentence.
 */
export function denseOf(graph: StaticGraph): DenseNetwork | string {
  try {
    const reader = new DenseReader(graph);
    for (const node of graph.nodes) reader.take(node);
    return reader.end();
  } catch (error) {
    if (error instanceof NotDense) return error.message;
    throw error;
  }
}

/** "a Conv", "an Add" */
const named = (op: string): string => `${/^[AEIOU]/.test(op) ? "an" : "a"} ${op}`;

/** What each element is of the layer below: `scale · x[from] + offset`. */
interface View {
  from: Int32Array;
  scale: Float64Array;
  offset: Float64Array;
}

const plain = (size: number): View => ({
  from: Int32Array.from({ length: size }, (_, i) => i),
  scale: new Float64Array(size).fill(1),
  offset: new Float64Array(size),
});

const isPlain = ({ from, scale, offset }: View): boolean =>
  from.every((at, i) => at === i && scale[i] === 1 && offset[i] === 0);

/** Scale and zero point of what a value is quantised by. */
interface Quantised {
  scale: number;
  zero: number;
}

class DenseReader {
  readonly #graph: StaticGraph;
  readonly #constants = new Map<string, Numbers>();
  readonly #layers: { weights: Float64Array[]; biases: Float64Array; relu: boolean }[] = [];
  /** Rows that nothing but scales and orders have followed yet; in their place, what is made of the layer below. */
  #open: { weights: Float64Array[]; biases: Float64Array } | undefined;
  #view: View;
  #current: string;
  #ending: Ending | undefined;
  /** The sum of what the network ended with. */
  #sum: string | undefined;
  #shares = false;
  #quantised: Quantised | undefined;
  /** Of a value that is quantised by a scale of its own at each run: that scale, zero point, and factors made of the scale. */
  #dynamic: { scale: string; zero: string; isDue: boolean } | undefined;
  readonly #factors = new Map<string, Numbers>();

  constructor(graph: StaticGraph) {
    this.#graph = graph;
    this.#current = graph.input.name;
    this.#view = plain(productOf(graph.input.dims));
  }

  take(node: SourceNode): void {
    const { op, inputs, outputs, attributes } = node;
    const constants = inputs.map((name) => (name === "" ? undefined : this.#constant(name)));
    if (inputs.length > 0 && inputs.every((name, i) => name === "" || constants[i])) {
      const folded = fold(op, constants, attributes);
      if (!folded) throw new NotDense(`computes with constants in ${named(op)}`);
      this.#constants.set(outputs[0] as string, folded);
      return;
    }
    if (op === "Mul" && this.#takeFactor(node, constants)) return;
    if (this.#ending !== undefined && this.#takeShare(node)) return;
    const at = inputs.indexOf(this.#current);
    const isOther = (name: string, i: number) =>
      i !== at && name !== "" && !constants[i] && name !== this.#dynamic?.zero;
    if (at === -1 || inputs.some(isOther)) throw new NotDense(`has branches that meet in ${named(op)}`);
    const step = Object.hasOwn(steps, op) ? steps[op] : undefined;
    if (!step) throw new NotDense(`has ${named(op)}`);
    if (this.#ending !== undefined && step !== unchanged) throw new NotDense(`goes on after ${this.#ending}`);
    step({ node, at, constants, reader: this });
    this.#current = outputs[0] as string;
  }

  end(): DenseNetwork {
    if (this.#dynamic?.isDue || this.#quantised) throw new NotDense("answers in quantised numbers");
    if (this.#current !== this.#graph.output.name) throw new NotDense("has branches");
    if (this.#open) this.#close(false);
    if (this.#layers.length === 0) throw new NotDense("has no dense layer");
    if (!isPlain(this.#view)) throw new NotDense("scales its answer after a ReLU");
    const layers = this.#layers.map(({ weights, biases, relu }) => ({
      ...{ weights: weights.map((row) => Array.from(row)), biases: Array.from(biases), relu },
    }));
    return { layers, ending: this.#ending, shares: this.#shares };
  }

  get size(): number {
    return this.#open?.weights.length ?? this.#view.from.length;
  }

  /** Dims of the value that is looked at. */
  get dims(): readonly number[] {
    return this.#graph.dims.get(this.#current) ?? [];
  }

  get isInput(): boolean {
    return this.#current === this.#graph.input.name;
  }

  /** Multiplies by rows of weights and adds biases. */
  multiply(rows: readonly Float64Array[], biases: Float64Array): void {
    if (this.#open) this.#close(false);
    const { from, scale, offset } = this.#view;
    const below = this.#layers.at(-1)?.weights.length ?? productOf(this.#graph.input.dims);
    this.#open = {
      weights: rows.map((row) => {
        const weights = new Float64Array(below);
        for (const [i, weight] of row.entries())
          weights[from[i] as number] = (weights[from[i] as number] as number) + weight * (scale[i] as number);
        return weights;
      }),
      biases: biases.map((bias, j) =>
        (rows[j] as Float64Array).reduce((sum, weight, i) => sum + weight * (offset[i] as number), bias),
      ),
    };
  }

  /** Maps each element to `scale · x + offset`. */
  shift(scale: (i: number) => number, offset: (i: number) => number): void {
    if (this.#open) {
      const { weights, biases } = this.#open;
      for (const [j, row] of weights.entries()) {
        const by = scale(j);
        for (const [k, weight] of row.entries()) row[k] = weight * by;
        biases[j] = (biases[j] as number) * by + offset(j);
      }
      return;
    }
    const view = this.#view;
    for (let i = 0; i < view.from.length; i++) {
      view.offset[i] = (view.offset[i] as number) * scale(i) + offset(i);
      view.scale[i] = (view.scale[i] as number) * scale(i);
    }
  }

  reorder(index: Int32Array): void {
    if (this.#open) {
      const { weights, biases } = this.#open;
      this.#open = {
        weights: Array.from(index, (at) => weights[at] as Float64Array),
        biases: Float64Array.from(index, (at) => biases[at] as number),
      };
      return;
    }
    const { from, scale, offset } = this.#view;
    this.#view = {
      from: Int32Array.from(index, (at) => from[at] as number),
      scale: Float64Array.from(index, (at) => scale[at] as number),
      offset: Float64Array.from(index, (at) => offset[at] as number),
    };
  }

  relu(): void {
    if (this.#open) this.#close(true);
    else if (
      !this.#layers.at(-1)?.relu ||
      this.#view.scale.some((by) => by < 0) ||
      this.#view.offset.some((by) => by < 0)
    )
      throw new NotDense("has a Relu that follows no dense layer");
  }

  finish(ending: Ending): void {
    this.#ending = ending;
  }

  quantise(by: Quantised, least: number): void {
    this.#quantised = by;
    // What is rounded up to the least number that there is was below zero.
    if (by.zero === least && this.#layers.length + Number(this.#open !== undefined) > 0) this.relu();
  }

  dequantise(by: Quantised): void {
    const known = this.#quantised;
    this.#quantised = undefined;
    if (known === undefined && this.isInput)
      this.shift(
        () => by.scale,
        () => -by.zero * by.scale,
      );
    else if (known?.scale !== by.scale || known.zero !== by.zero) throw new NotDense("is quantised by two scales");
  }

  quantiseDynamically([, scale = "", zero = ""]: readonly string[]): void {
    this.#dynamic = { scale, zero, isDue: false };
  }

  /** Multiplies by int8 weights what was quantised when it ran; its scale is still to come. */
  multiplyDynamically(zero: string, rows: readonly Float64Array[]): void {
    if (this.#dynamic?.zero !== zero) throw new NotDense("has a MatMulInteger whose input is not quantised before it");
    this.multiply(rows, new Float64Array(rows.length));
    this.#dynamic.isDue = true;
  }

  /** A factor made of a run's own scale: undone where the product is multiplied by it. */
  #takeFactor({ inputs, outputs }: SourceNode, constants: readonly (Numbers | undefined)[]): boolean {
    const scale = this.#dynamic?.scale;
    const at = scale === undefined ? -1 : inputs.indexOf(scale);
    const other = constants[1 - at];
    if (at !== -1 && other) {
      this.#factors.set(outputs[0] as string, other);
      return true;
    }
    const factor = inputs.map((name) => this.#factors.get(name) ?? (name === scale ? one : undefined));
    const found = factor[0] ?? factor[1];
    if (!found || !inputs.includes(this.#current) || !this.#dynamic?.isDue) return false;
    const index = broadcastIndex(found.dims, this.dims);
    if (!index) return false;
    this.shift(
      (i) => found.values[index[i] as number] as number,
      () => 0,
    );
    this.#dynamic = undefined;
    this.#current = outputs[0] as string;
    return true;
  }

  /** What the network ended with, divided by its sum. */
  #takeShare({ op, inputs, outputs }: SourceNode): boolean {
    const [output = ""] = outputs;
    if (op === "ReduceL1" && inputs[0] === this.#current && productOf(this.#graph.dims.get(output) ?? []) === 1) {
      this.#sum = output;
      return true;
    }
    if (op !== "Div" || inputs[0] !== this.#current || inputs[1] !== this.#sum) return false;
    this.#shares = true;
    this.#current = output;
    return true;
  }

  #close(relu: boolean): void {
    if (this.#dynamic?.isDue) throw new NotDense("never undoes a scale");
    const { weights, biases } = this.#open as { weights: Float64Array[]; biases: Float64Array };
    this.#layers.push({ weights, biases, relu });
    this.#open = undefined;
    this.#view = plain(weights.length);
  }

  #constant(name: string): Numbers | undefined {
    const known = this.#constants.get(name);
    if (known) return known;
    const constant: Constant | undefined = this.#graph.constants.get(name);
    if (constant && productOf(constant.dims) > MOST_FOLDED)
      throw new NotDense(`has a constant of ${productOf(constant.dims)} elements, more than rows can hold`);
    const numbers = constant && numbersOf(constant);
    if (constant && !numbers) throw new NotDense(`has the constant "${name}" of a type that isn't calculated with`);
    if (numbers) this.#constants.set(name, numbers);
    return numbers;
  }
}

const one: Numbers = { dtype: dtypes.float, dims: [], values: [1] };

interface Step {
  node: SourceNode;
  /** Which of the node's inputs is the value that is looked at. */
  at: number;
  constants: readonly (Numbers | undefined)[];
  reader: DenseReader;
}

type Take = (step: Step) => void;

/** Only the dims change, as all rows are one sample's. */
const unchanged: Take = () => {};

/** A constant brought to the dims of the value that is looked at. */
function spread({ node: { op }, at, constants, reader }: Step): (i: number) => number {
  const constant = constants[1 - at];
  const index = constant && broadcastIndex(constant.dims, reader.dims);
  if (!constant || !index) throw new NotDense(`has ${named(op)} that changes the dims`);
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
    throw new NotDense(`has ${named(op)} that is no product of one vector and a matrix`);
  return Array.from({ length: rows }, (_, j) =>
    Float64Array.from({ length: inputs }, (_, k) => matrix.values[turned ? j * inputs + k : k * rows + j] as number),
  );
}

const scalar = ({ node: { op } }: Step, numbers: Numbers | undefined, otherwise?: number): number => {
  const value = numbers === undefined ? otherwise : numbers.values[0];
  if (value === undefined || (numbers && numbers.values.length !== 1))
    throw new NotDense(`has ${named(op)} by more than one scale`);
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
  (name: Ending): Take =>
  ({ reader, node: { attributes } }) => {
    const axis = intOf(attributes, "axis", -1);
    if (name.endsWith("oftmax") && reader.dims.at(axis) !== reader.size)
      throw new NotDense(`has a ${name} along a part of its values`);
    reader.finish(name);
  };

/** What each operator does to a vector on its way. */
const steps: Readonly<Record<string, Take>> = {
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
    if (![1, 11].includes(intOf(attributes, "to", 0))) throw new NotDense("casts to whole numbers");
  },
  DequantizeLinear: (step) => {
    const [, scale, zero] = step.constants;
    step.reader.dequantise({ scale: scalar(step, scale), zero: scalar(step, zero, 0) });
  },
  Div: (step) => {
    if (step.at !== 0) throw new NotDense("divides by what hangs on the input");
    const by = spread(step);
    step.reader.shift((i) => 1 / by(i), none);
  },
  DynamicQuantizeLinear: ({ node, reader }) => reader.quantiseDynamically(node.outputs),
  Flatten: unchanged,
  Gemm(step) {
    const { at, constants, node, reader } = step;
    const { attributes } = node;
    if (at !== 0 || intOf(attributes, "transA", 0) !== 0)
      throw new NotDense("has a Gemm that is no product of one vector and a matrix");
    const [alpha, beta] = [floatOf(attributes, "alpha", 1), floatOf(attributes, "beta", 1)];
    const rows = rowsOf(step, constants[1], intOf(attributes, "transB", 0) !== 0);
    const bias = constants[2];
    const index = bias && broadcastIndex(bias.dims, [1, rows.length]);
    if (bias && !index) throw new NotDense("has a Gemm that adds several rows");
    reader.multiply(
      rows.map((row) => row.map((weight) => alpha * weight)),
      Float64Array.from(rows, (_, j) => (bias && index ? beta * (bias.values[index[j] as number] as number) : 0)),
    );
  },
  LogSoftmax: ending("LogSoftmax"),
  MatMul(step) {
    if (step.at !== 0) throw new NotDense("has a MatMul that is no product of one vector and a matrix");
    const rows = rowsOf(step, step.constants[1]);
    step.reader.multiply(rows, new Float64Array(rows.length));
  },
  MatMulInteger(step) {
    const { at, constants, node } = step;
    if (at !== 0) throw new NotDense("has a MatMulInteger that is no product of one vector and a matrix");
    step.reader.multiplyDynamically(node.inputs[2] ?? "", rowsOf(step, centred(constants[1], constants[3])));
  },
  Mul: (step) => step.reader.shift(spread(step), none),
  QLinearMatMul(step) {
    const { at, constants, reader } = step;
    const [, scale, zero, matrix, scales, zeros, outScale, outZero] = constants;
    if (at !== 0) throw new NotDense("has a QLinearMatMul that is no product of one vector and a matrix");
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
