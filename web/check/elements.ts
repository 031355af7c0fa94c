import type { Tensor } from "../../inference/tensors.ts";

type Elements = (view: DataView, at: number) => number | bigint;

// By ONNX element type: bytes an element takes, and how it is read. float16 is shown as its bits.
const readers: Readonly<Record<number, { name: string; bytes: number; read: Elements }>> = {
  1: { name: "float32", bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  2: { name: "uint8", bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { name: "int8", bytes: 1, read: (view, at) => view.getInt8(at) },
  4: { name: "uint16", bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5: { name: "int16", bytes: 2, read: (view, at) => view.getInt16(at, true) },
  6: { name: "int32", bytes: 4, read: (view, at) => view.getInt32(at, true) },
  7: { name: "int64", bytes: 8, read: (view, at) => view.getBigInt64(at, true) },
  9: { name: "bool", bytes: 1, read: (view, at) => view.getUint8(at) },
  10: { name: "float16 (bits)", bytes: 2, read: (view, at) => view.getUint16(at, true) },
  11: { name: "float64", bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  12: { name: "uint32", bytes: 4, read: (view, at) => view.getUint32(at, true) },
  13: { name: "uint64", bytes: 8, read: (view, at) => view.getBigUint64(at, true) },
};

/** `int8[1, 64]`; a type that the protocol doesn't know by its number. */
export const shapeOf = ({ dtype, dims }: { dtype: number; dims: readonly number[] }): string =>
  `${readers[dtype]?.name ?? `type ${dtype}`}[${dims.join(", ")}]`;

/** The first elements of a tensor, at most `most`; none of an element type that can't be read. */
export function elementsOf({ spec, data }: Tensor, most: number): (number | bigint)[] {
  const reader = readers[spec.dtype];
  if (reader === undefined) return [];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const count = Math.min(most, Math.floor(data.length / reader.bytes));
  return Array.from({ length: count }, (_, i) => reader.read(view, i * reader.bytes));
}

/** A tensor's bytes as int8, which the integer profile computes with. */
export const int8Of = ({ data }: Tensor): Int8Array => new Int8Array(data.buffer, data.byteOffset, data.length);
