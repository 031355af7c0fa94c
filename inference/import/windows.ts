import { MAX_WIDTH } from "../operators/operator.ts";
import { type Image, isPadded, type Window, wholeOf } from "./image.ts";
import { type Attributes, intOf, intsOf, type Numbers, productOf } from "./numbers.ts";
import { Inexpressible, named, type Step, type Take } from "./reader.ts";

/** How a node's windows move over an image. Throws {@link Inexpressible} for windows with holes. */
function windowOf(
  { node: { op, outputs, attributes }, reader }: Step,
  image: Image,
  kernel: readonly number[],
): Window {
  if (intsOf(attributes, "dilations")?.some((each) => each !== 1))
    throw new Inexpressible(`has ${named(op)} whose windows have holes`);
  const spatial = kernel.length === 1 ? [image.across] : [image.height, image.across];
  const strides = intsOf(attributes, "strides") ?? kernel.map(() => 1);
  const moved = reader.dimsOf(outputs[0] ?? "").slice(2);
  const before = spatial.map((size, i) => {
    const missing = ((moved[i] as number) - 1) * (strides[i] as number) + (kernel[i] as number) - size;
    return padBefore(attributes, i, Math.max(0, missing));
  });
  const plane = ([a = 0, b]: readonly number[], otherwise: number) =>
    (b === undefined ? [otherwise, a] : [a, b]) as [number, number];
  const [[kh, kw], [sy, sx], [down, outAcross], [top, left]] = [
    plane(kernel, 1),
    plane(strides, 1),
    plane(moved, 1),
    plane(before, 0),
  ];
  const { height, across } = image;
  return { height, across, down, outAcross, kh, kw, sy, sx, top: 0 - top, left: 0 - left };
}

/** How far the first window begins before the edge along an axis. */
function padBefore(attributes: Attributes, axis: number, missing: number): number {
  const auto = attributes.get("auto_pad");
  const how = auto?.kind === "text" ? auto.value : "NOTSET";
  if (how === "SAME_UPPER") return Math.floor(missing / 2);
  if (how === "SAME_LOWER") return Math.ceil(missing / 2);
  return how === "VALID" ? 0 : (intsOf(attributes, "pads")?.[axis] ?? 0);
}

/** A filter's weights for a window of all channels, pixel by pixel; of other groups' channels they are 0. */
function filterOf({ dims, values }: Numbers, filter: number, { channels }: Image, groups: number): Float64Array {
  const [filters = 1, depth = 1, ...kernel] = dims;
  const pixels = productOf(kernel);
  const first = Math.floor((filter * groups) / filters) * depth;
  const row = new Float64Array(pixels * channels);
  for (let c = 0; c < depth; c++)
    for (let pixel = 0; pixel < pixels; pixel++)
      row[pixel * channels + first + c] = values[(filter * depth + c) * pixels + pixel] as number;
  return row;
}

/** Means of windows: in two turns, down and across, where a window would be too wide for one row. */
function average({ node: { op }, reader }: Step, windows: (image: Image) => Window, isLast = false): void {
  const channels = reader.channels(op, isLast);
  const window = windows(channels);
  const { kh, kw, down, across } = window;
  const isWide = kh * kw * channels.channels > MAX_WIDTH && kh > 1 && kw > 1;
  const turns = isWide
    ? [
        { ...window, kw: 1, sx: 1, outAcross: across, left: 0 },
        { ...window, height: down, kh: 1, sy: 1, top: 0 },
      ]
    : [window];
  for (const [i, turn] of turns.entries()) {
    const count = turn.kh * turn.kw;
    const rows = Array.from({ length: channels.channels }, (_, c) =>
      Float64Array.from({ length: count * channels.channels }, (_, k) => (k % channels.channels === c ? 1 / count : 0)),
    );
    reader.slide(op, i === 0 ? channels : reader.given(), turn, rows, new Float64Array(rows.length));
  }
}

const kernelOf = (attributes: Attributes): number[] => intsOf(attributes, "kernel_shape") ?? [];

/** What operators that slide windows over an image do to a value on its way. */
export const windowSteps: Readonly<Record<string, Take>> = {
  AveragePool: (step) =>
    average(step, (image) => {
      const { op, attributes } = step.node;
      const window = windowOf(step, image, kernelOf(attributes));
      if (isPadded(window) && intOf(attributes, "count_include_pad", 0) === 0)
        throw new Inexpressible(`has ${named(op)} that leaves pads out of its means`);
      return window;
    }),
  Conv(step) {
    const { node, at, constants, reader } = step;
    const [, filters, bias] = constants;
    if (at !== 0 || !filters) throw new Inexpressible("has a Conv whose filters hang on the input");
    const channels = reader.channels(node.op);
    const window = windowOf(step, channels, filters.dims.slice(2));
    const groups = intOf(node.attributes, "group", 1);
    const rows = Array.from({ length: filters.dims[0] as number }, (_, j) => filterOf(filters, j, channels, groups));
    reader.slide(
      node.op,
      channels,
      window,
      rows,
      Float64Array.from(rows, (_, j) => bias?.values[j] ?? 0),
    );
  },
  GlobalAveragePool: (step) => average(step, wholeOf),
  GlobalMaxPool({ node: { op }, reader }) {
    const channels = reader.channels(op);
    reader.pool(op, channels, wholeOf(channels));
  },
  MaxPool(step) {
    const { node, reader } = step;
    if ((node.outputs[1] ?? "") !== "") throw new Inexpressible("has a MaxPool that gives positions");
    const channels = reader.channels(node.op);
    reader.pool(node.op, channels, windowOf(step, channels, kernelOf(node.attributes)));
  },
  ReduceMean(step) {
    const { node, constants, reader } = step;
    const rank = reader.dims.length;
    const axes = (constants[1] ? Array.from(constants[1].values) : (intsOf(node.attributes, "axes") ?? []))
      .map((axis) => (axis < 0 ? axis + rank : axis))
      .sort((a, b) => a - b);
    const all = Array.from({ length: rank - 2 }, (_, i) => i + 2);
    const isLast = String(axes) === String(all.map((axis) => axis - 1));
    if (!isLast && String(axes) !== String(all))
      throw new Inexpressible("has a ReduceMean that is no mean of an image");
    average(step, wholeOf, isLast);
  },
};
