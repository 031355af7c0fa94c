import { expect } from "chai";
import fc from "fast-check";
import { type Hex, hexToBytes } from "viem";
import { canonicalOnnx } from "../../inference/canonical.ts";
import {
  activation,
  checkRows,
  forward,
  MAX_LAYERS,
  MAX_ROWS,
  MAX_SHIFT,
  MAX_TOTAL_WIDTH,
  MAX_WIDTH,
  MIN_SHIFT,
  maxBias,
  SUM_LIMIT,
} from "../../inference/integer.ts";
import type { InferenceRuntime } from "../../inference/runtime.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { decodeRows, type Layout, type Row } from "../../sdk/layouts.ts";
import profile from "../vectors/profile.json" with { type: "json" };
import { anyModel, int8Vector, integerLayout, layersOf } from "./layers.ts";

const row = (change: Partial<Row> = {}, inputs = 2): Row => ({
  shift: 4,
  lo: -128,
  bias: 0,
  weights: new Int8Array(inputs),
  ...change,
});

/** The formula of the profile in unbounded integers, written from the specification. */
const exact = ({ shift, lo, bias, weights }: Row, input: Int8Array): number => {
  const sum = weights.reduce((total, weight, k) => total + BigInt(weight) * BigInt(input[k] as number), BigInt(bias));
  const rounded = (sum + (1n << BigInt(shift - 1))) >> BigInt(shift);
  return Number(rounded < lo ? BigInt(lo) : rounded > 127n ? 127n : rounded);
};

