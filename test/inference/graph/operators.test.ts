import { expect } from "chai";
import fc from "fast-check";
import { type Hex, hexToBytes } from "viem";
import { admitGraph } from "../../../inference/graph/admit.ts";
import { operators } from "../../../inference/graph/rules.ts";
import type { InferenceRuntime } from "../../../inference/runtime.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { decodeLayout, type Layout } from "../../../sdk/layouts.ts";
import vectors from "../../vectors/graphs.json" with { type: "json" };
import { BOOL, FLOAT, type FreeNode, type FreeTensor, floatLayout, floats, INT64, int64s, model } from "./onnx.ts";

const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;

interface Sample {
  /** Dims of x and y. */
  input: readonly number[];
  output: readonly number[];
  constants?: readonly FreeTensor[];
  attributes?: FreeNode["attributes"];
  /** What x is turned into before the operator, and y's type after it. */
  from?: number;
  to?: number;
  /** Names of the operator's inputs, in order; x and then the constants unless given. */
  inputs?: readonly string[];
  /** Outputs beside the first. */
  more?: readonly string[];
  opset?: number;
}

const same = (extra: Partial<Sample> = {}): Sample => ({ input: [2, 3], output: [2, 3], ...extra });
const binary = (extra: Partial<Sample> = {}) => same({ constants: [floats("c", [1, 3], (i) => i + 1)], ...extra });
const compared = binary({ to: BOOL });
const logical = same({ from: BOOL, to: BOOL, inputs: ["v", "v"] });
const bits = same({ from: UINT8, to: UINT8, inputs: ["v", "v"], opset: 18 });
const reduced: Sample = { input: [2, 3, 4], output: [2, 1, 1], constants: [int64s("axes", [1, -1])] };
const image = (output: readonly number[], extra: Partial<Sample> = {}): Sample => ({
  input: [1, 4, 6, 6],
  output,
  ...extra,
});
const bytes = (name: string, dims: readonly number[], dtype: number): FreeTensor => ({
  ...{ name, dtype, dims },
  data: Uint8Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, i) => i % 5),
});
const scale = floats("scale", [], () => 0.5);

