import { encodeLayout, encodeRows, INT8, type Layout, type Row, type TensorSpec } from "../../sdk/layouts.ts";
import { canonicalOnnx } from "../canonical.ts";
import { InvalidModelError } from "../failures.ts";
import { admitGraph } from "../graph/admit.ts";
import { MalformedModel } from "../graph/protobuf.ts";
import { publicationLimits, taskLimits } from "../limits.ts";
import { nameModel, type PublishedModel } from "../model.ts";
import type { ModelOpener } from "../opener.ts";
import { InvalidRunError } from "../tensors.ts";
import { arranged, graphOf } from "./graph.ts";
import { type Samples, type Scales, type Steps, stepsAround, stepsOf, toSteps, wrapInput } from "./inputs.ts";
import { type Answer, answerOf, endedAs, measure, type Quality } from "./measure.ts";
import { networkOf } from "./network.ts";
import { constantOf, productOf } from "./numbers.ts";
import { encodeStatic, prepare, type StaticGraph } from "./prepare.ts";
import { quantise } from "./quantise.ts";
import type { Layer, Network } from "./reader.ts";
import { ImportError, readSource } from "./source.ts";

export interface ImportOptions {
  samples: Samples;
  /** Of each sample: the number of its class, or the number that the model should give. */
  labels?: readonly number[] | undefined;
  /** Name of the output to keep where the file has several. */
  output?: string | undefined;
  /** What to make, or to refuse where that can't be; by default the first of these that can be. */
  profile?: Profile | undefined;
  /** A scale for each element of the input, as tables need, or one for all, as images do; by default by its dims. */
  scales?: Scales | undefined;
}

type Profile = "integer" | "graph" | "float";

/** A model made of a foreign file, ready to be published. */
export interface ImportedModel {
  profile: Profile;
  /** Why it is that, as a sentence. */
  why: string;
  artifact: Uint8Array;
  layout: Uint8Array;
  /** Empty unless it is an integer model. */
  rows: Uint8Array;
  model: PublishedModel;
  /** Base inputs: as many of the samples as a task takes, in steps, one after another. */
  inputs: Uint8Array;
  inputCount: number;
  /** What an input's steps are worth. */
  steps: Steps;
  /** What one step of an integer or graph model's output is worth, before what the network ends with; null for a float model. */
  outputScale: number | null;
  quality: Quality;
}

/** Most samples that are run, and that shifts are chosen by; fewer of a model that takes long, or of large inputs. */
const MOST_SAMPLES = 1000;
const LEAST_SAMPLES = 16;
const MOST_WORK = 2 ** 35;
const MOST_ELEMENTS = 2 ** 25;

/** Most multiply-adds by which shifts are chosen, in plain TypeScript. */
const MOST_CALIBRATION = 2 ** 31;
const LEAST_CALIBRATION = 4;

/** Bytes of a row before its weights. */
const ROW_PREFIX = 6;

/** Most base inputs that are written: beyond that they cost gas and add little. */
const MOST_INPUTS = 1024;

/**
 * Makes a model that a season can take of a foreign ONNX file: an integer model where the network is dense layers alone, a
 * graph model where its layers slide windows over an image, or are too large for a publication; otherwise the same graph
 * behind an input of int8. Throws an {@link ImportError} that says why none can be.
 *
 * @param opener Runs the file, which is a stranger's: within bounds on time and memory.
 */
export async function importModel(
  file: Uint8Array,
  options: ImportOptions,
  opener: ModelOpener,
): Promise<ImportedModel> {
  const { samples, profile } = options;
  checkSamples(samples);
  const graph = prepare(readSource(file), { sample: samples.shape, output: options.output });
  const source: Source = {
    graph,
    samples,
    steps: stepsOf(graph.input, samples, options.scales),
    ...samplesToRun(graph, samples),
  };
  const before = await runFloat(graph, realInputs(graph.input, samples, source.count), opener);
  const made = profile === "float" ? "was asked to stay in floating point" : integersOf(source, profile);
  if (typeof made === "string" && profile !== undefined && profile !== "float")
    throw new ImportError(`No ${profile} model can be made of it: the network ${made}.`);
  const { spec, scores = (answer) => answer, ...model } = typeof made === "string" ? floatModel(source, made) : made;
  const inputs = inputsOf(source, model.steps);
  const after = await run(model, spec, inputs.slice(0, source.count).map(bytesOf), opener);
  const base = inputs.slice(0, baseCount(model.layout, productOf(graph.input.dims)));
  return {
    ...model,
    model: nameModel(model.artifact, model.layout, model.rows),
    inputs: new Uint8Array(base.flatMap((input) => [...bytesOf(input)])),
    inputCount: base.length,
    quality: measure(before, after.map(scores), options.labels?.slice(0, source.count)),
  };
}

