import { expect } from "chai";
import fc from "fast-check";
import type { Window } from "../../../inference/import/image.ts";
import { networkOf } from "../../../inference/import/network.ts";
import { encodeStatic, prepare } from "../../../inference/import/prepare.ts";
import type { Network } from "../../../inference/import/reader.ts";
import { readSource } from "../../../inference/import/source.ts";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { FLOAT, type FreeNode, type FreeTensor } from "../graph/onnx.ts";
import { constant, file, node } from "./foreign.ts";

const runtime = await loadPinnedRuntime();

/** A file from an image, or from whatever has these dims. */
const imageFile = (dims: readonly number[], nodes: readonly FreeNode[], constants: readonly FreeTensor[] = []) =>
  file(nodes, constants, {
    inputs: [{ name: "x", dtype: FLOAT, dims: [1, ...dims] }],
    outputs: [{ name: "y", dtype: FLOAT, dims: undefined }],
  });

const prepared = (bytes: Uint8Array, sample: readonly number[]) => prepare(readSource(bytes), { sample });

/** Each window's elements, pixel by pixel; undefined beyond the edges. */
function windowsOf(image: readonly number[], window: Window): (number | undefined)[][] {
  const { height, across, down, outAcross, kh, kw, sy, sx, top, left } = window;
  const channels = image.length / (height * across);
  return Array.from({ length: down * outAcross }, (_, r) =>
    Array.from({ length: kh * kw * channels }, (_, k) => {
      const pixel = Math.floor(k / channels);
      const y = Math.floor(r / outAcross) * sy + Math.floor(pixel / kw) + top;
      const x = (r % outAcross) * sx + (pixel % kw) + left;
      const isInside = y >= 0 && y < height && x >= 0 && x < across;
      return isInside ? image[(y * across + x) * channels + (k % channels)] : undefined;
    }),
  );
}

/** What a network makes of an input, in the order of the file's output. */
function answerOf({ layers, image, edge = 0, answersByChannel }: Network, input: readonly number[]): number[] {
  const pixels = image ? image.height * image.across : 1;
  const channels = input.length / pixels;
  let values = image?.byChannel
    ? input.map((_, i) => input[(i % channels) * pixels + Math.floor(i / channels)] as number)
    : [...input];
  let width = channels;
  for (const [l, { weights, biases, window, pools = [], relu }] of layers.entries()) {
    const vectors = window ? windowsOf(values, window) : [values];
    const outside = l === 0 ? edge : 0;
    values = vectors.flatMap((vector) =>
      weights.map((row, j) =>
        row.reduce((sum, weight, k) => sum + weight * (vector[k] ?? outside), biases[j] as number),
      ),
    );
    if (relu) values = values.map((value) => Math.max(0, value));
    width = weights.length;
    for (const pool of pools)
      values = windowsOf(values, pool).flatMap((vector) =>
        Array.from({ length: width }, (_, c) =>
          Math.max(...vector.filter((value, k) => k % width === c && value !== undefined).map(Number)),
        ),
      );
  }
  const rows = values.length / width;
  return answersByChannel ? values.map((_, i) => values[(i % rows) * width + Math.floor(i / rows)] as number) : values;
}

/** What ONNX Runtime makes of it. */
async function ranOn(bytes: Uint8Array, sample: readonly number[], input: readonly number[]): Promise<number[]> {
  const graph = prepared(bytes, sample);
  const session = await runtime.open(encodeStatic(graph), { widths: [], input: graph.input, output: graph.output });
  const output = await session.run(new Uint8Array(Float32Array.from(input).buffer));
  await session.release();
  return [...new Float32Array(output.slice().buffer)];
}

