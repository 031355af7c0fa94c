import { expect } from "chai";
import fc from "fast-check";
import { networkOf } from "../../../inference/import/network.ts";
import { prepare } from "../../../inference/import/prepare.ts";
import type { Network } from "../../../inference/import/reader.ts";
import { readSource } from "../../../inference/import/source.ts";
import type { FreeNode, FreeTensor } from "../graph/onnx.ts";
import { constant, file, node, torchFile } from "./foreign.ts";

const INT8 = 3;
const UINT8 = 2;

const networkIn = (bytes: Uint8Array, sample: readonly number[] = [2]): Network | string =>
  networkOf(prepare(readSource(bytes), { sample }));

/** What a network of two inputs makes of (3, -2), up to its ending. */
function answer(nodes: readonly FreeNode[], constants: readonly FreeTensor[]): number[] | string {
  const found = networkIn(file(nodes, constants));
  if (typeof found === "string") return found;
  return found.layers.reduce<readonly number[]>(
    (values, { weights, biases, relu }) =>
      weights
        .map((row, j) => row.reduce((sum, weight, k) => sum + weight * (values[k] as number), biases[j] as number))
        .map((value) => (relu ? Math.max(0, value) : value)),
    [3, -2],
  ) as number[];
}

// (3, -2) · W = (3 + 2·-2, 2·3 - 2) … columns (1, 2) and (2, 1): -1 and 4.
const W = constant("W", [2, 2], [1, 2, 2, 1]);
const product = (from: string, to: string): FreeNode => node("MatMul", [from, "W"], to);