/** What a model is made of. */
interface Source {
  graph: StaticGraph;
  samples: Samples;
  /** As the samples ask for them. */
  steps: Steps;
  /** How many samples are run, and how many shifts are chosen by. */
  count: number;
  calibrated: number;
}

/** All samples as inputs of int8. */
const inputsOf = ({ graph, samples }: Source, steps: Steps): Int8Array[] =>
  cut(toSteps(samples, steps), productOf(graph.input.dims));

const bytesOf = (input: Int8Array): Uint8Array => new Uint8Array(input.buffer, input.byteOffset, input.length);

/** How many samples are run and calibrated by. Throws an {@link ImportError} for a graph that the rules don't admit. */
function samplesToRun(graph: StaticGraph, { values }: Samples): Pick<Source, "count" | "calibrated"> {
  try {
    const { work } = admitGraph(encodeStatic(graph), layoutOf(graph));
    const size = productOf(graph.input.dims);
    const within = (most: number, least: number) =>
      Math.min(
        values.length / size,
        Math.max(least, Math.floor(Math.min(MOST_SAMPLES, most / work, MOST_ELEMENTS / size))),
      );
    return { count: within(MOST_WORK, LEAST_SAMPLES), calibrated: within(MOST_CALIBRATION, LEAST_CALIBRATION) };
  } catch (error) {
    if (error instanceof MalformedModel) throw new ImportError(`No verifier would run it. ${error.message}`);
    throw error;
  }
}

