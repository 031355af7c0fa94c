import {
  broadcast,
  dtypes,
  type Inferred,
  type Operator,
  prices,
  type Site,
  shaped,
  sizeOf,
  type Value,
} from "../operator.ts";

/** Multiplies two stacks of matrices. */
function product(a: Value, b: Value, dtype: number, site: Site): Inferred {
  const [left, right] = [a.dims.length === 1 ? [1, ...a.dims] : a.dims, b.dims.length === 1 ? [...b.dims, 1] : b.dims];
  const [m, inner] = left.slice(-2);
  const [other, n] = right.slice(-2);
  if (m === undefined || inner === undefined || n === undefined || inner !== other)
    return site.refuse(`can't multiply the dims [${a.dims}] by [${b.dims}]`);
  const stack = broadcast(left.slice(0, -2), right.slice(0, -2), site);
  const dims = [...stack, ...(a.dims.length === 1 ? [] : [m]), ...(b.dims.length === 1 ? [] : [n])];
  const output = shaped(dtype, dims);
  const matrices = stack.reduce((product, dim) => product * dim, 1);
  return { outputs: [output], work: sizeOf(output) * inner + prices.part * matrices };
}

const CONVOLUTION = {
  auto_pad: "text",
  dilations: "ints",
  group: "int",
  kernel_shape: "ints",
  pads: "ints",
  strides: "ints",
} as const;

/** How a window moves over the spatial dims of a value [N, C, D1, …]; the dims that come out. */
export function windowed(spatial: readonly number[], kernel: readonly number[], site: Site): number[] {
  const rank = spatial.length;
  if (rank === 0 || kernel.length !== rank) return site.refuse(`moves a window [${kernel}] over the dims [${spatial}]`);
  const strides = site.ints("strides") ?? kernel.map(() => 1);
  const dilations = site.ints("dilations") ?? kernel.map(() => 1);
  const pads = site.ints("pads") ?? [...kernel, ...kernel].map(() => 0);
  const auto = site.text("auto_pad", "NOTSET");
  if (strides.length !== rank || dilations.length !== rank || pads.length !== 2 * rank)
    return site.refuse("has strides, dilations or pads of another length than its window");
  if ([...strides, ...dilations, ...kernel].some((each) => each < 1) || pads.some((each) => each < 0))
    return site.refuse("has strides, dilations, pads or a window that are too small");
  return spatial.map((size, i) => {
    const [stride, reach] = [strides[i] as number, (dilations[i] as number) * ((kernel[i] as number) - 1) + 1];
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") return Math.ceil(size / stride);
    if (auto !== "NOTSET" && auto !== "VALID") return site.refuse(`has the auto_pad "${auto}"`);
    const padded = auto === "VALID" ? size : size + (pads[i] as number) + (pads[i + rank] as number);
    if (padded < reach) return site.refuse("has a window larger than what it moves over");
    return Math.floor((padded - reach) / stride) + 1;
  });
}

function convolution(x: Value, weights: Value, dtype: number, site: Site): Inferred {
  const [batch, channels, ...spatial] = x.dims;
  const [filters, depth, ...kernel] = weights.dims;
  const group = site.int("group", 1);
  const shape = site.ints("kernel_shape") ?? kernel;
  if (batch === undefined || channels === undefined || filters === undefined || depth === undefined || group < 1)
    return site.refuse(`convolves the dims [${x.dims}] with [${weights.dims}]`);
  if (String(shape) !== String(kernel) || channels !== depth * group || filters % group !== 0)
    return site.refuse(`convolves the dims [${x.dims}] with [${weights.dims}] in ${group} groups`);
  const moved = windowed(spatial, kernel, site);
  const output = shaped(dtype, [batch, filters, ...moved]);
  const window = depth * kernel.reduce((product, each) => product * each, 1);
  const columns = moved.reduce((product, each) => product * each, 1) * window * group;
  const work = sizeOf(output) * window + prices.part * batch * group;
  return { outputs: [output], work, workspace: 4 * columns };
}

/** The type of a quantised output is its zero point's. */
const quantised = (site: Site, zeroPoint: number): number => site.input(zeroPoint).dtype;

/** Operators that multiply and add up. */
export const linear: Readonly<Record<string, Operator>> = {
  Conv: {
    inputs: [2, 3],
    attributes: CONVOLUTION,
    infer: (site) => convolution(site.input(0), site.input(1), site.input(0).dtype, site),
  },
  ConvInteger: {
    inputs: [2, 4],
    attributes: CONVOLUTION,
    infer: (site) => convolution(site.input(0), site.input(1), dtypes.int32, site),
  },
  Gemm: {
    inputs: [2, 3],
    attributes: { alpha: "float", beta: "float", transA: "int", transB: "int" },
    infer(site) {
      const turned = ({ dtype, dims }: Value, name: string): Value => {
        if (dims.length !== 2) site.refuse(`multiplies the dims [${dims}], which are no matrix`);
        return { dtype, dims: site.int(name, 0) === 0 ? dims : [...dims].reverse() };
      };
      const found = product(
        turned(site.input(0), "transA"),
        turned(site.input(1), "transB"),
        site.input(0).dtype,
        site,
      );
      const [output] = found.outputs as [Value];
      const bias = site.optional(2);
      if (bias && String(broadcast(output.dims, bias.dims, site)) !== String(output.dims))
        site.refuse(`adds the dims [${bias.dims}] to [${output.dims}]`);
      return found;
    },
  },
  MatMul: { inputs: [2, 2], infer: (site) => product(site.input(0), site.input(1), site.input(0).dtype, site) },
  MatMulInteger: { inputs: [2, 4], infer: (site) => product(site.input(0), site.input(1), dtypes.int32, site) },
  QLinearConv: {
    inputs: [8, 9],
    attributes: CONVOLUTION,
    infer: (site) => convolution(site.input(0), site.input(3), quantised(site, 7), site),
  },
  QLinearMatMul: {
    inputs: [8, 8],
    infer: (site) => product(site.input(0), site.input(3), quantised(site, 7), site),
  },
};
