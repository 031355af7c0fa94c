import { axesOf, axisOf, dtypes, type Operator, prices, type Site, shaped, sizeOf } from "../operator.ts";
import { windowed } from "./linear.ts";

/** The first version in which a reduction's axes are an input, where they were an attribute. */
const AXES_INPUT = 18;

/** Dims that are left when these axes are gone, or 1 each. */
const reduced = (dims: readonly number[], axes: readonly number[], keep: boolean): number[] =>
  dims.flatMap((dim, i) => (axes.includes(i) ? (keep ? [1] : []) : [dim]));

const reduction = (work: number = prices.element, axesInput = AXES_INPUT): Operator => ({
  inputs: [1, 2],
  attributes: { axes: "ints", keepdims: "int", noop_with_empty_axes: "int" },
  infer(site) {
    const { dtype, dims } = site.input(0);
    if (site.opset >= axesInput ? site.has("axes") : site.inputCount > 1)
      site.refuse(`has its axes where version ${site.opset} doesn't have them`);
    const given = site.opset >= axesInput ? site.integers(1) : site.ints("axes");
    const none = given === undefined || given.length === 0;
    const all = site.int("noop_with_empty_axes", 0) === 0 ? dims.map((_, i) => i) : [];
    const axes = none ? all : axesOf(given, dims.length, site);
    const output = shaped(dtype, reduced(dims, axes, site.int("keepdims", 1) !== 0));
    return { outputs: [output], work: work * sizeOf(site.input(0)) };
  },
});

const position: Operator = {
  inputs: [1, 1],
  attributes: { axis: "int", keepdims: "int", select_last_index: "int" },
  infer(site) {
    const { dims } = site.input(0);
    const axis = axisOf(site.int("axis", 0), dims.length, site);
    const output = shaped(dtypes.int64, reduced(dims, [axis], site.int("keepdims", 1) !== 0));
    return { outputs: [output], work: prices.element * sizeOf(site.input(0)) };
  },
};

/** Along an axis, of the shape of what goes in. */
const along = (work: number): Operator => ({
  inputs: [1, 1],
  attributes: { axis: "int" },
  infer(site) {
    const input = site.input(0);
    axisOf(site.int("axis", -1), input.dims.length, site);
    return { outputs: [shaped(input.dtype, input.dims)], work: work * sizeOf(input) };
  },
});

const POOL = { auto_pad: "text", ceil_mode: "int", kernel_shape: "ints", pads: "ints", strides: "ints" } as const;

const pool = (attributes: Operator["attributes"]): Operator => ({
  inputs: [1, 1],
  attributes: { ...POOL, ...attributes },
  infer(site) {
    const { dtype, dims } = site.input(0);
    const kernel = site.ints("kernel_shape") ?? site.refuse("has no kernel_shape");
    if (site.int("ceil_mode", 0) !== 0) site.refuse("rounds its dims up, which is not allowed");
    const output = shaped(dtype, [...dims.slice(0, 2), ...windowed(dims.slice(2), kernel, site)]);
    const window = kernel.reduce((product, each) => product * each, 1);
    return { outputs: [output], work: sizeOf(output) * (window + prices.element) };
  },
});

const globalPool: Operator = {
  inputs: [1, 1],
  infer(site) {
    const { dtype, dims } = site.input(0);
    if (dims.length < 3) site.refuse(`pools the dims [${dims}]`);
    return {
      outputs: [
        shaped(
          dtype,
          dims.map((dim, i) => (i < 2 ? dim : 1)),
        ),
      ],
      work: prices.element * sizeOf(site.input(0)),
    };
  },
};

/** Of the shape of its first input, with parameters of `length` elements each. */
function normalised(site: Site, parameters: readonly number[], dims: readonly number[]) {
  const input = site.input(0);
  for (const i of parameters) {
    const parameter = site.optional(i);
    if (parameter && String(parameter.dims) !== String(dims))
      site.refuse(`has an input ${i} of the dims [${parameter.dims}], not [${dims}]`);
  }
  return { outputs: [shaped(input.dtype, input.dims)], work: prices.function * sizeOf(input) };
}

/** Operators that bring many elements together. */
export const reductions: Readonly<Record<string, Operator>> = {
  ArgMax: position,
  ArgMin: position,
  AveragePool: pool({ count_include_pad: "int", dilations: "ints" }),
  BatchNormalization: {
    inputs: [5, 5],
    attributes: { epsilon: "float", momentum: "float", training_mode: "int" },
    infer(site) {
      if (site.int("training_mode", 0) !== 0) site.refuse("trains");
      return normalised(site, [1, 2, 3, 4], [site.input(0).dims[1] ?? 1]);
    },
  },
  CumSum: {
    inputs: [2, 2],
    attributes: { exclusive: "int", reverse: "int" },
    infer(site) {
      const input = site.input(0);
      const [axis = 0] = site.integers(1) ?? [];
      axisOf(axis, input.dims.length, site);
      return { outputs: [shaped(input.dtype, input.dims)], work: prices.ordered * sizeOf(input) };
    },
  },
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  InstanceNormalization: {
    inputs: [3, 3],
    attributes: { epsilon: "float" },
    infer: (site) => normalised(site, [1, 2], [site.input(0).dims[1] ?? 1]),
  },
  LayerNormalization: {
    inputs: [2, 3],
    attributes: { axis: "int", epsilon: "float", stash_type: "int" },
    since: 17,
    infer(site) {
      const { dims } = site.input(0);
      return normalised(site, [1, 2], dims.slice(axisOf(site.int("axis", -1), dims.length, site)));
    },
  },
  LogSoftmax: along(prices.function),
  MaxPool: pool({ dilations: "ints", storage_order: "int" }),
  ReduceL1: reduction(),
  ReduceL2: reduction(),
  ReduceLogSumExp: reduction(prices.function),
  ReduceMax: reduction(),
  ReduceMean: reduction(),
  ReduceMin: reduction(),
  ReduceProd: reduction(),
  ReduceSum: reduction(prices.element, 13),
  ReduceSumSquare: reduction(),
  Softmax: along(prices.function),
  TopK: {
    inputs: [2, 2],
    outputs: [2, 2],
    attributes: { axis: "int", largest: "int", sorted: "int" },
    infer(site) {
      const { dtype, dims } = site.input(0);
      const axis = axisOf(site.int("axis", -1), dims.length, site);
      const [k = 0] = site.integers(1) ?? [];
      if (k < 1 || k > (dims[axis] as number)) site.refuse(`takes ${k} of ${dims[axis]}`);
      const taken = dims.map((dim, i) => (i === axis ? k : dim));
      return {
        outputs: [shaped(dtype, taken), shaped(dtypes.int64, taken)],
        work: prices.ordered * sizeOf(site.input(0)),
      };
    },
  },
};
