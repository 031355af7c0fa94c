import type { Row } from "../../sdk/layouts.ts";
import { activation, MAX_SHIFT } from "../integer.ts";
import { gather } from "../operators/gather.ts";
import { max } from "../operators/max.ts";
import type { Window } from "./image.ts";
import type { Layer } from "./reader.ts";

/** Integer layers that stand for a network. */
export interface Quantised {
  layers: Row[][];
  /** What one step of an output is worth to the network, the same for all outputs. */
  scale: number;
}

/**
 * Turns a network's layers into integer layers. A hidden neuron gets its own scale: weights as large as int8
 * takes, and the smallest shift that keeps its activation within int8 on all calibration inputs; the next layer's weights
 * take that scale up. The last layer's neurons share one scale and shift, as their outputs are compared with each other.
 *
 * @param inputScales What one step of each input is worth to the network; of an image, of each of its channels.
 * @param calibration Inputs as they are expected, an image pixel by pixel, from which the shifts are chosen; at least one.
 */
export function quantise(
  network: readonly Layer[],
  inputScales: readonly number[],
  calibration: readonly Int8Array[],
): Quantised {
  const layers: Row[][] = [];
  let scales = inputScales;
  let activations = calibration;
  for (const [l, layer] of network.entries()) {
    const last = l === network.length - 1;
    const { weights: real, biases, relu = !last, window, pools = [] } = layer;
    const [below, channels] = [scales, scales.length];
    // Gathered again where it is needed: an image's windows overlap, and take far more room than it.
    const vectorsOf = (input: Int8Array) => (window ? gathered(input, window, channels) : input);
    const scaled = real.map((weights) => weights.map((weight, k) => weight * (below[k % channels] as number)));
    const peaks = scaled.map((weights, j) => peakOf(weights, biases[j] as number));
    const highest = peaks.reduce((most, peak) => Math.max(most, peak), 0);
    const units = peaks.map((peak) => ((last ? highest : peak) || 127) / 127);
    const drafts = scaled.map((weights, j) => ({
      bias: Math.round((biases[j] as number) / (units[j] as number)),
      weights: Int8Array.from(weights, (weight) => Math.round(weight / (units[j] as number))),
    }));
    const sums = new Float64Array(drafts.length).fill(1);
    for (const input of activations) raise(sums, drafts, vectorsOf(input), !relu);
    const shifts = Array.from(sums, shiftFor);
    const shared = Math.max(...shifts);
    const rows = drafts.map((draft, j) => ({
      shift: last ? shared : (shifts[j] as number),
      lo: relu ? 0 : -128,
      ...draft,
    }));
    layers.push(rows);
    scales = rows.map((row, j) => (units[j] as number) * 2 ** row.shift);
    activations = activations.map((input) =>
      pools.reduce((each, pool) => pooled(each, pool, rows.length), applied(rows, vectorsOf(input))),
    );
  }
  return { layers, scale: scales[0] as number };
}

/** The windows of an image, one after another. */
function gathered(image: Int8Array, { down, ...constants }: Window, channels: number): Int8Array {
  const shape = { rows: down * constants.outAcross, width: constants.kh * constants.kw * channels };
  const out = new Int8Array(shape.rows * shape.width);
  const reads = [{ rows: image.length / channels, width: channels }];
  const site = { ...shape, constants, reads, a: image, b: image, out, parameters: undefined };
  for (let row = 0; row < shape.rows; row++) gather.fill(site, row, 0, shape.width);
  return out;
}

/** The largest of each channel of each window. */
function pooled(image: Int8Array, window: Window, channels: number): Int8Array {
  const rows = window.down * window.outAcross;
  const a = gathered(image, window, channels);
  const out = new Int8Array(rows * channels);
  const reads = [{ rows, width: a.length / rows }];
  const site = { rows, width: channels, constants: {}, reads, a, b: a, out, parameters: undefined };
  for (let row = 0; row < rows; row++) max.fill(site, row, 0, channels);
  return out;
}

/** What a layer's rows make of each vector of inputs. */
function applied(rows: readonly Row[], inputs: Int8Array): Int8Array {
  const width = rows[0]?.weights.length as number;
  const out = new Int8Array((inputs.length / width) * rows.length);
  for (let at = 0, to = 0; at < inputs.length; at += width) {
    const vector = inputs.subarray(at, at + width);
    for (const row of rows) out[to++] = activation(row, vector);
  }
  return out;
}

/** A bias may be so many times what the largest weight is: then both fit a row whatever its width and shift. */
const MOST_BIAS = 2 ** 22;

/** The largest weight's magnitude, or what a large bias asks for in its place. */
const peakOf = (weights: readonly number[], bias: number): number =>
  weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), (Math.abs(bias) * 127) / MOST_BIAS);

/** Raises each neuron's largest sum to what it makes of some vectors of inputs; its largest magnitude if `signed`. */
function raise(
  sums: Float64Array,
  neurons: readonly Pick<Row, "bias" | "weights">[],
  inputs: Int8Array,
  signed: boolean,
): void {
  for (const [j, { bias, weights }] of neurons.entries())
    for (let at = 0; at < inputs.length; at += weights.length) {
      let sum = bias;
      for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (inputs[at + k] as number);
      sums[j] = Math.max(sums[j] as number, signed ? Math.abs(sum) : sum);
    }
}

/** The smallest shift with which a largest sum isn't clamped. */
const shiftFor = (sum: number): number => Math.max(1, Math.min(MAX_SHIFT, Math.ceil(Math.log2(sum / 127))));
