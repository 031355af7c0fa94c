import { fromHex as hexToBytes } from "ox/Bytes";
import { keccak256 } from "ox/Hash";
import { fromBytes as bytesToHex, concat, fromNumber as numberToHex, fromString as stringToHex } from "ox/Hex";
import type { Hex } from "viem";
import { tag, ZERO_HASH } from "./commitments.ts";
import { decodeOperator, encodeOperator, type GraphOperator, graphRoot, OPERATOR_BYTES } from "./graphs.ts";
import { orderedTree } from "./tree.ts";

/** Bytes an element takes, by ONNX TensorProto.DataType: fixed-size numeric types only. */
export const elementSizes: Readonly<Record<number, number>> = {
  1: 4, // float
  2: 1, // uint8
  3: 1, // int8
  4: 2, // uint16
  5: 2, // int16
  6: 4, // int32
  7: 8, // int64
  9: 1, // bool
  10: 2, // float16
  11: 8, // double
  12: 4, // uint32
  13: 8, // uint64
};

/** ONNX's number for uint8 elements. */
export const UINT8 = 2;

/** ONNX's number for int8 elements. */
export const INT8 = 3;

/** What a tensor looks like. */
export interface TensorSpec {
  /** For people and for ONNX; bytes that aren't UTF-8 become U+FFFD. */
  name: string;
  /** The name as it is hashed; only if it isn't UTF-8, which anyone may publish. */
  rawName?: Uint8Array;
  /** ONNX TensorProto.DataType. */
  dtype: number;
  dims: readonly number[];
}

/** A model's shape: L + 1 widths for an integer model, none for any other; a graph model has its operators beside it. */
export interface Layout {
  widths: readonly number[];
  /** A graph model's operators in order. */
  graph?: readonly GraphOperator[];
  input: TensorSpec;
  output: TensorSpec;
}

/** One neuron of an integer model. */
export interface Row {
  shift: number;
  lo: number;
  bias: number;
  weights: Int8Array;
}

/** Length of a tensor's data in bytes; throws for an element type without a fixed size. */
export function tensorBytes(spec: TensorSpec): number {
  const size = elementSizes[spec.dtype];
  if (size === undefined)
    throw new RangeError(`Tensor "${spec.name}" has unsupported ONNX element type ${spec.dtype}.`);
  return spec.dims.reduce((product, dim) => product * dim, size);
}

/** "TENSOR_V1" ‖ u16 len ‖ name ‖ u8 onnxDtype ‖ u8 rank ‖ u32 dims… ‖ u32 byteLength. */
export function tensorHeader(spec: TensorSpec): Uint8Array {
  const name = spec.rawName ? bytesToHex(spec.rawName) : stringToHex(spec.name);
  return hexToBytes(
    concat(
      tag("TENSOR_V1"),
      numberToHex((name.length - 2) / 2, { size: 2 }),
      name,
      numberToHex(spec.dtype, { size: 1 }),
      numberToHex(spec.dims.length, { size: 1 }),
      ...spec.dims.map((dim) => numberToHex(dim, { size: 4 })),
      numberToHex(tensorBytes(spec), { size: 4 }),
    ),
  );
}

/**
 * Reads the header that `bytes` begin with and says how long it is; throws where it makes no sense. Inverse of
 * {@link tensorHeader}.
 */
export function decodeTensorHeader(bytes: Uint8Array): { spec: TensorSpec; length: number } {
  const reader = new Reader(bytes);
  return { spec: readHeader(reader), length: reader.offset };
}

/** What a published tensor may be called: one word of printable ASCII. */
const TENSOR_NAME = /^[!-~]+$/;

/**
 * "LAYOUT_V1" ‖ u16 L ‖ u32 d_0 … d_L ‖ u16 len ‖ header_in ‖ u16 len ‖ header_out; no widths for a float model. A graph
 * model's is "GRAPH_V1" ‖ u16 n ‖ its operators ‖ the same two headers. Throws for a tensor's name that ModelRegistry
 * refuses; a name that was read as bytes is written as it was.
 */
export function encodeLayout(layout: Layout): Uint8Array {
  for (const { name, rawName } of [layout.input, layout.output])
    if (rawName === undefined && !TENSOR_NAME.test(name))
      throw new RangeError(`The tensor name ${JSON.stringify(name)} is not one word of printable ASCII.`);
  const prefixed = (header: Uint8Array) => concat(numberToHex(header.length, { size: 2 }), bytesToHex(header));
  const headers = concat(prefixed(tensorHeader(layout.input)), prefixed(tensorHeader(layout.output)));
  const count = (items: number) => numberToHex(items, { size: 2 });
  if (layout.graph) {
    const operators = layout.graph.map((operator) => bytesToHex(encodeOperator(operator)));
    return hexToBytes(concat(tag("GRAPH_V1"), count(operators.length), ...operators, headers));
  }
  const widths = layout.widths.map((width) => numberToHex(width, { size: 4 }));
  return hexToBytes(concat(tag("LAYOUT_V1"), count(Math.max(widths.length - 1, 0)), ...widths, headers));
}

