import fc from "fast-check";
import { MAX_SHIFT, MIN_SHIFT, maxBias } from "../../inference/integer.ts";
import { INT8, type Layout, type Row } from "../../sdk/layouts.ts";

/** Layout of an integer model of these widths, its tensors named "x" and "y". */
export const integerLayout = (...widths: number[]): Layout => ({
  widths,
  input: { name: "x", dtype: INT8, dims: [1, widths[0] as number] },
  output: { name: "y", dtype: INT8, dims: [1, widths.at(-1) as number] },
});

/** Rows of every layer, from one function of their place. */
export const layersOf = (widths: readonly number[], row: (layer: number, index: number, inputs: number) => Row) =>
  widths.slice(1).map((width, l) => Array.from({ length: width }, (_, index) => row(l, index, widths[l] as number)));

/** Any int8, its extremes often. */
const int8 = fc.oneof(fc.integer({ min: -128, max: 127 }), fc.constantFrom(-128, -127, -1, 0, 1, 127));

/** Vectors of int8: any, or one value throughout, which drives sums to their extremes. */
export const int8Vector = (length: number): fc.Arbitrary<Int8Array> =>
  fc.oneof(
    fc.array(int8, { minLength: length, maxLength: length }).map((values) => Int8Array.from(values)),
    int8.map((value) => new Int8Array(length).fill(value)),
  );

/** Rows within the bounds: the bias often at its very limit, or where the sum meets a multiple of 2^shift. */
export const anyRow = (inputs: number): fc.Arbitrary<Row> =>
  fc.integer({ min: MIN_SHIFT, max: MAX_SHIFT }).chain((shift) => {
    const limit = maxBias(inputs, shift);
    return fc.record({
      shift: fc.constant(shift),
      lo: fc.constantFrom(-128, 0),
      bias: fc.oneof(
        fc.integer({ min: -limit, max: limit }),
        fc.integer({ min: -Math.min(limit, 2 ** (shift + 7)), max: Math.min(limit, 2 ** (shift + 7)) }),
        fc.constantFrom(-limit, limit, 0),
      ),
      weights: int8Vector(inputs),
    });
  });

/** Integer models of one to three layers with an input. */
export const anyModel = fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 2, maxLength: 4 }).chain((widths) =>
  fc.record({
    layout: fc.constant(integerLayout(...widths)),
    layers: fc.tuple(
      ...widths
        .slice(1)
        .map((width, l) => fc.array(anyRow(widths[l] as number), { minLength: width, maxLength: width })),
    ),
    input: int8Vector(widths[0] as number),
  }),
);