/** A node or more for each operator of the list. */
const samples: Readonly<Record<string, readonly Sample[]>> = {
  Abs: [same()],
  Add: [binary(), { input: [2, 1, 3], output: [2, 4, 3], constants: [floats("c", [4, 1])] }],
  And: [logical],
  ArgMax: [{ input: [2, 3], output: [2], to: INT64, attributes: { axis: -1, keepdims: 0 } }],
  ArgMin: [{ input: [2, 3], output: [1, 3], to: INT64 }],
  AveragePool: [image([1, 4, 3, 3], { attributes: { kernel_shape: [2, 2], strides: [2, 2] } })],
  BatchNormalization: [image([1, 4, 6, 6], { constants: ["a", "b", "m", "v2"].map((n) => floats(n, [4], () => 1)) })],
  BitShift: [{ ...bits, attributes: { direction: "LEFT" } }],
  BitwiseAnd: [bits],
  BitwiseNot: [{ ...bits, inputs: ["v"] }],
  BitwiseOr: [bits],
  BitwiseXor: [bits],
  Cast: [same({ to: INT32, attributes: { to: INT32 } })],
  Ceil: [same()],
  Clip: [same({ constants: [floats("lo", []), floats("hi", [], () => 2)] })],
  Concat: [{ input: [2, 3], output: [2, 5], constants: [floats("c", [2, 2])], attributes: { axis: 1 } }],
  Constant: [],
  ConstantOfShape: [],
  Conv: [
    image([1, 2, 6, 6], {
      constants: [floats("w", [2, 4, 3, 3]), floats("b", [2])],
      attributes: { pads: [1, 1, 1, 1] },
    }),
    image([1, 4, 3, 3], {
      constants: [floats("w", [4, 1, 3, 3])],
      attributes: { group: 4, strides: [2, 2], auto_pad: "SAME_UPPER" },
    }),
    image([1, 2, 2, 2], { constants: [floats("w", [2, 4, 3, 3])], attributes: { dilations: [2, 2] } }),
  ],
  ConvInteger: [image([1, 2, 4, 4], { from: UINT8, to: INT32, constants: [bytes("w", [2, 4, 3, 3], UINT8)] })],
  CumSum: [same({ constants: [int64s("axis", [1], [])] })],
  DepthToSpace: [image([1, 1, 12, 12], { attributes: { blocksize: 2 } })],
  DequantizeLinear: [same({ from: UINT8, constants: [scale] })],
  Div: [binary()],
  Dropout: [same()],
  DynamicQuantizeLinear: [same({ to: UINT8, more: ["s", "z"] })],
  Elu: [same()],
  Equal: [compared],
  Erf: [same()],
  Exp: [same()],
  Expand: [{ input: [1, 3], output: [4, 2, 3], constants: [int64s("s", [4, 2, 1])] }],
  Flatten: [
    { input: [2, 3, 4], output: [6, 4], attributes: { axis: 2 } },
    { input: [2, 3, 4], output: [1, 24], attributes: { axis: 0 } },
  ],
  Floor: [same()],
  Gather: [{ input: [4, 3], output: [2, 1, 3], constants: [int64s("i", [0, 3], [2, 1])] }],
  GatherElements: [{ input: [4, 3], output: [1, 3], constants: [int64s("i", [0, 3, 1], [1, 3])] }],
  Gelu: [same({ opset: 20 })],
  Gemm: [
    { input: [2, 3], output: [2, 5], constants: [floats("w", [3, 5]), floats("b", [5])] },
    { input: [3, 2], output: [2, 5], constants: [floats("w", [5, 3])], attributes: { transA: 1, transB: 1 } },
  ],
  GlobalAveragePool: [image([1, 4, 1, 1])],
  GlobalMaxPool: [image([1, 4, 1, 1])],
  Greater: [compared],
  GreaterOrEqual: [compared],
  HardSigmoid: [same()],
  HardSwish: [same()],
  Identity: [same()],
  InstanceNormalization: [image([1, 4, 6, 6], { constants: [floats("a", [4]), floats("b", [4])] })],
  LayerNormalization: [same({ constants: [floats("a", [3])] })],
  LeakyRelu: [same({ attributes: { alpha: { float: 0.1 } } })],
  Less: [compared],
  LessOrEqual: [compared],
  Log: [],
  LogSoftmax: [same({ attributes: { axis: 0 } })],
  MatMul: [
    { input: [2, 3], output: [2, 5], constants: [floats("w", [3, 5])] },
    { input: [3], output: [5], constants: [floats("w", [3, 5])] },
    { input: [2, 1, 4, 3], output: [2, 6, 4, 5], constants: [floats("w", [6, 3, 5])] },
  ],
  MatMulInteger: [{ input: [2, 3], output: [2, 5], from: INT8, to: INT32, constants: [bytes("w", [3, 5], INT8)] }],
  Max: [binary()],
  MaxPool: [image([1, 4, 6, 6], { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } })],
  Mean: [binary()],
  Min: [binary()],
  Mod: [binary({ attributes: { fmod: 1 } })],
  Mul: [binary()],
  Neg: [same()],
  Not: [same({ from: BOOL, to: BOOL })],
  Or: [logical],
  PRelu: [binary()],
  Pad: [{ input: [2, 3], output: [3, 5], constants: [int64s("p", [1, 0, 0, 2])] }],
  Pow: [binary()],
  QLinearConv: [
    image([1, 2, 4, 4], {
      ...{ from: UINT8, to: UINT8, inputs: ["v", "scale", "z", "w", "scale", "z", "scale", "z"] },
      constants: [scale, bytes("z", [], UINT8), bytes("w", [2, 4, 3, 3], UINT8)],
    }),
  ],
  QLinearMatMul: [
    {
      ...{ input: [2, 3], output: [2, 5], from: UINT8, to: UINT8 },
      inputs: ["v", "scale", "z", "w", "scale", "z", "scale", "z"],
      constants: [scale, bytes("z", [], UINT8), bytes("w", [3, 5], UINT8)],
    },
  ],
  QuantizeLinear: [same({ to: UINT8, constants: [scale] })],
  Reciprocal: [],
  ReduceL1: [reduced],
  ReduceL2: [reduced],
  ReduceLogSumExp: [reduced],
  ReduceMax: [reduced],
  ReduceMean: [reduced, { input: [2, 3, 4], output: [2, 4], attributes: { axes: [1], keepdims: 0 }, opset: 17 }],
  ReduceMin: [reduced],
  ReduceProd: [reduced],
  ReduceSum: [reduced, { input: [2, 3], output: [], attributes: { keepdims: 0 } }],
  ReduceSumSquare: [reduced],
  Relu: [same()],
  Reshape: [{ input: [2, 3, 4], output: [2, 12], constants: [int64s("s", [0, -1])] }],
  Round: [same()],
  Selu: [same()],
  Sigmoid: [same()],
  Sign: [same()],
  Slice: [
    {
      input: [4, 6],
      output: [2, 3],
      constants: [int64s("s", [1, -1]), int64s("e", [3, -100]), int64s("a", [0, 1]), int64s("k", [1, -2])],
    },
    { input: [4, 6], output: [4, 2], constants: [int64s("s", [-2]), int64s("e", [2 ** 40]), int64s("a", [-1])] },
  ],
  Softmax: [same()],
  Softplus: [same()],
  Softsign: [same()],
  SpaceToDepth: [image([1, 16, 3, 3], { attributes: { blocksize: 2 } })],
  Split: [
    { input: [5, 3], output: [2, 3], constants: [int64s("s", [2, 3])], more: ["z"] },
    { input: [5, 3], output: [3, 3], attributes: { num_outputs: 2 }, more: ["z"] },
  ],
  Sqrt: [],
  Squeeze: [
    { input: [1, 3, 1], output: [1, 3], constants: [int64s("a", [-1])] },
    { input: [1, 3, 1], output: [3] },
  ],
  Sub: [binary()],
  Sum: [binary()],
  Tanh: [same()],
  ThresholdedRelu: [same()],
  Tile: [{ input: [2, 3], output: [4, 9], constants: [int64s("r", [2, 3])] }],
  TopK: [{ input: [2, 5], output: [2, 3], constants: [int64s("k", [3])], more: ["z"] }],
  Transpose: [
    { input: [2, 3, 4], output: [4, 3, 2] },
    { input: [2, 3, 4], output: [3, 2, 4], attributes: { perm: [1, 0, 2] } },
  ],
  Unsqueeze: [{ input: [2, 3], output: [1, 2, 3, 1], constants: [int64s("a", [0, -1])] }],
  Where: [same({ from: BOOL, to: FLOAT, inputs: ["v", "x", "c"], constants: [floats("c", [3])] })],
  Xor: [logical],
};

