/** A part of a message under construction. */
export type Field = Uint8Array;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A field of a non-negative integer below 2^53, as a varint. */
export const intField = (number: number, value: number): Field => join([tagOf(number, VARINT), varint(value)]);

/** A field of an int64, negative ones too. */
export function int64Field(number: number, value: bigint): Field {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return join([tagOf(number, VARINT), new Uint8Array([...bytes, Number(rest)])]);
}

/** A field of a 32-bit float. */
export const floatField = (number: number, value: number): Field =>
  join([tagOf(number, FIXED32), new Uint8Array(new Float32Array([value]).buffer)]);

/** A field of bytes, or of a message already written. */
export const bytesField = (number: number, value: Uint8Array): Field =>
  join([tagOf(number, LENGTH_DELIMITED), varint(value.length), value]);

/** A field of UTF-8 text. */
export const textField = (number: number, value: string): Field => bytesField(number, new TextEncoder().encode(value));

/** A message of the given fields in the given order. */
export const message = (...fields: Field[]): Uint8Array => join(fields);

const tagOf = (number: number, wireType: number): Uint8Array => varint(number * 8 + wireType);

function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not an integer from 0 to 2^53 - 1.`);
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return new Uint8Array([...bytes, rest]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