type Made = Pick<ImportedModel, "profile" | "why" | "artifact" | "layout" | "rows" | "outputScale" | "steps"> & {
  /** The output of its file. */
  spec: TensorSpec;
  /** What its answers stand for in the network that it was made of; by default they are its answers. */
  scores?: (answer: Answer) => Answer;
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

/** A model of integers, or why there is none, as the end of a sentence. */
function integersOf(source: Source, profile: Profile | undefined): Made | string {
  const { graph } = source;
  const network = networkOf(graph);
  if (typeof network === "string") return `${network}, which the integer profile can't express`;
  const why = profile === "graph" ? "was asked to become a graph" : beyondRows(network.layers);
  if (why === undefined) return integerModel(source, network);
  return profile === "integer" ? why : graphModel(source, network, why);
}

/** Why layers are no integer model, whose rows are published with it; undefined if they are one. */
function beyondRows(layers: readonly Layer[]): string | undefined {
  if (layers.some(({ window, pools = [] }) => window || pools.length > 0)) return "slides windows over an image";
  const bytes = layers.reduce(
    (sum, { weights }) => sum + weights.reduce((rows, { length }) => rows + ROW_PREFIX + length, 0),
    0,
  );
  const { integerRows } = publicationLimits;
  return bytes > integerRows ? `has ${bytes} bytes of rows, where a publication takes ${integerRows}` : undefined;
}

function integerModel(source: Source, network: Network): Made | string {
  const { input, output } = source.graph;
  const size = productOf(input.dims);
  const layout: Layout = {
    widths: [size, ...network.layers.map(({ weights }) => weights.length)],
    input: { name: input.name, dtype: INT8, dims: [1, size] },
    output: { name: output.name, dtype: INT8, dims: [1, network.layers.at(-1)?.weights.length as number] },
  };
  return quantised(source, network, source.steps, (layers) => ({
    ...{ profile: "integer", artifact: canonicalOnnx(layout, layers), layout: encodeLayout(layout) },
    ...{ rows: encodeRows(layers), spec: layout.output },
    why: `The network is dense layers alone, so it is an integer model now${endingWords(network)}: FraudProof can take it, and Quorum.`,
  }));
}

function graphModel(source: Source, network: Network, why: string): Made | string {
  const { graph, samples } = source;
  const steps = network.edge === undefined ? source.steps : stepsAround(network.edge, samples);
  if (network.image && steps.scale.length > 1)
    return "slides windows over an input of which each element has a scale of its own: it needs one for all";
  return quantised(source, network, steps, (layers) => {
    const { artifact, layout } = graphOf(graph, network, layers);
    return {
      ...{ profile: "graph", artifact, layout: encodeLayout(layout), rows: new Uint8Array(0), spec: layout.output },
      why: `The network ${why}, so it is a graph model now${endingWords(network)}: Quorum can take it.`,
    };
  });
}

/** A model of a network's layers in integers; or why they don't make one, as the end of a sentence. */
function quantised(
  source: Source,
  network: Network,
  steps: Steps,
  make: (layers: Row[][]) => Omit<Made, "steps" | "outputScale" | "scores">,
): Made | string {
  const inputs = inputsOf(source, steps).slice(0, source.calibrated);
  const { layers, scale } = quantise(
    ...fromSteps(network, steps, productOf(source.graph.input.dims)),
    inputs.map((input) => arranged(network, input)),
  );
  try {
    const scores = (answer: Answer) => endedAs(network, answer, scale);
    return { ...make(layers), steps, outputScale: scale, scores };
  } catch (error) {
    if (error instanceof RangeError) return `is beyond its profile: ${error.message.replace(/\.$/, "")}`;
    throw error;
  }
}

const endingWords = ({ ending }: Network): string =>
  ending === undefined ? "" : `, which answers the scores before ${ending}`;

/** The network as it takes steps, whose offsets are part of the first layer's biases; and what the steps are worth. */
function fromSteps({ layers, image }: Network, { scale, offset }: Steps, size: number) {
  const at = (list: readonly number[], k: number) => list[list.length === 1 ? 0 : k] as number;
  const scales = Array.from({ length: image?.channels ?? size }, (_, k) => at(scale, k));
  const [first, ...rest] = layers as [Layer, ...Layer[]];
  const biases = first.biases.map((bias, j) =>
    (first.weights[j] as readonly number[]).reduce((sum, weight, k) => sum + weight * at(offset, k), bias),
  );
  return [[{ ...first, biases }, ...rest], scales] as const;
}

/** The graph as it is, behind an input of int8. */
function floatModel({ graph, steps }: Source, why: string): Made {
  const wrapped = wrapInput(graph, steps);
  return {
    ...{ profile: "float", artifact: encodeStatic(wrapped), layout: encodeLayout(layoutOf(wrapped)) },
    ...{ rows: new Uint8Array(0), outputScale: null, steps, spec: wrapped.output },
    why: `The network ${why}, so it runs as it is behind an input of int8: Quorum can take it.`,
  };
}

const layoutOf = ({ input, output }: StaticGraph): Layout => ({ widths: [], input, output });

/** Runs the file as it was given, as far as it is prepared. */
const runFloat = (graph: StaticGraph, inputs: readonly Uint8Array[], opener: ModelOpener): Promise<Answer[]> =>
  run(
    { artifact: encodeStatic(graph), layout: encodeLayout(layoutOf(graph)), rows: new Uint8Array(0) },
    graph.output,
    inputs,
    opener,
  );

/** Runs a model on inputs' bytes. Throws an {@link ImportError} where verifiers would refuse it. */
async function run(
  { artifact, layout, rows }: Pick<ImportedModel, "artifact" | "layout" | "rows">,
  output: TensorSpec,
  inputs: readonly Uint8Array[],
  opener: ModelOpener,
): Promise<Answer[]> {
  try {
    const { session } = await opener.open(nameModel(artifact, layout, rows), artifact);
    const answers = await Promise.all(inputs.map(async (input) => answerOf(output, await session.run(input))));
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