// Of what x's samples are not: positive numbers, or nothing that goes in.
const positive = { op: "Exp", inputs: ["x"], outputs: ["v"] };

function modelOf(op: string, sample: Sample): { artifact: Uint8Array; layout: Layout } {
  const { input, output, constants = [], attributes = {}, from, to = FLOAT, more = [], opset } = sample;
  const layout = floatLayout(input, output, to);
  const first = from === undefined ? "x" : "v";
  const nodes: FreeNode[] = [
    ...(from === undefined ? [] : [{ op: "Cast", inputs: ["x"], outputs: ["v"], attributes: { to: from } }]),
    { op, inputs: sample.inputs ?? [first, ...constants.map(({ name }) => name)], outputs: ["y", ...more], attributes },
  ];
  const free = { nodes, constants, inputs: [layout.input], outputs: [layout.output] };
  return { artifact: model(opset === undefined ? free : { ...free, opset }), layout };
}

const input = (dims: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) / 4).buffer);

describe("graph/operators", () => {
  let runtime: InferenceRuntime;
  before(async () => {
    runtime = await loadPinnedRuntime();
  });

  /** What is admitted runs, and comes out as it was inferred. */
  const runs = async ({ artifact, layout }: { artifact: Uint8Array; layout: Layout }): Promise<void> => {
    admitGraph(artifact, layout);
    const session = await runtime.open(artifact, layout);
    const once = await session.run(input(layout.input.dims));
    expect(await session.run(input(layout.input.dims))).to.deep.equal(once);
    await session.release();
  };

  it("has a sample for each operator", () => {
    expect(Object.keys(samples)).to.have.members(Object.keys(operators));
  });

  for (const [op, all] of Object.entries(samples))
    for (const [i, sample] of all.entries())
      it(`runs ${op}${all.length > 1 ? ` (${i + 1})` : ""} to the dims that are inferred`, () =>
        runs(modelOf(op, sample)));

  it("runs what needs another input than those", async () => {
    const layout = floatLayout([2, 3], [2, 3]);
    for (const op of ["Log", "Sqrt", "Reciprocal"]) {
      const nodes = [positive, { op, inputs: ["v"], outputs: ["y"] }];
      await runs({ artifact: model({ nodes, inputs: [layout.input], outputs: [layout.output] }), layout });
    }
    const nodes = [
      { op: "ConstantOfShape", inputs: ["s"], outputs: ["c"] },
      { op: "Add", inputs: ["x", "c"], outputs: ["y"] },
    ];
    const constants = [int64s("s", [2, 1])];
    await runs({ artifact: model({ nodes, constants, inputs: [layout.input], outputs: [layout.output] }), layout });
  });

  for (const { name, file, layout, cost } of vectors)
    if (cost && cost.work < 2 ** 28)
      it(`runs the vector: ${name}`, () =>
        runs({ artifact: hexToBytes(file as Hex), layout: decodeLayout(hexToBytes(layout as Hex)) }));

  it("infers the dims that come out, of windows, slices and broadcasts of any kind", async () => {
    const size = fc.integer({ min: 1, max: 7 });
    const windows = fc.record({
      size: fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
      kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      pads: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))),
    });
    const slices = fc.record({
      dims: fc.tuple(size, size),
      start: fc.integer({ min: -9, max: 9 }),
      end: fc.integer({ min: -9, max: 9 }),
      step: fc.constantFrom(-3, -2, -1, 1, 2, 3),
    });
    // The output's dims aren't known beforehand: they are left open, and every guess but the right one is refused.
    const rightDims = (
      made: (dims: readonly number[]) => { artifact: Uint8Array; layout: Layout },
      guesses: readonly (readonly number[])[],
    ) =>
      guesses.find((dims) => {
        try {
          admitGraph(made(dims).artifact, made(dims).layout);
          return true;
        } catch {
          return false;
        }
      });
    const upTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1);
    let admitted = 0;
    await fc.assert(
      fc.asyncProperty(windows, slices, async (w, s) => {
        const attributes = { kernel_shape: w.kernel, strides: w.strides, dilations: w.dilations, pads: w.pads };
        const conv = (dims: readonly number[]) =>
          modelOf("Conv", {
            input: [1, 2, ...w.size],
            output: dims,
            constants: [floats("w", [3, 2, ...w.kernel])],
            attributes,
          });
        const slice = (dims: readonly number[]) =>
          modelOf("Slice", {
            ...{ input: s.dims, output: dims },
            constants: [int64s("s", [s.start]), int64s("e", [s.end]), int64s("a", [1]), int64s("k", [s.step])],
          });
        const found = [
          [
            conv,
            rightDims(
              conv,
              upTo(13).flatMap((h) => upTo(13).map((v) => [1, 3, h, v])),
            ),
          ],
          [
            slice,
            rightDims(
              slice,
              upTo(9).map((n) => [s.dims[0], n]),
            ),
          ],
        ] as const;
        for (const [made, dims] of found) {
          if (dims === undefined) continue;
          admitted++;
          await runs(made(dims));
        }
      }),
      { numRuns: 40 },
    );
    expect(admitted).to.be.greaterThan(20);
  });
});
