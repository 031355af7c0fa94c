import type { Constant } from "../onnx.ts";
import { fold, MOST_FOLDED } from "./fold.ts";
import {
  areSame,
  beyondGather,
  byChannel,
  type Image,
  identity,
  imageOf,
  isPadded,
  pixelsOf,
  sizeOf,
  vector,
  type Window,
  wholeOf,
} from "./image.ts";
import { broadcastIndex, type Numbers, numbersOf, one, productOf } from "./numbers.ts";
import type { StaticGraph } from "./prepare.ts";
import type { SourceNode } from "./source.ts";

/** A layer of real numbers: `weights[j]` are the weights of its neuron j, for the whole layer below or each window of it. */
export interface Layer {
  weights: (readonly number[])[];
  biases: readonly number[];
  /** Whether what is below zero becomes zero; defaults to that in all layers but the last. */
  relu?: boolean;
  /** The windows that it reads, each as one vector; undefined where it reads the vector below. */
  window?: Window | undefined;
  /** Windows of which the largest of each channel is left, one after another. */
  pools?: readonly Window[];
}

/** What a network does with its last layer's scores; none of it changes which of them is the largest. */
type Ending = "Softmax" | "LogSoftmax" | "Sigmoid" | "Tanh";

/** A network as the integer profile or a graph can express it. */
export interface Network {
  layers: readonly Layer[];
  /** The image that the input is, where windows move over it; and whether it stands there channel by channel. */
  image: (Image & { byChannel: boolean }) | undefined;
  /** The value of an input that windows find beyond its edges; undefined where they don't reach there. */
  edge: number | undefined;
  /** Whether the answer is an image, channel by channel. */
  answersByChannel: boolean;
  ending: Ending | undefined;
  /** Whether what comes then is divided by its sum, as scikit-learn's classifiers do. */
  shares: boolean;
}

/** Why a graph is no such network; the message ends a sentence, as in "it has a LeakyRelu". */
export class Inexpressible extends Error {}

/** "a Conv", "an Add" */
export const named = (op: string): string => `${/^[AEIOU]/.test(op) ? "an" : "a"} ${op}`;

/** One node that is read. */
export interface Step {
  node: SourceNode;
  /** Which of the node's inputs is the value that is looked at. */
  at: number;
  constants: readonly (Numbers | undefined)[];
  reader: NetworkReader;
}

export type Take = (step: Step) => void;

/** Only the dims change, as all rows are one sample's. */
export const unchanged: Take = () => {};

/** What each element is of the layer below: `scale · x[from] + offset`. */
interface View {
  from: Int32Array;
  scale: Float64Array;
  offset: Float64Array;
}

const plain = (from: Int32Array): View => ({
  from,
  scale: new Float64Array(from.length).fill(1),
  offset: new Float64Array(from.length),
});

const isUnscaled = ({ scale, offset }: View): boolean =>
  scale.every((by) => by === 1) && offset.every((by) => by === 0);

/** An image whose channels are each scaled by one number. */
interface Channels extends Image {
  scale: number[];
  offset: number[];
}

/** A layer's rows as they are read. */
interface Neurons {
  weights: Float64Array[];
  biases: Float64Array;
  window?: Window | undefined;
}

/** Scale and zero point of what a value is quantised by. */
interface Quantised {
  scale: number;
  zero: number;
}

/**
 * Reads a graph node by node as layers, one after another, each followed by ReLU or nothing. Throws {@link Inexpressible}
 * for what is none.
 */
