import type { Row } from "../../sdk/layouts.ts";
import { forward, MAX_SHIFT } from "../integer.ts";
import type { Dense } from "./dense.ts";

/** Integer layers that stand for a network. */
export interface Quantised {
  layers: Row[][];
  /** What one step of an output is worth to the network, the same for all outputs. */
  scale: number;
}

/**
 * Turns a network of dense layers into integer layers. A hidden neuron gets its own scale: weights as large as int8
 * takes, and the smallest shift that keeps its activation within int8 on all calibration inputs; the next layer's weights
 * take that scale up. The last layer's neurons share one scale and shift, as their outputs are compared with each other.
 *
 * @param inputScales What one step of each input is worth to the network.
 * @param calibration Inputs as they are expected, from which the shifts are chosen; at least one.
 */
export function quantise(
  network: readonly Dense[],
  inputScales: readonly number[],
  calibration: readonly Int8Array[],
): Quantised {
  const layers: Row[][] = [];
  let scales = inputScales;
  let activations = calibration;
  for (const [l, { weights: real, biases, relu = l < network.length - 1 }] of network.entries()) {
    const last = l === network.length - 1;
    const scaled = real.map((weights) => weights.map((weight, k) => weight * (scales[k] as number)));
    const peaks = scaled.map((weights, j) => peakOf(weights, biases[j] as number));
    const highest = peaks.reduce((most, peak) => Math.max(most, peak), 0);
    const units = peaks.map((peak) => ((last ? highest : peak) || 127) / 127);
    const drafts = scaled.map((weights, j) => ({
      bias: Math.round((biases[j] as number) / (units[j] as number)),
      weights: Int8Array.from(weights, (weight) => Math.round(weight / (units[j] as number))),
    }));
    const shifts = drafts.map((draft) => shiftFor(draft, activations, !relu));
    const shared = Math.max(...shifts);
    const rows = drafts.map((draft, j) => ({
      shift: last ? shared : (shifts[j] as number),
      lo: relu ? 0 : -128,
      ...draft,
    }));
    layers.push(rows);
    scales = rows.map((row, j) => (units[j] as number) * 2 ** row.shift);
    activations = activations.map((input) => forward([rows], input)[1] as Int8Array);
  }
  return { layers, scale: scales[0] as number };
}

/** A bias may be so many times what the largest weight is: then both fit a row whatever its width and shift. */
const MOST_BIAS = 2 ** 22;

/** The largest weight's magnitude, or what a large bias asks for in its place. */
const peakOf = (weights: readonly number[], bias: number): number =>
  weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), (Math.abs(bias) * 127) / MOST_BIAS);

/** The smallest shift with which no calibration input is clamped from above (or, if `signed`, from either side). */
function shiftFor(
  { bias, weights }: Pick<Row, "bias" | "weights">,
  inputs: readonly Int8Array[],
  signed: boolean,
): number {
  let peak = 1;
  for (const input of inputs) {
    let sum = bias;
    for (let k = 0; k < weights.length; k++) sum += (weights[k] as number) * (input[k] as number);
    peak = Math.max(peak, signed ? Math.abs(sum) : sum);
  }
  return Math.max(1, Math.min(MAX_SHIFT, Math.ceil(Math.log2(peak / 127))));
}
