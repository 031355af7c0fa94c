import { dtypes } from "../graph/operator.ts";
import {
  type Attributes,
  broadcastIndex,
  intOf,
  type Numbers,
  orderOf,
  productOf,
  transposedIndex,
} from "./numbers.ts";

/**
 * What a node gives whose inputs are constants, `undefined` where one is left out; undefined where it isn't
 * calculated here. The dims are trusted to fit: a result is used only if it is what shape inference says.
 */
export function fold(
  op: string,
  inputs: readonly (Numbers | undefined)[],
  attributes: Attributes,
): Numbers | undefined {
  return Object.hasOwn(folds, op) ? folds[op]?.(inputs, attributes) : undefined;
}

/** Most elements of what is calculated here: no rows that can be published have as many. */
export const MOST_FOLDED = 2 ** 20;

type Fold = (inputs: readonly (Numbers | undefined)[], attributes: Attributes) => Numbers | undefined;

const isInteger = (dtype: number): boolean => dtype !== dtypes.float && dtype !== 11;

/** In the precision of its type. */
const rounded = (dtype: number, value: number): number => (dtype === dtypes.float ? Math.fround(value) : value);

const binary =
  (calculate: (a: number, b: number, whole: boolean) => number, dtype?: number): Fold =>
  ([a, b]) => {
    if (!a || !b) return undefined;
    const rank = Math.max(a.dims.length, b.dims.length);
    const dims = Array.from({ length: rank }, (_, i) =>
      Math.max(a.dims[i - rank + a.dims.length] ?? 1, b.dims[i - rank + b.dims.length] ?? 1),
    );
    if (productOf(dims) > MOST_FOLDED) return undefined;
    const [left, right] = [broadcastIndex(a.dims, dims), broadcastIndex(b.dims, dims)];
    if (!left || !right) return undefined;
    const type = dtype ?? a.dtype;
    const values = Array.from(left, (at, i) =>
      rounded(type, calculate(a.values[at] as number, b.values[right[i] as number] as number, isInteger(type))),
    );
    return { dtype: type, dims, values };
  };

const reshaped =
  (dimsOf: (input: Numbers, ints: number[] | undefined, attributes: Attributes) => number[] | undefined): Fold =>
  ([input, argument], attributes) => {
    const dims = input && dimsOf(input, argument && Array.from(argument.values), attributes);
    return input && dims && productOf(dims) === input.values.length ? { ...input, dims } : undefined;
  };

const axis = (at: number, rank: number): number => (at < 0 ? at + rank : at);

/** Elements of one axis, by their positions on it. */
function taken({ dtype, dims, values }: Numbers, along: number, positions: readonly number[]): Numbers | undefined {
  const size = dims[along];
  if (size === undefined) return undefined;
  const found = positions.map((position) => axis(position, size));
  if (found.some((position) => !(position >= 0 && position < size))) return undefined;
  const inner = productOf(dims.slice(along + 1));
  const outer = productOf(dims.slice(0, along));
  if (outer * found.length * inner > MOST_FOLDED) return undefined;
  const picked = Array.from({ length: outer }, (_, o) =>
    found.map((position) =>
      Array.from({ length: inner }, (_, i) => values[(o * size + position) * inner + i] as number),
    ),
  ).flat(2);
  return { dtype, dims: dims.map((dim, i) => (i === along ? found.length : dim)), values: picked };
}

