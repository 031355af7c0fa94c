import { bytesToHex, type Hex } from "viem";
import { tensorHash } from "../sdk/commitments.ts";
import { decodeTensorHeader, type TensorSpec, tensorBytes, tensorHeader } from "../sdk/layouts.ts";

/** A tensor and the bytes of its elements, little-endian. */
export interface Tensor {
  spec: TensorSpec;
  data: Uint8Array;
}

/** A model has no valid run on an input: a panel member votes INVALID. */
export class InvalidRunError extends Error {
  override name = "InvalidRunError";
}

/** Name of a tensor: keccak256(header ‖ data). Throws when the data doesn't have the length that the spec says. */
export function hashTensor({ spec, data }: Tensor): Hex {
  checkLength(spec, data);
  return tensorHash(tensorHeader(spec), data);
}

/** header ‖ data: the bytes whose hash is the tensor's name, by which it can be fetched. */
export function encodeTensor({ spec, data }: Tensor): Uint8Array {
  checkLength(spec, data);
  const header = tensorHeader(spec);
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}

/** Reads header ‖ data; throws when the header is invalid or the data's length doesn't fit it. */
export function decodeTensor(bytes: Uint8Array): Tensor {
  const { spec, length } = decodeTensorHeader(bytes);
  const data = new Uint8Array(bytes.subarray(length));
  checkLength(spec, data);
  return { spec, data };
}

/**
 * Throws unless `data` can be an input: of the right length, without NaN or Inf where elements are floats, and with no
 * bytes but 0 and 1 where they are bools.
 */
export function checkInput(spec: TensorSpec, data: Uint8Array): void {
  checkLength(spec, data);
  const found = findSpecial(spec, data);
  if (found !== undefined)
    throw new RangeError(`Input "${spec.name}" has ${found.value} at element ${found.index}; it must be finite.`);
  const odd = findOddBool(spec, data);
  if (odd !== undefined)
    throw new RangeError(`Input "${spec.name}" has the byte ${data[odd]} at element ${odd}; a bool is 0 or 1.`);
}

/** The tensor that a model runs on. Throws an {@link InvalidRunError} where the data can't be an input of it. */
export function requireInput(spec: TensorSpec, data: Uint8Array): Tensor {
  try {
    checkInput(spec, data);
    return { spec, data };
  } catch (error) {
    throw new InvalidRunError(`It is no input of the model: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads header ‖ data as {@link requireInput} does the data; throws an {@link InvalidRunError} for another header, too. */
export function readInput(spec: TensorSpec, bytes: Uint8Array): Tensor {
  const header = tensorHeader(spec);
  if (bytesToHex(bytes.subarray(0, header.length)) !== bytesToHex(header))
    throw new InvalidRunError("It is no input of the model: it has another header.");
  return requireInput(spec, bytes.slice(header.length));
}

/**
 * Throws {@link InvalidRunError} when `data` can't be an output: of another length, with a NaN, or with a bool that is
 * neither 0 nor 1. Inf and -0 are kept as they are.
 */
export function checkOutput(spec: TensorSpec, data: Uint8Array): void {
  if (data.length !== tensorBytes(spec))
    throw new InvalidRunError(`Output "${spec.name}" is ${data.length} bytes; its layout says ${tensorBytes(spec)}.`);
  const found = findSpecial(spec, data, "NaN");
  if (found !== undefined)
    throw new InvalidRunError(`Output "${spec.name}" has NaN at element ${found.index}: the run is invalid.`);
  const odd = findOddBool(spec, data);
  if (odd !== undefined)
    throw new InvalidRunError(
      `Output "${spec.name}" has the byte ${data[odd]} at element ${odd}, where a bool is 0 or 1: the run is invalid.`,
    );
}

const BOOL = 9;

/** Position of the first bool that is neither 0 nor 1; undefined where there is none. */
function findOddBool({ dtype }: TensorSpec, data: Uint8Array): number | undefined {
  const found = dtype === BOOL ? data.findIndex((byte) => byte > 1) : -1;
  return found === -1 ? undefined : found;
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function checkLength(spec: TensorSpec, data: Uint8Array): void {
  if (data.length !== tensorBytes(spec))
    throw new RangeError(`Tensor "${spec.name}" needs ${tensorBytes(spec)} bytes; ${data.length} were given.`);
}

/** The bits of a floating-point format's exponent, by ONNX element type. */
const floats: Readonly<Record<number, { bytes: number; exponent: bigint; fraction: bigint }>> = {
  1: { bytes: 4, exponent: 0x7f80_0000n, fraction: 0x007f_ffffn },
  10: { bytes: 2, exponent: 0x7c00n, fraction: 0x03ffn },
  11: { bytes: 8, exponent: 0x7ff0_0000_0000_0000n, fraction: 0x000f_ffff_ffff_ffffn },
};

function findSpecial(spec: TensorSpec, data: Uint8Array, only?: "NaN") {
  const float = floats[spec.dtype];
  if (float === undefined) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let offset = 0; offset < data.length; offset += float.bytes) {
    const bits =
      float.bytes === 8
        ? view.getBigUint64(offset, true)
        : BigInt(float.bytes === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true));
    if ((bits & float.exponent) !== float.exponent) continue;
    const value = (bits & float.fraction) === 0n ? "Inf" : "NaN";
    if (only === undefined || value === only) return { index: offset / float.bytes, value };
  }
  return undefined;
}