/** The network that a file is, of which ONNX Runtime gives the same answer. */
async function expectSame(bytes: Uint8Array, sample: readonly number[], input: readonly number[]): Promise<Network> {
  const network = networkOf(prepared(bytes, sample));
  if (typeof network === "string") throw new Error(`The network ${network}.`);
  const expected = await ranOn(bytes, sample, input);
  const found = answerOf(network, input);
  expect(found).to.have.length(expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  for (const [i, value] of found.entries()) expect(Math.abs(value - (expected[i] as number))).to.be.below(1e-4 * size);
  return network;
}

/** Numbers that look like none in particular. */
const numbers = (count: number, seed = 1): number[] =>
  Array.from({ length: count }, (_, i) => (((i + seed) * 7919) % 97) / 48.5 - 1);

const filters = (name: string, dims: readonly number[]) =>
  constant(
    name,
    dims,
    numbers(
      dims.reduce((a, b) => a * b, 1),
      dims.length,
    ),
  );

describe("import/windows", () => {
  describe("says what stands in the way", () => {
    const W = filters("W", [2, 1, 2, 2]);
    const conv = node("Conv", ["x", "W"], "c");
    const cases: readonly [FreeNode[], FreeTensor[], string][] = [
      [[node("Conv", ["x", "W"], "y", { dilations: [2, 2] })], [W], "has a Conv whose windows have holes"],
      [
        [node("Conv", ["V", "x"], "y")],
        [constant("V", [1, 1, 5, 5], numbers(25))],
        "has a Conv whose filters hang on the input",
      ],
      [[node("MaxPool", ["x"], "y", { kernel_shape: [2, 2] })], [], "has a MaxPool that follows no layer"],
      [
        [conv, node("MaxPool", ["c"], "y", { kernel_shape: [2, 2], pads: [1, 1, 1, 1] })],
        [W],
        "has a MaxPool with pads that no Relu follows",
      ],
      [
        [
          conv,
          node("Relu", ["c"], "r"),
          node("Mul", ["r", "m"], "n"),
          node("MaxPool", ["n"], "y", { kernel_shape: [2, 2] }),
        ],
        [W, constant("m", [], [-1])],
        "changes signs between a layer and a MaxPool",
      ],
      [
        [node("AveragePool", ["x"], "y", { kernel_shape: [2, 2], pads: [1, 1, 1, 1] })],
        [],
        "has an AveragePool that leaves pads out of its means",
      ],
      [
        [
          conv,
          node("Relu", ["c"], "r"),
          node("Add", ["r", "one"], "s"),
          node("Conv", ["s", "V"], "y", { pads: [1, 1, 1, 1] }),
        ],
        [W, constant("one", [], [1]), filters("V", [1, 2, 2, 2])],
        "has a Conv with pads of what was shifted before",
      ],
      [
        [node("Mul", ["x", "each"], "s"), node("Conv", ["s", "W"], "y")],
        [W, constant("each", [4, 4], numbers(16))],
        "scales each pixel by itself before a Conv",
      ],
      [
        [conv, node("Transpose", ["c"], "t", { perm: [0, 1, 3, 2] }), node("Conv", ["t", "V"], "y")],
        [W, filters("V", [1, 2, 2, 2])],
        "has a Conv of an image that was taken apart",
      ],
      [[conv, node("Transpose", ["c"], "y", { perm: [0, 1, 3, 2] })], [W], "takes its answer apart"],
      [[conv, node("ReduceMean", ["c"], "y", { axes: [1] })], [W], "has a ReduceMean that is no mean of an image"],
    ];
    for (const [nodes, constants, why] of cases)
      it(why, () => {
        expect(networkOf(prepared(imageFile([1, 4, 4], nodes, constants), [1, 4, 4]))).to.equal(why);
      });
  });

  it("takes windows with pads, strides and groups, normalised inputs and channels, and a ReLU after a pool", async () => {
    const nodes = [
      node("Sub", ["x", "mean"], "a"),
      node("Conv", ["a", "W", "b"], "c", { pads: [1, 0, 1, 2], strides: [1, 2] }),
      node("BatchNormalization", ["c", "scale", "shift", "at", "by"], "d"),
      node("MaxPool", ["d"], "e", { kernel_shape: [2, 2], pads: [0, 0, 1, 1], strides: [2, 2] }),
      node("Relu", ["e"], "f"),
      node("Conv", ["f", "V"], "g", { group: 2, auto_pad: "SAME_LOWER" }),
      node("Relu", ["g"], "h"),
      node("GlobalAveragePool", ["h"], "i"),
      node("Flatten", ["i"], "j"),
      node("Gemm", ["j", "G"], "y"),
    ];
    const constants = [
      ...[constant("mean", [], [0.25]), filters("W", [4, 2, 3, 3]), constant("b", [4], numbers(4))],
      ...["scale", "shift", "at"].map((name, i) => constant(name, [4], numbers(4, i + 5))),
      ...[constant("by", [4], [1, 2, 3, 4]), filters("V", [6, 2, 2, 2]), filters("G", [6, 3])],
    ];
    const network = await expectSame(imageFile([2, 7, 6], nodes, constants), [2, 7, 6], numbers(84, 3));
    expect(network).to.deep.include({ image: { height: 7, across: 6, channels: 2, byChannel: true }, edge: 0.25 });
    expect(network.layers.map(({ pools }) => pools?.length)).to.deep.equal([1, 0, 0, 0]);
  });

  it("takes rows of pixels, an answer that is an image, and means in two turns where a window is too wide", async () => {
    const row = [
      node("Conv", ["x", "W"], "a", { pads: [2, 0] }),
      node("Relu", ["a"], "b"),
      node("Flatten", ["b"], "c"),
    ];
    const first = [filters("W", [3, 2, 3]), filters("G", [30, 2])];
    await expectSame(imageFile([2, 10], [...row, node("Gemm", ["c", "G"], "y")], first), [2, 10], numbers(20));
    const image = await expectSame(
      imageFile([2, 3, 4], [node("Conv", ["x", "W"], "y")], [filters("W", [3, 2, 2, 2])]),
      [2, 3, 4],
      numbers(24),
    );
    expect(image.answersByChannel).to.equal(true);
    const wide = [node("Conv", ["x", "W"], "a"), node("Relu", ["a"], "b"), node("GlobalAveragePool", ["b"], "y")];
    const turns = await expectSame(imageFile([1, 9, 9], wide, [filters("W", [64, 1, 1, 1])]), [1, 9, 9], numbers(81));
    expect(turns.layers.map(({ window }) => [window?.kh, window?.kw])).to.deep.equal([
      ...[
        [1, 1],
        [9, 1],
        [1, 9],
      ],
    ]);
  });

  it("gives what the operators give, for networks of any windows", async () => {
    const size = fc.integer({ min: 1, max: 3 });
    const stage = fc.record({
      op: fc.constantFrom("Conv", "MaxPool", "AveragePool"),
      ...{
        filters: size,
        kernel: fc.tuple(size, size),
        strides: fc.tuple(size, size),
        isPadded: fc.boolean(),
        relu: fc.boolean(),
      },
    });
    const networks = fc.record({
      dims: fc.tuple(size, fc.integer({ min: 7, max: 9 }), fc.integer({ min: 7, max: 9 })),
      stages: fc.array(stage, { minLength: 1, maxLength: 3 }),
      isDense: fc.boolean(),
    });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(networks, async ({ dims, stages, isDense }) => {
        const [nodes, constants]: [FreeNode[], FreeTensor[]] = [[], []];
        let channels = dims[0];
        for (const [i, { op, filters: count, kernel, strides, isPadded, relu }] of [
          ...[{ op: "Conv", filters: 2, kernel: [2, 2], strides: [1, 1], isPadded: true, relu: true }],
          ...stages,
        ].entries()) {
          const pads = kernel.concat(kernel).map((each) => (isPadded ? each - 1 : 0));
          const window = { strides, pads, ...(op === "Conv" ? {} : { kernel_shape: kernel }) };
          if (op === "Conv") constants.push(filters(`W${i}`, [count, channels, ...kernel]));
          if (op === "Conv") channels = count;
          const attributes = op === "AveragePool" ? { ...window, count_include_pad: 1 } : window;
          nodes.push(node(op, [i === 0 ? "x" : `r${i - 1}`, ...(op === "Conv" ? [`W${i}`] : [])], `s${i}`, attributes));
          nodes.push(relu ? node("Relu", [`s${i}`], `r${i}`) : node("Identity", [`s${i}`], `r${i}`));
        }
        nodes.push(
          isDense ? node("Flatten", [`r${stages.length}`], "y") : node("Identity", [`r${stages.length}`], "y"),
        );
        const bytes = imageFile(dims, nodes, constants);
        const count = dims.reduce((a, b) => a * b, 1);
        let network: Network | string;
        try {
          network = networkOf(prepared(bytes, dims));
        } catch {
          // Strides and kernels that leave nothing of the image.
          return;
        }
        if (network === "has a MaxPool with pads that no Relu follows") return;
        taken++;
        await expectSame(bytes, dims, numbers(count));
      }),
      { numRuns: 60 },
    );
    expect(taken).to.be.greaterThan(20);
  });
});
