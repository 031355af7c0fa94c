import { MalformedModel } from "./protobuf.ts";
import { type AttributeValue, type ConstantTensor, elementsOf } from "./read.ts";

/** What is known of a value before anything runs. */
export interface Value {
  /** ONNX's TensorProto.DataType. */
  dtype: number;
  dims: readonly number[];
  /** What the file gives for it; undefined of what is computed. */
  constant?: ConstantTensor | undefined;
}

/** A node's outputs and what computing them costs. */
export interface Inferred {
  outputs: readonly Value[];
  /** Multiply-adds, by the operator's formula. */
  work: number;
  /** Bytes that it needs beside its inputs and outputs while it runs. */
  workspace?: number;
}

/** An operator that may stand in a graph: what it takes and what follows from it. */
export interface Operator {
  /** Number of inputs, least and most. */
  inputs: readonly [number, number];
  /** Number of outputs, least and most; defaults to one. */
  outputs?: readonly [number, number];
  /** Its attributes by name, and their kinds. Others are refused. */
  attributes?: Readonly<Record<string, AttributeValue["kind"]>>;
  /** The first version of ONNX's operators that has it, where that is later than {@link OLDEST_OPSET}. */
  since?: number;
  infer(site: Site): Inferred;
}

/** ONNX's TensorProto.DataType by name. */
export const dtypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
} as const;

/**
 * Multiply-adds that things count for, so that no graph takes longer than its multiply-adds say: a few nanoseconds each
 * at the slowest, whatever its shapes and its input.
 */
export const prices = {
  /** An element that is moved, compared or counted up. */
  element: 16,
  /** An element of a function that takes longer, or of what is looked at twice. */
  function: 32,
  /** An element that is sorted, or added up along an axis. */
  ordered: 64,
  /** A remainder: of doubles it goes through their exponents bit by bit. */
  remainder: 1024,
  /** A matrix of a stack, or a group of an image: of any size. */
  part: 128,
} as const;

/** A node that is looked at: its inputs' types and its attributes, each checked as it is asked for. */
export interface Site {
  operator: string;
  opset: number;
  /** Number of inputs given, without those left out at the end. */
  inputCount: number;
  outputCount: number;
  /** An input that must be there. */
  input(index: number): Value;
  /** An input that may be left out. */
  optional(index: number): Value | undefined;
  /** The integers of a constant input; undefined where it is left out. */
  integers(index: number): number[] | undefined;
  int(name: string, otherwise: number): number;
  ints(name: string): number[] | undefined;
  text(name: string, otherwise: string): string;
  tensor(name: string): ConstantTensor | undefined;
  has(name: string): boolean;
  /** Refuses the node with a sentence's end, as in "has axes that are not constant". */
  refuse(why: string): never;
}

/** Looks at a node. */
export function siteOf(
  operator: string,
  opset: number,
  inputs: readonly (Value | undefined)[],
  outputCount: number,
  attributes: ReadonlyMap<string, AttributeValue>,
): Site {
  const refuse = (why: string): never => {
    throw new MalformedModel(`A node ${operator} ${why}.`);
  };
  const site: Site = {
    operator,
    opset,
    inputCount: inputs.length,
    outputCount,
    input: (index) => inputs[index] ?? refuse(`has no input ${index}`),
    optional: (index) => inputs[index],
    integers(index) {
      const value = inputs[index];
      if (value === undefined) return undefined;
      const integers =
        value.constant?.integers ?? refuse(`has an input ${index} that is no constant of a few integers`);
      if (value.dims.length > 1) refuse(`has an input ${index} of more than one dimension`);
      return integers.map((each) => small(each, site));
    },
    int(name, otherwise) {
      const found = attributes.get(name);
      return found?.kind === "int" ? small(found.value, site) : otherwise;
    },
    ints(name) {
      const found = attributes.get(name);
      return found?.kind === "ints" ? found.value.map((each) => small(each, site)) : undefined;
    },
    text(name, otherwise) {
      const found = attributes.get(name);
      return found?.kind === "text" ? found.value : otherwise;
    },
    tensor(name) {
      const found = attributes.get(name);
      return found?.kind === "tensor" ? found.value : undefined;
    },
    has: (name) => attributes.has(name),
    refuse,
  };
  return site;
}

const MOST = 2 ** 31;

// Slice says "to the end" by the largest int64: what is larger than any dimension means the same as any other such.
function small(value: bigint, site: Site): number {
  if (value >= BigInt(MOST)) return MOST;
  if (value < -BigInt(MOST)) return -MOST;
  const found = Number(value);
  return Number.isSafeInteger(found) ? found : site.refuse(`has a number ${value} that is too large`);
}

/** Number of elements of a value. */
export const sizeOf = ({ dims }: Value): number => elementsOf(dims, "value");

/** A value of these dims and type. */
export const shaped = (dtype: number, dims: readonly number[]): Value => {
  elementsOf(dims, "value");
  return { dtype, dims };
};

/** A position among `rank` dimensions, where -1 is the last. */
export function axisOf(axis: number, rank: number, site: Site): number {
  const found = axis < 0 ? axis + rank : axis;
  return found >= 0 && found < rank ? found : site.refuse(`has the axis ${axis} among ${rank} dimensions`);
}

/** Positions among `rank` dimensions, each once. */
export function axesOf(axes: readonly number[], rank: number, site: Site): number[] {
  const found = axes.map((axis) => axisOf(axis, rank, site));
  return new Set(found).size === found.length ? found : site.refuse("names an axis twice");
}

/** The dims that two shapes have together: https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md */
export function broadcast(a: readonly number[], b: readonly number[], site: Site): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return x === y || y === 1 ? x : x === 1 ? y : site.refuse(`can't bring together the dims [${a}] and [${b}]`);
  });
}