describe("integer profile", () => {
  let runtime: InferenceRuntime;

  before(async () => {
    runtime = await loadPinnedRuntime();
  });

  const onRuntime = async (layout: Layout, layers: Row[][], ...inputs: Int8Array[]): Promise<Int8Array[]> => {
    const session = await runtime.open(canonicalOnnx(layout, layers), layout);
    const outputs: Int8Array[] = [];
    for (const input of inputs) outputs.push(new Int8Array((await session.run(new Uint8Array(input))).buffer));
    await session.release();
    return outputs;
  };

  const refusals: [string, number[], Row[][], string][] = [
    ["a layout without layers", [], [], "The layout has no integer layers."],
    ["a missing layer", [2, 1, 1], [[row()]], "There are 1 layers of rows; the layout has 2."],
    ["an empty layer", [2, 0], [[]], "Layer 1 is 0 wide; a layer is 1 to 4096 wide."],
    ["a layer too wide", [MAX_WIDTH + 1, 1], [], "Layer 0 is 4097 wide; a layer is 1 to 4096 wide."],
    [
      "layers too wide together",
      [...Array<number>(8).fill(MAX_WIDTH), 1],
      [],
      `All layers together are ${MAX_TOTAL_WIDTH + 1} wide; at most 32768 is allowed.`,
    ],
    [
      "too many layers",
      Array<number>(MAX_LAYERS + 2).fill(1),
      [],
      "The layout has 2049 layers; at most 2048 are allowed.",
    ],
    [
      "too many rows",
      [1, MAX_WIDTH, MAX_WIDTH, 1],
      [],
      `All layers together have ${MAX_ROWS + 1} rows; at most 8192 are allowed.`,
    ],
    ["a missing row", [2, 2], [[row()]], "Layer 1 has 1 rows; the layout says 2."],
    ["a row too short", [2, 1], [[row({}, 1)]], "Row 0 has 1 weights; the layer below is 2 wide."],
    ["no shift", [2, 1, 1], [[row()], [row({ shift: 0 }, 1)]], "Row 1 shifts by 0; a shift is 1 to 30."],
    ["a shift of 31", [2, 1], [[row({ shift: 31 })]], "Row 0 shifts by 31; a shift is 1 to 30."],
    ["another lower bound", [2, 1], [[row({ lo: -1 })]], "Row 0 has the lower bound -1; it is -128 or 0."],
    [
      "a bias past the limit",
      [2, 2],
      [[row(), row({ bias: maxBias(2, 4) + 1 })]],
      "Row 1 has the bias 1073709048; with 2 weights and shift 4 it is at most 1073709047 in magnitude.",
    ],
    [
      "a negative bias past the limit",
      [2, 1],
      [[row({ bias: -maxBias(2, 4) - 1 })]],
      "Row 0 has the bias -1073709048; with 2 weights and shift 4 it is at most 1073709047 in magnitude.",
    ],
  ];

  for (const [what, widths, layers, sentence] of refusals)
    it(`refuses ${what}`, () => {
      expect(() => checkRows(integerLayout(...widths), layers)).to.throw(RangeError, sentence);
    });

  it("refuses an input of another width", () => {
    expect(() => forward([[row()]], new Int8Array(3))).to.throw("A row of 2 weights can't take 3 activations.");
  });

  it("takes every bound exactly", () => {
    for (let shift = MIN_SHIFT; shift <= MAX_SHIFT; shift++) {
      const limit = maxBias(2, shift);
      expect(16_384 * 2 + limit + 2 ** (shift - 1)).to.equal(SUM_LIMIT - 1);
      checkRows(integerLayout(2, 2), [[row({ shift, bias: limit }), row({ shift, bias: -limit })]]);
    }
    for (const widths of [[MAX_WIDTH, MAX_WIDTH, MAX_ROWS - MAX_WIDTH], Array<number>(MAX_LAYERS + 1).fill(1)]) {
      const rows = new Map(widths.map((width) => [width, row({}, width)]));
      checkRows(
        integerLayout(...widths),
        layersOf(widths, (_layer, _index, inputs) => rows.get(inputs) as Row),
      );
    }
  });

  it("rounds halves up, also below zero", () => {
    const half = (bias: number) => activation(row({ shift: 1, bias }), new Int8Array(2));
    expect([-3, -2, -1, 0, 1, 2, 3].map(half)).to.deep.equal([-1, -1, 0, 0, 1, 1, 2]);
  });

  it("returns the activations of every layer, the input first", () => {
    const input = Int8Array.of(3, -4);
    const layers = [
      [row({ shift: 1, weights: Int8Array.of(2, 0) }), row({ shift: 1, weights: Int8Array.of(0, 2), lo: 0 })],
      [row({ shift: 1, weights: Int8Array.of(-2, 0) })],
    ];
    expect(forward(layers, input)).to.deep.equal([input, Int8Array.of(3, 0), Int8Array.of(-3)]);
  });

  it("agrees with the vectors", () => {
    for (const { row, x, y } of profile) {
      const [[only]] = decodeRows([hexToBytes(x as Hex).length, 1], hexToBytes(row as Hex)) as [[Row]];

      expect(activation(only, new Int8Array(hexToBytes(x as Hex).buffer))).to.equal(y);
    }
  });

  it("equals the formula in unbounded integers", () => {
    fc.assert(
      fc.property(anyModel, ({ layers, input }) => {
        const activations = forward(layers, input);
        for (const [l, rows] of layers.entries()) {
          const below = activations[l] as Int8Array;
          expect(activations[l + 1]).to.deep.equal(Int8Array.from(rows, (each) => exact(each, below)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("equals onnxruntime-web on thousands of random layers", async () => {
    let layerCount = 0;
    await fc.assert(
      fc.asyncProperty(anyModel, async ({ layout, layers, input }) => {
        checkRows(layout, layers);
        const [output] = await onRuntime(layout, layers, input);
        expect(output).to.deep.equal(forward(layers, input).at(-1));
        layerCount += layers.length;
      }),
      { numRuns: 2500 },
    );
    expect(layerCount).to.be.greaterThan(4000);
  });

  for (const inputs of [1, 2, 3, 31, 255, 1024, MAX_WIDTH])
    it(`equals onnxruntime-web at the limit of every shift with ${inputs} inputs`, async () => {
      const extremes = [-128, 127].flatMap((weight) =>
        [-128, 0].flatMap((lo) => [-1, 0, 1].map((sign) => ({ weight, lo, sign }))),
      );
      const rows = Array.from({ length: MAX_SHIFT }, (_, i) => i + MIN_SHIFT).flatMap((shift) =>
        extremes.map(({ weight, lo, sign }) => ({
          shift,
          lo,
          bias: sign * maxBias(inputs, shift),
          weights: new Int8Array(inputs).fill(weight),
        })),
      );
      const layout = integerLayout(inputs, rows.length);
      checkRows(layout, [rows]);
      const vectors = [-128, 127, 0, -1].map((value) => new Int8Array(inputs).fill(value));
      const random = fc.sample(int8Vector(inputs), 4);
      const outputs = await onRuntime(layout, [rows], ...vectors, ...random);
      for (const [i, input] of [...vectors, ...random].entries())
        expect(outputs[i]).to.deep.equal(forward([rows], input)[1]);
    });

  it("equals onnxruntime-web where a sum meets a multiple of 2^shift", async () => {
    // With a shift of 30 no sum within the bounds reaches another multiple.
    for (let shift = MIN_SHIFT; shift < MAX_SHIFT; shift++) {
      const limit = maxBias(1, shift);
      const rows = [-129, -128, -2, -1, 0, 1, 126, 127, 128]
        .flatMap((quotient) => [-1, 0, 1].map((delta) => quotient * 2 ** shift - 2 ** (shift - 1) + delta))
        .filter((bias) => Math.abs(bias) <= limit)
        .map((bias) => ({ shift, lo: -128, bias, weights: Int8Array.of(1) }));
      const inputs = [-1, 0, 1].map((value) => Int8Array.of(value));
      const outputs = await onRuntime(integerLayout(1, rows.length), [rows], ...inputs);
      for (const [i, input] of inputs.entries()) {
        expect(outputs[i]).to.deep.equal(forward([rows], input)[1]);
        expect(outputs[i]).to.deep.equal(Int8Array.from(rows, (each) => exact(each, input)));
      }
    }
  });
});
