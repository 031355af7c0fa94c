import { dtypes } from "../graph/operator.ts";
import { elementBytes } from "../graph/read.ts";
import type { Attribute, Constant } from "../onnx.ts";

/** A constant as numbers, row-major. */
export interface Numbers {
  /** ONNX's TensorProto.DataType. */
  dtype: number;
  dims: readonly number[];
  values: readonly number[] | Float64Array;
}

/** The number 1. */
export const one: Numbers = { dtype: dtypes.float, dims: [], values: [1] };

export type Attributes = ReadonlyMap<string, Attribute | undefined>;

const DOUBLE = 11;

type Read = (view: DataView, at: number) => number;
type Write = (view: DataView, at: number, value: number) => void;

const elements: Readonly<Record<number, { read: Read; write: Write }>> = {
  [dtypes.float]: {
    read: (view, at) => view.getFloat32(at, true),
    write: (view, at, value) => view.setFloat32(at, value, true),
  },
  [dtypes.uint8]: { read: (view, at) => view.getUint8(at), write: (view, at, value) => view.setUint8(at, value) },
  [dtypes.int8]: { read: (view, at) => view.getInt8(at), write: (view, at, value) => view.setInt8(at, value) },
  [dtypes.int32]: {
    read: (view, at) => view.getInt32(at, true),
    write: (view, at, value) => view.setInt32(at, value, true),
  },
  [dtypes.int64]: {
    read: (view, at) => Number(view.getBigInt64(at, true)),
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  },
  [dtypes.bool]: {
    read: (view, at) => view.getUint8(at),
    write: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1),
  },
  [DOUBLE]: {
    read: (view, at) => view.getFloat64(at, true),
    write: (view, at, value) => view.setFloat64(at, value, true),
  },
};

/** A constant's elements; undefined where they are of a type that isn't calculated with here. */
export function numbersOf({ dtype, dims, data }: Constant): Numbers | undefined {
  const element = elements[dtype];
  if (element === undefined) return undefined;
  const size = elementBytes[dtype] as number;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return {
    dtype,
    dims,
    values: Float64Array.from({ length: data.length / size }, (_, i) => element.read(view, i * size)),
  };
}

/** A constant of these numbers; whole ones where the type asks for that. */
export function constantOf(name: string, { dtype, dims, values }: Numbers): Constant {
  const element = elements[dtype];
  if (element === undefined) throw new RangeError(`Nothing is written as element type ${dtype}.`);
  const size = elementBytes[dtype] as number;
  const data = new Uint8Array(size * values.length);
  const view = new DataView(data.buffer);
  for (const [i, value] of values.entries()) element.write(view, i * size, value);
  return { name, dtype, dims, data };
}

/** Number of elements of these dims. */
export const productOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/**
 * The elements that each element of a shape reads of a value brought to it, as ONNX broadcasts; undefined where it
 * doesn't fit.
 */
export function broadcastIndex(from: readonly number[], to: readonly number[]): Int32Array | undefined {
  const lead = to.length - from.length;
  if (lead < 0 || from.some((dim, i) => dim !== 1 && dim !== to[i + lead])) return undefined;
  const strides = from.map((dim, i) => (dim === 1 ? 0 : productOf(from.slice(i + 1))));
  return Int32Array.from({ length: productOf(to) }, (_, at) => {
    let [rest, index] = [at, 0];
    for (let i = to.length - 1; i >= 0; i--) {
      const dim = to[i] as number;
      index += (rest % dim) * (strides[i - lead] ?? 0);
      rest = Math.floor(rest / dim);
    }
    return index;
  });
}

/** Which element each element of a transposed value was. */
export function transposedIndex(dims: readonly number[], order: readonly number[]): Int32Array {
  const strides = dims.map((_, i) => productOf(dims.slice(i + 1)));
  const turned = order.map((axis) => dims[axis] as number);
  return Int32Array.from({ length: productOf(dims) }, (_, at) => {
    let [rest, index] = [at, 0];
    for (let i = turned.length - 1; i >= 0; i--) {
      index += (rest % (turned[i] as number)) * (strides[order[i] as number] as number);
      rest = Math.floor(rest / (turned[i] as number));
    }
    return index;
  });
}

export function intOf(attributes: Attributes, name: string, otherwise: number): number {
  const found = attributes.get(name);
  return found?.kind === "int" ? Number(found.value) : otherwise;
}

export function floatOf(attributes: Attributes, name: string, otherwise: number): number {
  const found = attributes.get(name);
  return found?.kind === "float" ? found.value : otherwise;
}

export function intsOf(attributes: Attributes, name: string): number[] | undefined {
  const found = attributes.get(name);
  return found?.kind === "ints" ? found.value.map(Number) : undefined;
}

/** The order of axes that a Transpose asks for. */
export const orderOf = (attributes: Attributes, dims: readonly number[]): number[] =>
  intsOf(attributes, "perm") ?? dims.map((_, i) => dims.length - 1 - i);
