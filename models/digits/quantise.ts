import { forward, MAX_SHIFT } from "../../inference/integer.ts";
import type { Row } from "../../sdk/layouts.ts";
import type { Dense } from "../network.ts";

/**
 * Turns a ReLU network into integer layers. A hidden neuron gets its own scale: weights as large as int8 takes, and the
 * smallest shift that keeps its activation within 127 on all calibration inputs; the next layer's weights take that
 * scale up. The last layer's neurons share one scale and shift, as their outputs are compared with each other.
 *
 * @param inputScale What one step of an input is worth to the network.
 */
export function quantise(network: readonly Dense[], inputScale: number, calibration: readonly Int8Array[]): Row[][] {
  const layers: Row[][] = [];
  let scales = Array.from(calibration[0] as Int8Array, () => inputScale);
  let activations = calibration;
  for (const [l, dense] of network.entries()) {
    const last = l === network.length - 1;
    const scaled = dense.weights.map((weights) => weights.map((weight, k) => weight * (scales[k] as number)));
    const peaks = scaled.map((weights) => Math.max(...weights.map(Math.abs)));
    const highest = Math.max(...peaks);
    const units = peaks.map((peak) => (last ? highest : peak) / 127);
    const drafts = scaled.map((weights, j) => ({
      bias: Math.round((dense.biases[j] as number) / (units[j] as number)),
      weights: Int8Array.from(weights, (weight) => Math.round(weight / (units[j] as number))),
    }));
    const shifts = drafts.map((draft) => shiftFor(draft, activations, last));
    const shared = Math.max(...shifts);
    const rows = drafts.map((draft, j) => ({
      shift: last ? shared : (shifts[j] as number),
      lo: last ? -128 : 0,
      ...draft,
    }));
    layers.push(rows);
    scales = rows.map((row, j) => (units[j] as number) * 2 ** row.shift);
    activations = activations.map((input) => forward([rows], input)[1] as Int8Array);
  }
  return layers;
}

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