describe("import/network", () => {
  describe("says what stands in the way", () => {
    const cases: readonly [FreeNode[], FreeTensor[], string][] = [
      [[node("LeakyRelu", ["x"], "y")], [], "has a LeakyRelu"],
      [[product("x", "a"), node("Sigmoid", ["a"], "b"), product("b", "y")], [W], "goes on after Sigmoid"],
      [[node("Relu", ["x"], "y")], [], "has a Relu that follows no layer"],
      [[product("x", "a"), node("Add", ["a", "x"], "y")], [W], "has branches that meet in an Add"],
      [[node("Mul", ["x", "x"], "y")], [], "has branches that meet in a Mul"],
      [[node("Add", ["x", "x2"], "y")], [constant("x2", [1, 2], [1, 1])], "has no dense layer"],
      [
        [node("MatMul", ["W", "x"], "y")],
        [constant("W", [2, 1], [1, 1])],
        "has a MatMul that is no product of one vector and a matrix",
      ],
      [
        [product("x", "a"), node("Relu", ["a"], "b"), node("Add", ["b", "c"], "y")],
        [W, constant("c", [2], [1, 1])],
        "scales its answer after a ReLU",
      ],
      [[product("x", "a"), node("Cast", ["a"], "y", { to: 7 })], [W], "casts to whole numbers"],
    ];
    for (const [nodes, constants, why] of cases)
      it(why, () => {
        expect(networkIn(file(nodes, constants))).to.equal(why);
      });

    it("has a LeakyRelu, after a Conv", () => {
      expect(networkIn(torchFile("cnn_odd.onnx"), [1, 8, 8])).to.equal("has a LeakyRelu");
    });
  });

  it("works scales, offsets and batch normalisation into the weights", () => {
    const two = (name: string, a: number, b: number) => constant(name, [2], [a, b]);
    expect(
      answer(
        [node("Sub", ["x", "m"], "a"), node("Div", ["a", "d"], "b"), product("b", "c"), node("Add", ["e", "c"], "y")],
        [W, two("m", 1, -1), two("d", 2, 0.5), two("e", 10, 20)],
      ),
    ).to.deep.equal([10 + 1 - 4, 20 + 2 - 2]);
    const normalised = node("BatchNormalization", ["a", "s", "b", "m", "v"], "y", { epsilon: { float: 0 } });
    expect(
      answer([product("x", "a"), normalised], [W, two("s", 2, 3), two("b", 1, 1), two("m", -1, 1), two("v", 4, 1)]),
    ).to.deep.equal([1, 10]);
  });

  it("takes Gemm with its factors, both ways round, and what is subtracted from a constant", () => {
    const gemm = node("Gemm", ["x", "W", "c"], "a", { alpha: { float: 2 }, beta: { float: 0.5 }, transB: 1 });
    const c = constant("c", [2], [4, 8]);
    const turned = constant("W", [2, 2], [1, 2, 3, 4]);
    expect(answer([gemm, node("Sub", ["c", "a"], "y")], [turned, c])).to.deep.equal([4 - (-2 + 2), 8 - (2 + 4)]);
  });

  it("follows the order of elements through a Transpose", () => {
    const shape = constant("shape", [3], [1, 2, 1], 7);
    const flat = constant("flat", [2], [1, 2], 7);
    const nodes = [
      node("Reshape", ["x", "shape"], "a"),
      node("Transpose", ["a"], "b", { perm: [0, 2, 1] }),
      node("Reshape", ["b", "flat"], "c"),
      product("c", "y"),
    ];
    expect(answer(nodes, [W, shape, flat])).to.deep.equal([-1, 4]);
    const order = {
      ...{
        nodes: [
          node("Transpose", ["x"], "a", { perm: [0, 2, 1] }),
          node("Reshape", ["a", "flat"], "b"),
          node("MatMul", ["b", "M"], "y"),
        ],
      },
      constants: [constant("flat", [2], [1, 4], 7), constant("M", [4, 1], [1, 2, 3, 4])],
    };
    const found = networkIn(
      file(order.nodes, order.constants, { inputs: [{ name: "x", dtype: 1, dims: [1, 2, 2] }] }),
      [2, 2],
    );
    expect((found as Network).layers[0]?.weights).to.deep.equal([[1, 3, 2, 4]]);
  });

  it("undoes the quantisation of QDQ files, in which a zero point may stand for ReLU", () => {
    const scale = constant("s", [], [0.5]);
    const [zero, middle] = [constant("z", [], [0], UINT8), constant("m", [], [128], UINT8)];
    const weights = [constant("Wq", [2, 2], [2, 4, 4, 2], INT8), constant("Wz", [], [0], INT8)];
    const around = (from: string, point: string, to: string) => [
      node("QuantizeLinear", [from, "s", point], `${to}q`),
      node("DequantizeLinear", [`${to}q`, "s", point], to),
    ];
    const first = [...around("x", "m", "a"), node("DequantizeLinear", ["Wq", "s", "Wz"], "W"), product("a", "b")];
    expect(answer([...first, ...around("b", "m", "y")], [scale, zero, middle, ...weights])).to.deep.equal([-1, 4]);
    expect(answer([...first, ...around("b", "z", "y")], [scale, zero, middle, ...weights])).to.deep.equal([0, 4]);
  });

  it("undoes QLinearMatMul, whose weights have a scale a column", () => {
    const constants = [
      ...[
        constant("s", [], [0.5]),
        constant("m", [], [128], UINT8),
        constant(
          "Wq",
          [2, 2],
          [1, 1, 2, 0.5].map((w) => 2 * w),
          INT8,
        ),
      ],
      ...[constant("Ws", [2], [0.5, 1]), constant("Wz", [2], [0, 0], INT8), constant("t", [], [0.25])],
    ];
    const nodes = [
      node("QuantizeLinear", ["x", "s", "m"], "q"),
      node("QLinearMatMul", ["q", "s", "m", "Wq", "Ws", "Wz", "t", "m"], "p"),
      node("DequantizeLinear", ["p", "t", "m"], "y"),
    ];
    expect(answer(nodes, constants)).to.deep.equal([3 - 4, 6 - 2]);
  });

  it("undoes the quantisation that dynamic-int8 files make when they run", () => {
    const nodes = [
      { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"] },
      node("MatMulInteger", ["q", "Wq", "z", "Wz"], "p"),
      node("Cast", ["p"], "f", { to: 1 }),
      node("Mul", ["s", "Ws"], "t"),
      node("Mul", ["f", "t"], "g"),
      node("Add", ["g", "b"], "y"),
    ];
    const constants = [
      constant("Wq", [2, 2], [3, 5, 5, 3], INT8),
      constant("Wz", [], [1], INT8),
      constant("Ws", [], [0.5]),
      constant("b", [2], [1, 1]),
    ];
    expect(answer(nodes, constants)).to.deep.equal([0, 5]);
    expect(answer(nodes.slice(0, 3).concat(node("Add", ["f", "b"], "y")), constants)).to.match(/undoes|quantised/);
  });

  it("names what a classifier ends with, and takes nothing after it but another shape", () => {
    for (const op of ["Softmax", "LogSoftmax", "Sigmoid", "Tanh"] as const) {
      const found = networkIn(file([product("x", "a"), node(op, ["a"], "b"), node("Flatten", ["b"], "y")], [W]));
      expect((found as Network).ending).to.equal(op);
    }
    const last = [product("x", "a"), node("Softmax", ["a"], "b"), node("Add", ["b", "c"], "y")];
    expect(networkIn(file(last, [W, constant("c", [2], [1, 1])]))).to.equal("goes on after Softmax");
  });

  it("gives what the operators give, for networks of any depth", () => {
    const numbers = (count: number) =>
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: count, maxLength: count });
    const layer = fc.record({ weights: numbers(4), biases: numbers(2), relu: fc.boolean() });
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
        const nodes = layers.flatMap(({ relu }, l) => {
          const to = l === layers.length - 1 && !relu ? "y" : `s${l}`;
          const sum = [
            node("MatMul", [l === 0 ? "x" : `a${l - 1}`, `W${l}`], `p${l}`),
            node("Add", [`p${l}`, `b${l}`], relu ? `s${l}` : l === layers.length - 1 ? to : `a${l}`),
          ];
          return relu ? [...sum, node("Relu", [`s${l}`], l === layers.length - 1 ? "y" : `a${l}`)] : sum;
        });
        const constants = layers.flatMap(({ weights, biases }, l) => [
          constant(`W${l}`, [2, 2], weights),
          constant(`b${l}`, [2], biases),
        ]);
        const expected = layers.reduce<number[]>(
          ([x = 0, y = 0], { weights: [a = 0, b = 0, c = 0, d = 0], biases: [e = 0, f = 0], relu }) =>
            [x * a + y * c + e, x * b + y * d + f].map((value) => (relu ? Math.max(0, value) : value)),
          [3, -2],
        );
        expect(answer(nodes, constants)).to.deep.equal(expected.map((value) => value + 0));
      }),
    );
  });
});