export class NetworkReader {
  readonly #graph: StaticGraph;
  readonly #constants = new Map<string, Numbers>();
  readonly #layers: (Neurons & { relu: boolean; pools: Window[] })[] = [];
  /** Rows that nothing but scales and orders have followed yet, and the image that they make. */
  #open: (Neurons & { image: Image }) | undefined;
  /** What the last layer gives; before there is one, the input. */
  #below: Image;
  #image: Network["image"];
  #edge: number | undefined;
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
    this.#below = vector(productOf(graph.input.dims));
    this.#view = plain(identity(sizeOf(this.#below)));
  }

  /** @param steps What each operator does to a value on its way. */
  take(node: SourceNode, steps: Readonly<Record<string, Take>>): void {
    const { op, inputs, outputs, attributes } = node;
    const constants = inputs.map((name) => (name === "" ? undefined : this.#constant(name)));
    if (inputs.length > 0 && inputs.every((name, i) => name === "" || constants[i])) {
      const folded = fold(op, constants, attributes);
      if (!folded) throw new Inexpressible(`computes with constants in ${named(op)}`);
      this.#constants.set(outputs[0] as string, folded);
      return;
    }
    if (op === "Mul" && this.#takeFactor(node, constants)) return;
    if (this.#ending !== undefined && this.#takeShare(node)) return;
    const at = inputs.indexOf(this.#current);
    const isOther = (name: string, i: number) =>
      i !== at && name !== "" && !constants[i] && name !== this.#dynamic?.zero;
    if (at === -1 || inputs.some(isOther)) throw new Inexpressible(`has branches that meet in ${named(op)}`);
    const step = Object.hasOwn(steps, op) ? steps[op] : undefined;
    if (!step) throw new Inexpressible(`has ${named(op)}`);
    if (this.#ending !== undefined && step !== unchanged) throw new Inexpressible(`goes on after ${this.#ending}`);
    step({ node, at, constants, reader: this });
    this.#current = outputs[0] as string;
  }

  end(): Network {
    if (this.#dynamic?.isDue || this.#quantised) throw new Inexpressible("answers in quantised numbers");
    if (this.#current !== this.#graph.output.name) throw new Inexpressible("has branches");
    if (this.#open) this.#close(false);
    if (this.#layers.length === 0) throw new Inexpressible("has no dense layer");
    if (!isUnscaled(this.#view)) throw new Inexpressible("scales its answer after a ReLU");
    const { from } = this.#view;
    const answersByChannel = pixelsOf(this.#below) > 1 && areSame(from, byChannel(this.#below));
    if (!answersByChannel && !areSame(from, identity(sizeOf(this.#below))))
      throw new Inexpressible("takes its answer apart");
    if (
      this.#layers.some(
        ({ weights, biases }) => !biases.every(Number.isFinite) || !weights.every((row) => row.every(Number.isFinite)),
      )
    )
      throw new Inexpressible("has weights that aren't finite");
    if (this.#layers.some(({ relu, pools }) => !relu && pools.some(isPadded)))
      throw new Inexpressible("has a MaxPool with pads that no Relu follows");
    const layers = this.#layers.map(({ weights, biases, ...rest }) => ({
      ...{ ...rest, weights: weights.map((row) => Array.from(row)), biases: Array.from(biases) },
    }));
    const [image, edge] = [this.#image, this.#edge];
    return { layers, image, edge, answersByChannel, ending: this.#ending, shares: this.#shares };
  }

  get size(): number {
    return this.#open ? sizeOf(this.#open.image) : this.#view.from.length;
  }

  /** Dims of the value that is looked at. */
  get dims(): readonly number[] {
    return this.#graph.dims.get(this.#current) ?? [];
  }

  get isInput(): boolean {
    return this.#current === this.#graph.input.name;
  }

  /** Dims of a node's output. */
  dimsOf(name: string): readonly number[] {
    return this.#graph.dims.get(name) ?? [];
  }

  /** Multiplies the whole value by rows of weights and adds biases. */
  multiply(rows: readonly Float64Array[], biases: Float64Array): void {
    if (this.#open) this.#close(false);
    const { from, scale, offset } = this.#view;
    this.#open = {
      weights: rows.map((row) => {
        const weights = new Float64Array(sizeOf(this.#below));
        for (const [i, weight] of row.entries())
          weights[from[i] as number] = (weights[from[i] as number] as number) + weight * (scale[i] as number);
        return weights;
      }),
      biases: biases.map((bias, j) =>
        (rows[j] as Float64Array).reduce((sum, weight, i) => sum + weight * (offset[i] as number), bias),
      ),
      window: pixelsOf(this.#below) > 1 ? wholeOf(this.#below) : undefined,
      image: vector(rows.length),
    };
  }

  /** Multiplies each window of an image by rows of weights, pixel by pixel, and adds biases. */
  slide(op: string, channels: Channels, window: Window, rows: readonly Float64Array[], biases: Float64Array): void {
    const { scale, offset } = channels;
    const of = (list: readonly number[], k: number) => list[k % list.length] as number;
    this.#checkWindow(op, window, channels.channels, rows.length);
    if (isPadded(window)) this.#pad(op, channels);
    this.#open = {
      weights: rows.map((row) => row.map((weight, k) => weight * of(scale, k))),
      biases: biases.map((bias, j) =>
        (rows[j] as Float64Array).reduce((sum, weight, k) => sum + weight * of(offset, k), bias),
      ),
      window,
      image: { height: window.down, across: window.outAcross, channels: rows.length },
    };
  }

  /** Leaves the largest of each channel of each window. */
  pool(op: string, { channels, scale, offset }: Channels, window: Window): void {
    const layer = this.#layers.at(-1);
    if (!layer) throw new Inexpressible(`has ${named(op)} that follows no layer`);
    if (scale.some((by) => by <= 0)) throw new Inexpressible(`changes signs between a layer and ${named(op)}`);
    this.#checkWindow(op, window, channels, channels);
    layer.pools.push(window);
    this.#below = { height: window.down, across: window.outAcross, channels };
    const spread = (list: readonly number[]) =>
      Float64Array.from(
        { length: sizeOf(this.#below) },
        (_, i) => list[Math.floor(i / pixelsOf(this.#below))] as number,
      );
    this.#view = { from: byChannel(this.#below), scale: spread(scale), offset: spread(offset) };
  }

  /**
   * The value as an image, whose layer is over.
   *
   * @param isLast Whether its channels are its last dimension, as in Keras; by default the first after the sample's.
   */
  channels(op: string, isLast = false): Channels {
    if (this.#open) this.#close(false);
    const image = imageOf(this.dims, isLast);
    if (!image) throw new Inexpressible(`has ${named(op)} of what is no image`);
    const [order, plainOrder] = [byChannel(image), identity(sizeOf(image))];
    if (this.#layers.length === 0) this.#arrange(image, isLast ? plainOrder : order);
    const { from, scale, offset } = this.#view;
    const { height, across, channels } = this.#below;
    if (height !== image.height || across !== image.across || !areSame(from, isLast ? plainOrder : order))
      throw new Inexpressible(`has ${named(op)} of an image that was taken apart`);
    const first = Array.from({ length: channels }, (_, c) => from.indexOf(c));
    const channelOf = (i: number) => first[(from[i] as number) % channels] as number;
    if (scale.some((by, i) => by !== scale[channelOf(i)]) || offset.some((by, i) => by !== offset[channelOf(i)]))
      throw new Inexpressible(`scales each pixel by itself before ${named(op)}`);
    const at = (list: Float64Array) => first.map((i) => list[i] as number);
    return { ...image, scale: at(scale), offset: at(offset) };
  }

  /** What the layer that was added last gives, which is over. */
  given(): Channels {
    if (this.#open) this.#close(false);
    const { channels } = this.#below;
    return { ...this.#below, scale: new Array<number>(channels).fill(1), offset: new Array<number>(channels).fill(0) };
  }

  /** Takes the input as an image: as it stands there, or turned, where it stands there channel by channel. */
  #arrange(image: Image, order: Int32Array): void {
    const { from } = this.#view;
    const isPlain = areSame(from, identity(sizeOf(image)));
    this.#image = { ...image, byChannel: isPlain && !areSame(from, order) };
    if (this.#image.byChannel) this.#view = { ...this.#view, from: order };
    this.#below = image;
  }

  #checkWindow(op: string, window: Window, channels: number, filters: number): void {
    const beyond = beyondGather(window, channels, filters);
    if (beyond !== undefined) throw new Inexpressible(`has ${named(op)} with ${beyond}`);
  }

  /** Sees to it that what lies beyond an image's edges is zero, as ONNX has it. */
  #pad(op: string, { scale, offset }: Channels): void {
    // So that no edge is -0.
    const edges = new Set(offset.map((by, c) => (by === 0 ? 0 : -by / (scale[c] as number))));
    const [edge = 0] = edges;
    if (edges.size > 1 || !Number.isFinite(edge) || (edge !== 0 && this.#layers.length > 0))
      throw new Inexpressible(`has ${named(op)} with pads of what was shifted before`);
    if (this.#layers.length === 0) this.#edge = edge;
  }

  /** Maps each element to `scale · x + offset`. */
  shift(scale: (i: number) => number, offset: (i: number) => number): void {
    if (this.#open && !this.#isByNeuron(this.#open.image, scale, offset)) this.#close(false);
    if (this.#open) {
      const { weights, biases, image } = this.#open;
      for (const [j, row] of weights.entries()) {
        const by = scale(j * pixelsOf(image));
        for (const [k, weight] of row.entries()) row[k] = weight * by;
        biases[j] = (biases[j] as number) * by + offset(j * pixelsOf(image));
      }
      return;
    }
    const view = this.#view;
    for (let i = 0; i < view.from.length; i++) {
      view.offset[i] = (view.offset[i] as number) * scale(i) + offset(i);
      view.scale[i] = (view.scale[i] as number) * scale(i);
    }
  }

  /** Whether all pixels of a channel are mapped alike. */
  #isByNeuron(image: Image, scale: (i: number) => number, offset: (i: number) => number): boolean {
    const pixels = pixelsOf(image);
    return identity(sizeOf(image)).every((i) => {
      const first = i - (i % pixels);
      return scale(i) === scale(first) && offset(i) === offset(first);
    });
  }

  reorder(index: Int32Array): void {
    if (this.#open && pixelsOf(this.#open.image) > 1) this.#close(false);
    if (this.#open) {
      const { weights, biases } = this.#open;
      this.#open = {
        ...this.#open,
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
    if (this.#open) {
      this.#close(true);
      return;
    }
    const layer = this.#layers.at(-1);
    const { scale, offset } = this.#view;
    if (!layer || scale.some((by) => by < 0) || offset.some((by) => (layer.relu ? by < 0 : by !== 0)))
      throw new Inexpressible("has a Relu that follows no layer");
    // What is below zero may be left out before the largest is chosen as well as after that.
    layer.relu = true;
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
    else if (known?.scale !== by.scale || known.zero !== by.zero) throw new Inexpressible("is quantised by two scales");
  }

  quantiseDynamically([, scale = "", zero = ""]: readonly string[]): void {
    this.#dynamic = { scale, zero, isDue: false };
  }

  /** Multiplies by int8 weights what was quantised when it ran; its scale is still to come. */
  multiplyDynamically(zero: string, rows: readonly Float64Array[]): void {
    if (this.#dynamic?.zero !== zero)
      throw new Inexpressible("has a MatMulInteger whose input is not quantised before it");
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
    if (this.#dynamic?.isDue) throw new Inexpressible("never undoes a scale");
    const { image, ...rows } = this.#open as Neurons & { image: Image };
    this.#layers.push({ ...rows, relu, pools: [] });
    this.#open = undefined;
    this.#below = image;
    this.#view = plain(byChannel(image));
  }

  #constant(name: string): Numbers | undefined {
    const known = this.#constants.get(name);
    if (known) return known;
    const constant: Constant | undefined = this.#graph.constants.get(name);
    if (constant && productOf(constant.dims) > MOST_FOLDED)
      throw new Inexpressible(`has a constant of ${productOf(constant.dims)} elements, more than rows can hold`);
    const numbers = constant && numbersOf(constant);
    if (constant && !numbers)
      throw new Inexpressible(`has the constant "${name}" of a type that isn't calculated with`);
    if (numbers) this.#constants.set(name, numbers);
    return numbers;
  }
}
