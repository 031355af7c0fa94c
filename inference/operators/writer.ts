import { INT8 } from "../../sdk/layouts.ts";
import { type Attribute, type Constant, type Node, ONNX_INT32, ONNX_INT64 } from "../onnx.ts";

// Added before a division so that it never sees a negative: sums are below 2^30, and 2^30 is a multiple of every 2^shift.
const OFFSET = 2 ** 30;

/** The int32 scalars that all operators share, by value. */
export const shared = { "-128": "all -128", "0": "all 0", "1": "all 1", "2": "all 2", "127": "all 127" } as const;

/** Writes an operator's part of an ONNX file. Names of its own parts are given without their number. */
export interface Writer {
  /** Names of the outputs that it reads. */
  a: string;
  b: string;
  /** Adds a constant and returns its name. */
  int8(part: string, dims: readonly number[], data: Int8Array): string;
  int32(part: string, dims: readonly number[], values: readonly number[]): string;
  int64(part: string, values: readonly number[]): string;
  /** Adds a node and returns the name of what it gives. */
  node(op: string, inputs: readonly string[], part: string, attributes?: Node["attributes"]): string;
}

/** What an operator's output is called. */
export const OUTPUT = "out";

/** The constants and nodes that operators write. */
export interface Written {
  constants: Constant[];
  nodes: Node[];
}

/** The writer of an operator's part. */
export function writerOf({ constants, nodes }: Written, index: number, a: string, b: string): Writer {
  const nameOf = (part: string) => `${index} ${part}`;
  const constant = (part: string, dtype: number, dims: readonly number[], data: Uint8Array): string => {
    constants.push({ name: nameOf(part), dtype, dims, data });
    return nameOf(part);
  };
  return {
    a,
    b,
    int8: (part, dims, data) => constant(part, INT8, dims, new Uint8Array(data.buffer, data.byteOffset, data.length)),
    int32: (part, dims, values) => constant(part, ONNX_INT32, dims, int32Bytes(values)),
    int64: (part, values) => constant(part, ONNX_INT64, [values.length], int64Bytes(values)),
    node(op, inputs, part, attributes = {}) {
      nodes.push({ op, inputs, output: nameOf(part), attributes });
      return nameOf(part);
    },
  };
}

/** int32 elements, little-endian. */
export function int32Bytes(values: readonly number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) data.setInt32(4 * i, value, true);
  return new Uint8Array(data.buffer);
}

/** int64 elements, little-endian. */
function int64Bytes(values: readonly number[]): Uint8Array {
  const data = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) data.setBigInt64(8 * i, BigInt(value), true);
  return new Uint8Array(data.buffer);
}

/** Inverse of {@link int32Bytes}. */
export function int32Values(bytes: Uint8Array): number[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => data.getInt32(4 * i, true));
}

/** Shifts and biases of sums, one or one each. */
export interface Scaling {
  dims: readonly number[];
  shifts: readonly number[];
  biases: readonly number[];
}

/** Adds the constants of {@link rescale}: `bias`, `divisor` and `offset`. */
export function scaling(to: Writer, { dims, shifts, biases }: Scaling) {
  return {
    bias: to.int32(
      "bias",
      dims,
      shifts.map((shift, i) => (biases[i] as number) + 2 ** (shift - 1) + OFFSET),
    ),
    divisor: to.int32(
      "divisor",
      dims,
      shifts.map((shift) => 2 ** shift),
    ),
    offset: to.int32(
      "offset",
      dims,
      shifts.map((shift) => OFFSET / 2 ** shift),
    ),
  };
}

/** Sums below 2^30, divided by 2^shift with halves up, from `lo` to 127. */
export function rescale(to: Writer, sums: string, { bias, divisor, offset }: ReturnType<typeof scaling>, lo: string) {
  const lifted = to.node("Add", [sums, bias], "sums");
  const quotients = to.node("Div", [lifted, divisor], "quotients");
  const rounded = to.node("Sub", [quotients, offset], "rounded");
  return to.node("Min", [to.node("Max", [rounded, lo], "raised"), shared["127"]], "clamped");
}

/** The shifts and biases that the constants of {@link scaling} were made of. */
export function unscaled(bias: Uint8Array, divisor: Uint8Array): { shift: number; bias: number }[] {
  const biases = int32Values(bias);
  return int32Values(divisor).map((value, i) => {
    const shift = 31 - Math.clz32(value);
    return { shift, bias: (biases[i] as number) - 2 ** (shift - 1) - OFFSET };
  });
}

/** `perm`, `axes` and the like. */
export const ints = (...values: number[]): Attribute => ({ kind: "ints", value: values.map(BigInt) });

export const toInt32 = (to: Writer, from: string, part: string): string =>
  to.node("Cast", [from], part, { to: ONNX_INT32 });

export const toInt8 = (to: Writer, from: string, part: string = OUTPUT): string =>
  to.node("Cast", [from], part, { to: INT8 });

/** Brings elements to the shape of the operator's output. */
export const shapeOut = (to: Writer, from: string, { rows, width }: { rows: number; width: number }): string =>
  to.node("Reshape", [from, to.int64("shape", [rows, width])], OUTPUT);

/** Columns that a moment sees: those not after it. */
export function causal(to: Writer, moments: number): string {
  const order = Array.from({ length: moments }, (_, i) => i);
  const rows = to.int32("moments", [moments, 1], order);
  return to.node("LessOrEqual", [to.int32("columns", [moments], order), rows], "seen");
}
