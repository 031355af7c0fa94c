import { encodeLayout, encodeRows, INT8, type Layout, type TensorSpec } from "../../sdk/layouts.ts";
import { canonicalOnnx } from "../canonical.ts";
import { InvalidModelError } from "../failures.ts";
import { admitGraph } from "../graph/admit.ts";
import { MalformedModel } from "../graph/protobuf.ts";
import { forward } from "../integer.ts";
import { publicationLimits, taskLimits } from "../limits.ts";
import { nameModel, type PublishedModel } from "../model.ts";
import type { ModelOpener } from "../opener.ts";
import { InvalidRunError } from "../tensors.ts";
import { type DenseNetwork, denseOf } from "./dense.ts";
import { type Samples, type Scales, type Steps, stepsOf, toSteps, wrapInput } from "./inputs.ts";
import { type Answer, answerOf, endedAs, measure, type Quality } from "./measure.ts";
import { constantOf, productOf } from "./numbers.ts";
import { encodeStatic, prepare, type StaticGraph } from "./prepare.ts";
import { quantise } from "./quantise.ts";
import { ImportError, readSource } from "./source.ts";

export interface ImportOptions {
  samples: Samples;
  /** Of each sample: the number of its class, or the number that the model should give. */
  labels?: readonly number[] | undefined;
  /** Name of the output to keep where the file has several. */
  output?: string | undefined;
  /** `integer` refuses what isn't, `float` keeps what could be; by default an integer model is made where one can be. */
  profile?: "integer" | "float" | undefined;
  /** A scale for each element of the input, as tables need, or one for all, as images do; by default by its dims. */
  scales?: Scales | undefined;
}

/** A model made of a foreign file, ready to be published. */
export interface ImportedModel {
  profile: "integer" | "float";
  /** Why it is that, as a sentence. */
  why: string;
  artifact: Uint8Array;
  layout: Uint8Array;
  /** Empty for a float model. */
  rows: Uint8Array;
  model: PublishedModel;
  /** Base inputs: as many of the samples as a task takes, in steps, one after another. */
  inputs: Uint8Array;
  inputCount: number;
  /** What an input's steps are worth. */
  steps: Steps;
  /** What one step of an integer model's output is worth, before what the network ends with; null for a float model. */
  outputScale: number | null;
  quality: Quality;
}

/** Most samples that are run, and that shifts are chosen by; fewer of a model that takes long, or of large inputs. */
const MOST_SAMPLES = 1000;
const LEAST_SAMPLES = 16;
const MOST_WORK = 2 ** 35;
const MOST_ELEMENTS = 2 ** 25;

/** Most base inputs that are written: beyond that they cost gas and add little. */
const MOST_INPUTS = 1024;

/**
 * Makes a model that a season can take of a foreign ONNX file: an integer model where the network is dense layers alone,
 * otherwise the same graph behind an input of int8. Throws an {@link ImportError} that says why neither can be.
 *
 * @param opener Runs the file, which is a stranger's: within bounds on time and memory.
 */
export async function importModel(
  file: Uint8Array,
  options: ImportOptions,
  opener: ModelOpener,
): Promise<ImportedModel> {
  const { samples } = options;
  checkSamples(samples);
  const graph = prepare(readSource(file), { sample: samples.shape, output: options.output });
  const steps = stepsOf(graph.input, samples, options.scales);
  const inputs = cut(toSteps(samples, steps), productOf(graph.input.dims));
  const used = inputs.slice(0, samplesToRun(graph));
  const before = await runFloat(graph, realInputs(graph.input, samples, used.length), opener);
  const made = options.profile === "float" ? "was asked to stay in floating point" : integerOf(graph, steps, used);
  if (typeof made === "string" && options.profile === "integer")
    throw new ImportError(`No integer model can be made of it: the network ${made}.`);
  const { after, ...model } = typeof made === "string" ? await floatModel(graph, steps, used, made, opener) : made;
  const base = inputs.slice(0, baseCount(model.layout, productOf(graph.input.dims)));
  return {
    ...model,
    model: nameModel(model.artifact, model.layout, model.rows),
    inputs: new Uint8Array(base.flatMap((input) => [...new Uint8Array(input.buffer, input.byteOffset, input.length)])),
    inputCount: base.length,
    steps,
    quality: measure(before, after, options.labels?.slice(0, used.length)),
  };
}

/** How many samples are run. Throws an {@link ImportError} for a graph that the rules don't admit. */
function samplesToRun(graph: StaticGraph): number {
  try {
    const { work } = admitGraph(encodeStatic(graph), layoutOf(graph));
    const fitting = Math.min(MOST_SAMPLES, MOST_WORK / work, MOST_ELEMENTS / productOf(graph.input.dims));
    return Math.max(LEAST_SAMPLES, Math.floor(fitting));
  } catch (error) {
    if (error instanceof MalformedModel) throw new ImportError(`No verifier would run it. ${error.message}`);
    throw error;
  }
}

type Made = Pick<ImportedModel, "profile" | "why" | "artifact" | "layout" | "rows" | "outputScale"> & {
  after: Answer[];
};

function checkSamples({ shape, values }: Samples): void {
  if (values.length === 0) throw new ImportError("There are no samples; at least one is needed.");
  const size = productOf(shape);
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd !== -1)
    throw new ImportError(
      `Sample ${Math.floor(odd / size)} holds ${values[odd]} at element ${odd % size}; all must be finite.`,
    );
}

