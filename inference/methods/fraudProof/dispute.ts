import { bytesToHex, type Hex } from "viem";
import { encodeRow, type Row, weightsTree } from "../../../sdk/layouts.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import { type AssignedInput, NO_INPUT } from "../../../sdk/units.ts";
import { activation } from "../../integer.ts";
import type { ShownRow } from "../method.ts";

/** A row whose attested activation differs from the model's, given the activations below it. */
export interface WrongRow {
  /** From 0: the layer that maps A_layer to A_layer+1. */
  layer: number;
  /** The neuron within its layer, from 0. */
  row: number;
  claimed: number;
  correct: number;
}

/**
 * The first wrong row of a trace, or undefined if there is none: then the trace is right. Throws when
 * the trace is shorter or longer than the layers.
 *
 * @param trace A_0 ‖ … ‖ A_L; for a batch's unit, its assigned input before its leaf.
 */
export function findWrongRow(layers: readonly (readonly Row[])[], trace: Uint8Array): WrongRow | undefined {
  const activations = new Int8Array(trace.buffer, trace.byteOffset, trace.length);
  const widths = [layers[0]?.[0]?.weights.length ?? 0, ...layers.map(({ length }) => length)];
  const expected = widths.reduce((sum, width) => sum + width, 0);
  if (trace.length !== expected)
    throw new RangeError(`A trace of ${trace.length} bytes doesn't fit layers of ${expected} together.`);
  let at = 0;
  for (const [layer, rows] of layers.entries()) {
    const width = widths[layer] as number;
    const input = activations.subarray(at, at + width);
    at += width;
    for (const [row, each] of rows.entries()) {
      const claimed = activations[at + row] as number;
      const correct = activation(each, input);
      if (claimed !== correct) return { layer, row, claimed, correct };
    }
  }
  return undefined;
}

/**
 * Recomputes one row of a trace, with all its parts. Throws a RangeError when the model has no such row
 * or the trace doesn't hold it.
 *
 * @param trace A_0 ‖ … ‖ A_L; for a batch's unit, its assigned input before its leaf.
 */
export function showRow(
  layers: readonly (readonly Row[])[],
  trace: Uint8Array,
  { layer, row }: Pick<WrongRow, "layer" | "row">,
): Omit<ShownRow, "unit"> {
  const shown = layers[layer]?.[row];
  if (!shown) throw new RangeError(`The model has no row ${row} in layer ${layer}.`);
  const activations = new Int8Array(trace.buffer, trace.byteOffset, trace.length);
  const below = layers.slice(0, layer).reduce((at, rows) => at + (rows[0]?.weights.length ?? 0), 0);
  const inputs = activations.slice(below, below + shown.weights.length);
  const claimed = activations[below + shown.weights.length + row];
  if (claimed === undefined) throw new RangeError(`The trace of ${trace.length} bytes ends before that row.`);
  const sum = inputs.reduce((total, x, k) => total + x * (shown.weights[k] as number), 0);
  return { layer, row, ...shown, inputs, sum, claimed, correct: activation(shown, inputs) };
}

/** The row as FraudProof takes it: `DisputedRow` of the contract. */
export interface DisputedRow {
  layoutBytes: Hex;
  layer: bigint;
  row: bigint;
  data: Hex;
  proof: Hex[];
}

/** Shows a row of the model to the contract. */
export function disputeRow(
  layout: Uint8Array,
  layers: readonly (readonly Row[])[],
  { layer, row }: Pick<WrongRow, "layer" | "row">,
): DisputedRow {
  const data = layers[layer]?.[row];
  if (!data) throw new RangeError(`The model has no row ${row} in layer ${layer}.`);
  const index = layers.slice(0, layer).reduce((sum, { length }) => sum + length, row);
  return {
    layoutBytes: bytesToHex(layout),
    layer: BigInt(layer),
    row: BigInt(row),
    data: bytesToHex(encodeRow(data)),
    proof: weightsTree(layers).proof(index),
  };
}

/** A batch's unit as FraudProof takes it: `DisputedUnit` of the contract. */
export interface DisputedUnit {
  index: bigint;
  activations: Hex;
  proof: Hex[];
  input: AssignedInput;
}

/**
 * Shows a unit of a batch to the contract.
 *
 * @param leaves All units' activations, as the batch was recorded.
 * @param index Position in the batch, from 0.
 * @param input Needed if layer 0 is disputed.
 */
export function disputeUnit(leaves: readonly Uint8Array[], index: number, input = NO_INPUT): DisputedUnit {
  const proof = orderedTree(leaves).proof(index);
  return { index: BigInt(index), activations: bytesToHex(leaves[index] as Uint8Array), proof, input };
}