const folds: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b, whole) => (whole ? Math.trunc(a / b) : a / b)),
  Equal: binary((a, b) => Number(a === b), dtypes.bool),
  Cast: ([input], attributes) => {
    const dtype = intOf(attributes, "to", 0);
    if (!input || !(dtype in { 1: 0, 6: 0, 7: 0, 11: 0 })) return undefined;
    const values = Array.from(input.values, (value) => (isInteger(dtype) ? Math.trunc(value) : rounded(dtype, value)));
    return { dtype, dims: input.dims, values };
  },
  Concat: (inputs, attributes) => {
    const [first] = inputs;
    if (first?.dims.length !== 1 || intOf(attributes, "axis", 0) > 0) return undefined;
    const values = inputs.flatMap((each) => Array.from(each?.values ?? []));
    return { dtype: first.dtype, dims: [values.length], values };
  },
  ConstantOfShape: ([shape], attributes) => {
    const given = attributes.get("value");
    if (!shape || (given && given.kind !== "tensor")) return undefined;
    const dims = Array.from(shape.values);
    if (productOf(dims) > MOST_FILLED) return undefined;
    const dtype = given?.value.dtype ?? dtypes.float;
    const [first = 0, ...others] = given?.value.data ?? [];
    const isOne = first === 1;
    if (first > 1 || others.some((byte) => byte !== 0)) return undefined;
    return { dtype, dims, values: new Array<number>(productOf(dims)).fill(isOne ? 1 : 0) };
  },
  DequantizeLinear: ([input, scale, zero], attributes) => {
    if (!input || !scale) return undefined;
    const along = axis(intOf(attributes, "axis", 1), input.dims.length);
    const inner = productOf(input.dims.slice(along + 1));
    const of = (part: Numbers | undefined, i: number, none: number) =>
      part === undefined
        ? none
        : (part.values[part.values.length === 1 ? 0 : Math.floor(i / inner) % part.values.length] as number);
    const values = Array.from(input.values, (value, i) => Math.fround((value - of(zero, i, 0)) * of(scale, i, 1)));
    return { dtype: scale.dtype, dims: input.dims, values };
  },
  Gather: ([data, indices], attributes) => {
    if (!data || !indices) return undefined;
    const along = axis(intOf(attributes, "axis", 0), data.dims.length);
    const found = taken(data, along, Array.from(indices.values));
    return found && { ...found, dims: [...data.dims.slice(0, along), ...indices.dims, ...data.dims.slice(along + 1)] };
  },
  Reshape: reshaped((input, wanted) => {
    const known = wanted?.map((dim, i) => (dim === 0 ? (input.dims[i] ?? 0) : dim));
    const rest = known && productOf(known.filter((dim) => dim !== -1));
    return known && rest ? known.map((dim) => (dim === -1 ? input.values.length / rest : dim)) : undefined;
  }),
  Slice: ([input, starts, ends, axes, steps]) => {
    if (!input || !starts || !ends || input.dims.length !== 1 || starts.values.length !== 1) return undefined;
    const [size, start, end] = [input.dims[0] as number, starts.values[0] as number, ends.values[0] as number];
    if (axis(axes?.values[0] ?? 0, 1) !== 0 || (steps?.values[0] ?? 1) !== 1) return undefined;
    const clamp = (at: number) => Math.max(0, Math.min(size, axis(at, size)));
    const values = Array.from(input.values).slice(clamp(start), clamp(end));
    return { dtype: input.dtype, dims: [values.length], values };
  },
  Squeeze: reshaped((input, axes) => {
    const gone = axes?.map((each) => axis(each, input.dims.length));
    return input.dims.filter((dim, i) => (gone ? !gone.includes(i) : dim !== 1));
  }),
  Transpose: ([input], attributes) => {
    if (!input) return undefined;
    const order = orderOf(attributes, input.dims);
    const index = transposedIndex(input.dims, order);
    const dims = order.map((each) => input.dims[each] as number);
    return { dtype: input.dtype, dims, values: Float64Array.from(index, (at) => input.values[at] as number) };
  },
  Unsqueeze: reshaped((input, axes) => {
    if (!axes) return undefined;
    const rank = input.dims.length + axes.length;
    const added = axes.map((each) => axis(each, rank));
    const rest = [...input.dims];
    return Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : (rest.shift() as number)));
  }),
  Where: ([condition, a, b]) =>
    condition && a && b && [condition, a, b].every(({ dims }) => String(dims) === String(a.dims))
      ? { ...a, values: Array.from(condition.values, (each, i) => (each === 0 ? b : a).values[i] as number) }
      : undefined,
};

/** Most elements that a constant of one value is filled with here; shapes have no more. */
const MOST_FILLED = 64;