/** An integer model of a graph, or why there is none, as the end of a sentence. */
function integerOf(graph: StaticGraph, steps: Steps, inputs: readonly Int8Array[]): Made | string {
  const dense = denseOf(graph);
  if (typeof dense === "string") return `${dense}, which the integer profile can't express`;
  const size = productOf(graph.input.dims);
  const layout: Layout = {
    widths: [size, ...dense.layers.map(({ weights }) => weights.length)],
    input: { name: graph.input.name, dtype: INT8, dims: [1, size] },
    output: { name: graph.output.name, dtype: INT8, dims: [1, dense.layers.at(-1)?.weights.length as number] },
  };
  const rowBytes = layout.widths
    .slice(1)
    .reduce((sum, width, l) => sum + width * (6 + (layout.widths[l] as number)), 0);
  if (rowBytes > publicationLimits.integerRows)
    return `has ${rowBytes} bytes of rows, where a publication takes ${publicationLimits.integerRows}`;
  const { layers, scale } = quantise(...fromSteps(dense, steps, size), inputs);
  let artifact: Uint8Array;
  try {
    artifact = canonicalOnnx(layout, layers);
  } catch (error) {
    if (error instanceof RangeError) return `is beyond the integer profile: ${error.message.replace(/\.$/, "")}`;
    throw error;
  }
  return {
    ...{ profile: "integer", artifact, layout: encodeLayout(layout), rows: encodeRows(layers), outputScale: scale },
    why: `The network is dense layers alone, so it is an integer model now${endingWords(dense)}: FraudProof can take it, and Quorum.`,
    after: inputs.map((input) => endedAs(dense, forward(layers, input).at(-1) as Int8Array, scale)),
  };
}

const endingWords = ({ ending }: DenseNetwork): string =>
  ending === undefined ? "" : `, which answers the scores before ${ending}`;

/** The network as it takes steps: their offsets are part of the first layer's biases. */
function fromSteps({ layers }: DenseNetwork, { scale, offset }: Steps, size: number) {
  const at = (list: readonly number[], k: number) => list[list.length === 1 ? 0 : k] as number;
  const scales = Array.from({ length: size }, (_, k) => at(scale, k));
  const [first, ...rest] = layers as [DenseNetwork["layers"][number], ...DenseNetwork["layers"]];
  const biases = first.biases.map((bias, j) =>
    (first.weights[j] as readonly number[]).reduce((sum, weight, k) => sum + weight * at(offset, k), bias),
  );
  return [[{ ...first, biases }, ...rest], scales] as const;
}

/** The graph as it is, behind an input of int8. */
async function floatModel(
  graph: StaticGraph,
  steps: Steps,
  inputs: readonly Int8Array[],
  why: string,
  opener: ModelOpener,
): Promise<Made> {
  const wrapped = wrapInput(graph, steps);
  const bytes = inputs.map((input) => new Uint8Array(input.buffer, input.byteOffset, input.length));
  return {
    ...{ profile: "float", artifact: encodeStatic(wrapped), layout: encodeLayout(layoutOf(wrapped)) },
    ...{ rows: new Uint8Array(0), outputScale: null },
    why: `The network ${why}, so it runs as it is behind an input of int8: Quorum can take it.`,
    after: await runFloat(wrapped, bytes, opener),
  };
}

const layoutOf = ({ input, output }: StaticGraph): Layout => ({ widths: [], input, output });

/** Runs a graph on inputs' bytes. Throws an {@link ImportError} where verifiers would refuse it. */
async function runFloat(graph: StaticGraph, inputs: readonly Uint8Array[], opener: ModelOpener): Promise<Answer[]> {
  const artifact = encodeStatic(graph);
  const model = nameModel(artifact, encodeLayout(layoutOf(graph)), new Uint8Array(0));
  try {
    const { session } = await opener.open(model, artifact);
    const answers = await Promise.all(inputs.map(async (input) => answerOf(graph.output, await session.run(input))));
    await session.release();
    return answers;
  } catch (error) {
    if (error instanceof InvalidModelError || error instanceof InvalidRunError)
      throw new ImportError(`No verifier would run it. ${error.message.replace(/^Model 0x\w+ can't be run: /, "")}`);
    throw error;
  }
}

/** Samples as the file's own input takes them. */
function realInputs(input: TensorSpec, { values }: Samples, count: number): Uint8Array[] {
  const size = productOf(input.dims);
  const { name, dtype, dims } = input;
  return Array.from(
    { length: count },
    (_, i) => constantOf(name, { dtype, dims, values: values.subarray(i * size, (i + 1) * size) }).data,
  );
}

const cut = (values: Int8Array, size: number): Int8Array[] =>
  Array.from({ length: values.length / size }, (_, i) => values.subarray(i * size, (i + 1) * size));

/** How many base inputs a task takes; at least one must fit. */
function baseCount(layout: Uint8Array, size: number): number {
  const fitting = Math.floor((taskLimits.bytes - layout.length) / size);
  if (fitting === 0)
    throw new ImportError(
      `An input takes ${size} bytes; a season's task takes ${taskLimits.bytes} for its inputs and the layout of ${layout.length} together.`,
    );
  return Math.min(fitting, MOST_INPUTS);
}