/** Hash of the layout bytes. */
export const layoutHash = (layout: Layout): Hex => keccak256(encodeLayout(layout), { as: "Hex" });

/** Reads layout bytes; throws at the first byte that makes no sense. Inverse of {@link encodeLayout}. */
export function decodeLayout(bytes: Uint8Array): Layout {
  const reader = new Reader(bytes);
  const isGraph = reader.hasTag("GRAPH_V1");
  if (!isGraph) reader.expectTag("LAYOUT_V1");
  const count = reader.uint(2);
  const shape = isGraph
    ? { widths: [], graph: Array.from({ length: count }, () => decodeOperator(reader.take(OPERATOR_BYTES))) }
    : { widths: count === 0 ? [] : Array.from({ length: count + 1 }, () => reader.uint(4)) };
  const input = readPrefixedHeader(reader);
  const output = readPrefixedHeader(reader);
  if (reader.offset !== bytes.length) throw new RangeError(`The layout goes on after byte ${reader.offset}.`);
  return { ...shape, input, output };
}

/** u8 shift ‖ i8 lo ‖ i32 bias ‖ int8 weights. */
export function encodeRow(row: Row): Uint8Array {
  const bytes = new Uint8Array(6 + row.weights.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, row.shift);
  view.setInt8(1, row.lo);
  view.setInt32(2, row.bias);
  bytes.set(new Uint8Array(row.weights.buffer, row.weights.byteOffset, row.weights.length), 6);
  return bytes;
}

/** All rows of all layers in order, as `ModelPublished` carries them. */
export const encodeRows = (layers: readonly (readonly Row[])[]): Uint8Array =>
  hexToBytes(`0x${layers.flatMap((rows) => rows.map((row) => bytesToHex(encodeRow(row)).slice(2))).join("")}`);

/** Cuts the rows' bytes by a layout's widths; throws when they are too short or too long. */
export function decodeRows(widths: readonly number[], bytes: Uint8Array): Row[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const expected = widths.slice(1).reduce((sum, width, l) => sum + width * (6 + (widths[l] as number)), 0);
  if (bytes.length !== expected)
    throw new RangeError(`The rows are ${bytes.length} bytes; the layout needs ${expected}.`);
  let offset = 0;
  return widths.slice(1).map((width, l) =>
    Array.from({ length: width }, () => {
      const inputs = widths[l] as number;
      const row: Row = {
        shift: view.getUint8(offset),
        lo: view.getInt8(offset + 1),
        bias: view.getInt32(offset + 2),
        weights: new Int8Array(bytes.subarray(offset + 6, offset + 6 + inputs)),
      };
      offset += 6 + inputs;
      return row;
    }),
  );
}

/**
 * The `weightsRoot` of a model with this layout and these published rows; throws when they are too short or too long.
 */
export function weightsRoot({ widths, graph }: Layout, rows: Uint8Array): Hex {
  const layers = decodeRows(widths, rows);
  if (graph) return graphRoot(graph);
  return layers.length === 0 ? ZERO_HASH : weightsTree(layers).root;
}

/** Ordered tree over all rows of all layers. */
export const weightsTree = (layers: readonly (readonly Row[])[]) => orderedTree(layers.flat().map(encodeRow));

function readPrefixedHeader(reader: Reader): TensorSpec {
  const length = reader.uint(2);
  const end = reader.offset + length;
  const spec = readHeader(reader);
  if (reader.offset !== end)
    throw new RangeError(`Tensor "${spec.name}" has a header of ${length} bytes that doesn't fit it.`);
  return spec;
}

function readHeader(reader: Reader): TensorSpec {
  reader.expectTag("TENSOR_V1");
  const name = nameOf(reader.take(reader.uint(2)));
  const dtype = reader.uint(1);
  const rank = reader.uint(1);
  const spec: TensorSpec = { ...name, dtype, dims: Array.from({ length: rank }, () => reader.uint(4)) };
  const byteLength = reader.uint(4);
  if (spec.dims.includes(0) || byteLength !== tensorBytes(spec))
    throw new RangeError(`Tensor "${spec.name}" of dims [${spec.dims.join(", ")}] can't have ${byteLength} bytes.`);
  return spec;
}

/** A name as people read it, with its bytes if they can't be computed from that. */
function nameOf(bytes: Uint8Array): Pick<TensorSpec, "name" | "rawName"> {
  try {
    return { name: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { name: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), rawName: bytes.slice() };
  }
}

class Reader {
  offset = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (this.offset + length > this.#bytes.length)
      throw new RangeError(`The bytes end before byte ${this.offset + length}.`);
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }

  uint(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Reads a tag if it stands here. */
  hasTag(text: string): boolean {
    const found =
      this.offset + 32 <= this.#bytes.length &&
      bytesToHex(this.#bytes.subarray(this.offset, this.offset + 32)) === tag(text);
    if (found) this.offset += 32;
    return found;
  }

  expectTag(text: string): void {
    if (bytesToHex(this.take(32)) !== tag(text))
      throw new RangeError(`There is no ${text} tag at byte ${this.offset - 32}.`);
  }
}
