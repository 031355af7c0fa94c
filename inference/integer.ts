import type { Layout, Row } from "../sdk/layouts.ts";

/** Most layers, without the input. */
export const MAX_LAYERS = 2048;

/** Most rows, all layers together. */
export const MAX_ROWS = 8192;

/** The widest layer. */
export const MAX_WIDTH = 4096;

/** Most that all layers' widths, with the input's, may add up to. */
export const MAX_TOTAL_WIDTH = 32_768;

export const MIN_SHIFT = 1;
export const MAX_SHIFT = 30;

/** Every sum stays below this in magnitude, so that int32 never wraps. */
export const SUM_LIMIT = 2 ** 30;

/** The largest magnitude that a row's bias may have with `inputs` weights and this shift. */
export const maxBias = (inputs: number, shift: number): number => SUM_LIMIT - 1 - 16_384 * inputs - 2 ** (shift - 1);

/** Throws unless the layers fit the layout and every row is within the bounds of the integer profile; names the row. */
export function checkRows(layout: Layout, layers: readonly (readonly Row[])[]): void {
  const { widths } = layout;
  if (widths.length < 2) throw new RangeError("The layout has no integer layers.");
  if (widths.length - 1 > MAX_LAYERS)
    throw new RangeError(`The layout has ${widths.length - 1} layers; at most ${MAX_LAYERS} are allowed.`);
  for (const [layer, width] of widths.entries())
    if (!Number.isInteger(width) || width < 1 || width > MAX_WIDTH)
      throw new RangeError(`Layer ${layer} is ${width} wide; a layer is 1 to ${MAX_WIDTH} wide.`);
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total > MAX_TOTAL_WIDTH)
    throw new RangeError(`All layers together are ${total} wide; at most ${MAX_TOTAL_WIDTH} is allowed.`);
  const rowCount = total - (widths[0] as number);
  if (rowCount > MAX_ROWS)
    throw new RangeError(`All layers together have ${rowCount} rows; at most ${MAX_ROWS} are allowed.`);
  if (layers.length !== widths.length - 1)
    throw new RangeError(`There are ${layers.length} layers of rows; the layout has ${widths.length - 1}.`);
  let row = 0;
  for (const [l, rows] of layers.entries()) {
    if (rows.length !== widths[l + 1])
      throw new RangeError(`Layer ${l + 1} has ${rows.length} rows; the layout says ${widths[l + 1]}.`);
    for (const each of rows) checkRow(row++, widths[l] as number, each);
  }
}

/**
 * Runs an integer model exactly as every other implementation does. Returns the activations A_0 … A_L of all layers:
 * the input first, the output last. The layers must have passed {@link checkRows}.
 */
export function forward(layers: readonly (readonly Row[])[], input: Int8Array): Int8Array[] {
  const activations = [input];
  for (const rows of layers) {
    const previous = activations.at(-1) as Int8Array;
    activations.push(Int8Array.from(rows, (row) => activation(row, previous)));
  }
  return activations;
}

/** One neuron: clamp(floor((Σ x·w + bias + 2^(shift-1)) / 2^shift), lo, 127). */
export function activation({ shift, lo, bias, weights }: Row, input: Int8Array): number {
  if (input.length !== weights.length)
    throw new RangeError(`A row of ${weights.length} weights can't take ${input.length} activations.`);
  let sum = bias + 2 ** (shift - 1);
  for (let k = 0; k < weights.length; k++) sum += (input[k] as number) * (weights[k] as number);
  return Math.max(lo, Math.min(127, sum >> shift));
}

function checkRow(index: number, inputs: number, { shift, lo, bias, weights }: Row): void {
  if (weights.length !== inputs)
    throw new RangeError(`Row ${index} has ${weights.length} weights; the layer below is ${inputs} wide.`);
  if (!Number.isInteger(shift) || shift < MIN_SHIFT || shift > MAX_SHIFT)
    throw new RangeError(`Row ${index} shifts by ${shift}; a shift is ${MIN_SHIFT} to ${MAX_SHIFT}.`);
  if (lo !== -128 && lo !== 0) throw new RangeError(`Row ${index} has the lower bound ${lo}; it is -128 or 0.`);
  const limit = maxBias(inputs, shift);
  if (!Number.isInteger(bias) || Math.abs(bias) > limit)
    throw new RangeError(
      `Row ${index} has the bias ${bias}; with ${inputs} weights and shift ${shift} it is at most ${limit} in magnitude.`,
    );
}
