import {
  axesOf,
  axisOf,
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

/** An output of these dims that holds its first input's elements, moved. */
const moved = (site: Site, dims: readonly number[]): Inferred => {
  const output = shaped(site.input(0).dtype, dims);
  return { outputs: [output], work: prices.element * sizeOf(output) };
};

/** The first version in which axes are an input, where they were an attribute. */
const AXES_INPUT = 13;

function axesInput(site: Site, rank: number): number[] | undefined {
  if (site.has("axes")) site.refuse(`has its axes as an attribute; since version ${AXES_INPUT} they are an input`);
  const axes = site.integers(1);
  return axes && axesOf(axes, rank, site);
}

/** Bounds of a slice along a dimension, as ONNX clamps them. */
function sliced(size: number, start: number, end: number, step: number, site: Site): number {
  if (step === 0) return site.refuse("has a step of 0");
  const at = (position: number) => (position < 0 ? position + size : position);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (position: number) => Math.min(Math.max(position, low), high);
  const [from, to] = [Math.min(Math.max(at(start), 0), step > 0 ? size : size - 1), clamp(at(end))];
  const length = Math.ceil((to - from) / step);
  return length >= 1 ? length : site.refuse("leaves nothing of a dimension");
}

/** Operators that move elements, and do no arithmetic. */
export const shapes: Readonly<Record<string, Operator>> = {
  Concat: {
    inputs: [1, 1024],
    attributes: { axis: "int" },
    infer(site) {
      const first = site.input(0);
      const axis = axisOf(site.int("axis", 0), first.dims.length, site);
      let length = first.dims[axis] as number;
      for (let i = 1; i < site.inputCount; i++) {
        const { dtype, dims } = site.input(i);
        const fits = dims.length === first.dims.length && dims.every((dim, k) => k === axis || dim === first.dims[k]);
        if (!fits || dtype !== first.dtype) site.refuse(`joins the dims [${first.dims}] and [${dims}] at axis ${axis}`);
        length += dims[axis] as number;
      }
      return moved(
        site,
        first.dims.map((dim, k) => (k === axis ? length : dim)),
      );
    },
  },
  Constant: {
    inputs: [0, 0],
    attributes: { value: "tensor" },
    infer(site) {
      const constant = site.tensor("value") ?? site.refuse("has no value");
      return { outputs: [{ dtype: constant.dtype, dims: constant.dims, constant }], work: 0 };
    },
  },
  ConstantOfShape: {
    inputs: [1, 1],
    attributes: { value: "tensor" },
    infer(site) {
      const output = shaped(site.tensor("value")?.dtype ?? dtypes.float, positive(site.integers(0) ?? [], site));
      return { outputs: [output], work: prices.element * sizeOf(output) };
    },
  },
  DepthToSpace: {
    inputs: [1, 1],
    attributes: { blocksize: "int", mode: "text" },
    infer(site) {
      const [n, c, h, w] = imageOf(site);
      const block = blockOf(site);
      if (c % block ** 2 !== 0) site.refuse(`cuts ${c} channels into blocks of ${block}`);
      return moved(site, [n, c / block ** 2, h * block, w * block]);
    },
  },
  Expand: {
    inputs: [2, 2],
    infer: (site) => moved(site, broadcast(site.input(0).dims, positive(site.integers(1) ?? [], site), site)),
  },
  Flatten: {
    inputs: [1, 1],
    attributes: { axis: "int" },
    infer(site) {
      const { dims } = site.input(0);
      const axis = site.int("axis", 1);
      const at = axis < 0 ? axis + dims.length : axis;
      if (at < 0 || at > dims.length) site.refuse(`has the axis ${axis} among ${dims.length} dimensions`);
      const product = (part: readonly number[]) => part.reduce((all, dim) => all * dim, 1);
      return moved(site, [product(dims.slice(0, at)), product(dims.slice(at))]);
    },
  },
  Gather: {
    inputs: [2, 2],
    attributes: { axis: "int" },
    infer(site) {
      const [data, indices] = [site.input(0), site.input(1)];
      const axis = axisOf(site.int("axis", 0), data.dims.length, site);
      return moved(site, [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)]);
    },
  },
  GatherElements: {
    inputs: [2, 2],
    attributes: { axis: "int" },
    infer(site) {
      const [data, indices] = [site.input(0), site.input(1)];
      axisOf(site.int("axis", 0), data.dims.length, site);
      if (indices.dims.length !== data.dims.length) site.refuse(`looks up [${indices.dims}] in [${data.dims}]`);
      return moved(site, indices.dims);
    },
  },
  Pad: {
    inputs: [2, 4],
    attributes: { mode: "text" },
    infer(site) {
      const { dims } = site.input(0);
      const pads = site.integers(1) ?? [];
      const axes = axesOf(site.integers(3) ?? dims.map((_, i) => i), dims.length, site);
      if (pads.length !== 2 * axes.length) site.refuse(`has ${pads.length} pads for ${axes.length} dimensions`);
      const padded = dims.map((dim, i) => {
        const k = axes.indexOf(i);
        return k === -1 ? dim : dim + (pads[k] as number) + (pads[k + axes.length] as number);
      });
      return moved(site, positive(padded, site));
    },
  },
  Reshape: {
    inputs: [2, 2],
    attributes: { allowzero: "int" },
    infer(site) {
      const input = site.input(0);
      if (site.int("allowzero", 0) !== 0) site.refuse("allows dimensions of 0");
      const wanted = (site.integers(1) ?? []).map((dim, i) => (dim === 0 ? (input.dims[i] ?? 0) : dim));
      const known = wanted.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
      const dims = wanted.map((dim) => (dim === -1 ? sizeOf(input) / known : dim));
      const isOne = wanted.filter((dim) => dim === -1).length <= 1;
      if (!isOne || !dims.every(Number.isInteger) || dims.reduce((product, dim) => product * dim, 1) !== sizeOf(input))
        site.refuse(`makes the dims [${wanted}] of [${input.dims}]`);
      return moved(site, positive(dims, site));
    },
  },
  Slice: {
    inputs: [3, 5],
    infer(site) {
      const { dims } = site.input(0);
      const [starts, ends] = [site.integers(1) ?? [], site.integers(2) ?? []];
      const axes = axesOf(site.integers(3) ?? starts.map((_, i) => i), dims.length, site);
      const steps = site.integers(4) ?? starts.map(() => 1);
      if ([ends, axes, steps].some(({ length }) => length !== starts.length))
        site.refuse("has bounds of unequal number");
      return moved(
        site,
        dims.map((dim, i) => {
          const k = axes.indexOf(i);
          return k === -1 ? dim : sliced(dim, starts[k] as number, ends[k] as number, steps[k] as number, site);
        }),
      );
    },
  },
  SpaceToDepth: {
    inputs: [1, 1],
    attributes: { blocksize: "int" },
    infer(site) {
      const [n, c, h, w] = imageOf(site);
      const block = blockOf(site);
      if (h % block !== 0 || w % block !== 0) site.refuse(`cuts ${h} x ${w} into blocks of ${block}`);
      return moved(site, [n, c * block ** 2, h / block, w / block]);
    },
  },
  Split: {
    inputs: [1, 2],
    outputs: [1, 1024],
    attributes: { axis: "int", num_outputs: "int" },
    infer(site) {
      const { dtype, dims } = site.input(0);
      const axis = axisOf(site.int("axis", 0), dims.length, site);
      const size = dims[axis] as number;
      const each = Math.ceil(size / site.outputCount);
      const even = Array.from({ length: site.outputCount }, (_, i) => Math.min(each, size - i * each));
      const parts = site.integers(1) ?? even;
      const sum = parts.reduce((all, part) => all + part, 0);
      const counted = site.int("num_outputs", site.outputCount);
      if (
        parts.length !== site.outputCount ||
        counted !== parts.length ||
        sum !== size ||
        parts.some((part) => part < 1)
      )
        site.refuse(`cuts ${size} into [${parts}]`);
      const outputs = parts.map((part) =>
        shaped(
          dtype,
          dims.map((dim, i) => (i === axis ? part : dim)),
        ),
      );
      return { outputs, work: prices.element * sizeOf(site.input(0)) };
    },
  },
  Squeeze: {
    inputs: [1, 2],
    infer(site) {
      const { dims } = site.input(0);
      const axes = axesInput(site, dims.length) ?? dims.flatMap((dim, i) => (dim === 1 ? [i] : []));
      if (axes.some((axis) => dims[axis] !== 1)) site.refuse(`takes the axes [${axes}] out of [${dims}]`);
      return moved(
        site,
        dims.filter((_, i) => !axes.includes(i)),
      );
    },
  },
  Tile: {
    inputs: [2, 2],
    infer(site) {
      const { dims } = site.input(0);
      const repeats = site.integers(1) ?? [];
      if (repeats.length !== dims.length) site.refuse(`repeats the dims [${dims}] by [${repeats}]`);
      return moved(
        site,
        positive(
          dims.map((dim, i) => dim * (repeats[i] as number)),
          site,
        ),
      );
    },
  },
  Transpose: {
    inputs: [1, 1],
    attributes: { perm: "ints" },
    infer(site) {
      const { dims } = site.input(0);
      const order = site.ints("perm") ?? dims.map((_, i) => dims.length - 1 - i);
      if (order.length !== dims.length || order.some((axis) => axis < 0)) site.refuse(`orders [${dims}] by [${order}]`);
      return moved(
        site,
        axesOf(order, dims.length, site).map((axis) => dims[axis] as number),
      );
    },
  },
  Unsqueeze: {
    inputs: [2, 2],
    infer(site) {
      const { dims } = site.input(0);
      const axes = axesInput(site, dims.length + (site.integers(1)?.length ?? 0)) ?? [];
      const rest = [...dims];
      return moved(
        site,
        Array.from({ length: dims.length + axes.length }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number))),
      );
    },
  },
};

function positive(dims: readonly number[], site: Site): readonly number[] {
  return dims.every((dim) => Number.isSafeInteger(dim) && dim >= 1) ? dims : site.refuse(`makes the dims [${dims}]`);
}

function imageOf(site: Site): readonly [number, number, number, number] {
  const { dims }: Value = site.input(0);
  return dims.length === 4 ? (dims as unknown as [number, number, number, number]) : site.refuse(`takes [${dims}]`);
}

function blockOf(site: Site): number {
  const block = site.int("blocksize", 0);
  return block >= 1 ? block : site.refuse(`has blocks of ${block}`);
}
