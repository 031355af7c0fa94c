import { CONSTANT_BYTES } from "../../sdk/graphs.ts";
import type { State } from "./state.ts";
import type { Writer } from "./writer.ts";

/** An operator's output: rows × width int8 elements. */
export interface Shape {
  rows: number;
  width: number;
}

/** Widest output of an operator. */
export const MAX_WIDTH = 4095;

/** How a constant stands in an operator's bytes. */
type Field = "u8" | "u16" | "i16";

/** An operator's constants by name. */
export type Constants<Name extends string = string> = Readonly<Record<Name, number>>;

/** An operator within a graph, with the shapes of what it reads. */
export interface Placed<C extends Constants = Constants> extends Shape {
  constants: C;
  reads: readonly Shape[];
}

/** Width of the first operator that is read. */
export const widthRead = ({ reads: [a] }: Pick<Placed, "reads">): number => a?.width ?? 0;

/** What parameter rows an operator has. */
interface ParameterRows {
  count: number;
  /** Bytes of each. */
  length: number;
}

/** Where an operator's elements are computed: its place, what it reads, and what its parameter rows were made into. */
export interface Site<C extends Constants, P> extends Placed<C> {
  /** Elements of the operators that it reads, row by row; empty where it reads none. */
  a: Int8Array;
  b: Int8Array;
  out: Int8Array;
  parameters: P;
}

/** Rows that an element rests on, of each operator that is read; undefined where it rests on none. */
interface RowsRead {
  first?: number;
  second?: number;
}

/**
 * A kind of operator: all that docs/graph-profile.md says of it. `P` is what its parameter rows are made into before it
 * runs; `C` its constants.
 */
export interface OperatorKind<C extends Constants = Constants, P = unknown> {
  kind: number;
  name: string;
  /** Its constants in the order of their bytes. */
  fields: readonly (readonly [string, Field])[];
  /** How many operators it reads. */
  reads(constants: C): number;
  /** Whether its shape follows from those that it reads. */
  fits(placed: Placed<C>): boolean;
  /** Whether its constants are within their bounds; asked where it fits. */
  isBounded(placed: Placed<C>, readKinds: readonly string[], readConstants: readonly Constants[]): boolean;
  /** Undefined for a kind without parameter rows. */
  parameters(placed: Placed<C>): ParameterRows | undefined;
  /** Whether a parameter row of the right length is well-formed. */
  isWellFormed(row: Uint8Array): boolean;
  /** What its elements rest on in a generation; undefined where they look ahead. */
  state(placed: Placed<C>, reads: readonly State[]): State | undefined;
  /** The rows that an element rests on. */
  rowsRead(placed: Placed<C>, row: number, column: number): RowsRead;
  /** The parameter row that it rests on, which may hang on the row of `a` that it reads; undefined for none. */
  parameterRow(row: number, column: number, a: Int8Array): number | undefined;
  /** Makes something of its parameter rows to compute with; a malformed one stands for elements that are 0. */
  prepare(rows: readonly Uint8Array[], placed: Placed<C>): P;
  /** Computes the columns `from` to `to` of a row. */
  fill(site: Site<C, P>, row: number, from: number, to: number): void;
  /** Writes its part of the ONNX file. */
  write(to: Writer, placed: Placed<C>, rows: readonly Uint8Array[]): void;
  /** Its parameter rows, from the constants of its part of an ONNX file; what isn't such a file gives any bytes. */
  rowsOf(constant: (part: string) => Uint8Array, placed: Placed<C>): Uint8Array[];
}

/** What most kinds have in common. */
const usual = {
  fields: [],
  reads: () => 1,
  isBounded: () => true,
  parameters: () => undefined,
  isWellFormed: () => true,
  rowsRead: (_: unknown, row: number) => ({ first: row }),
  parameterRow: () => undefined,
  prepare: () => undefined,
  rowsOf: () => [],
};

type Usual = keyof typeof usual;

/** What a kind says of itself, and what of {@link usual} it says otherwise. */
type Own<C extends Constants, P> = Omit<OperatorKind<C, P>, Usual> &
  Partial<Omit<Pick<OperatorKind<C, P>, Usual>, "fields">> & {
    fields?: readonly (readonly [keyof C & string, Field])[];
  };

/** A kind, from what is its own. */
export const defineOperator = <C extends Constants, P = undefined>(own: Own<C, P>): OperatorKind<C, P> => ({
  ...(usual as unknown as Pick<OperatorKind<C, P>, Usual>),
  ...own,
});

const sizes: Readonly<Record<Field, number>> = { u8: 1, u16: 2, i16: 2 };

/** A kind's constants as an operator's bytes hold them, and whether the bytes beyond them are 0. */
export function decodeConstants({ fields }: OperatorKind, bytes: Uint8Array): { values: Constants; isPadded: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: Record<string, number> = {};
  let at = 0;
  for (const [name, field] of fields) {
    values[name] = field === "u8" ? view.getUint8(at) : field === "u16" ? view.getUint16(at) : view.getInt16(at);
    at += sizes[field];
  }
  return { values, isPadded: bytes.subarray(at).every((byte) => byte === 0) };
}

/** Inverse of {@link decodeConstants}. Throws for a number that its field doesn't hold. */
export function encodeConstants({ name: kind, fields }: OperatorKind, constants: Constants): Uint8Array {
  const bytes = new Uint8Array(CONSTANT_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [name, field] of fields) {
    const value = constants[name] ?? 0;
    const span = 256 ** sizes[field];
    const [least, most] = field === "i16" ? [-span / 2, span / 2 - 1] : [0, span - 1];
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`"${name}" of an operator ${kind} is ${value}; it is from ${least} to ${most}.`);
    if (field === "u8") view.setUint8(at, value);
    else view.setUint16(at, value);
    at += sizes[field];
  }
  return bytes;
}

/** The nearest int8. */
export const clamp = (value: number): number => Math.max(-128, Math.min(127, value));

/** A byte as an index, 0 to 255. */
export const u8 = (element: number | undefined): number => (element as number) & 255;

/** A parameter row's bytes as int8 elements. */
export const signed = (bytes: Uint8Array): Int8Array => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** Int8 elements as bytes. */
export const unsigned = (elements: Int8Array): Uint8Array =>
  new Uint8Array(elements.buffer, elements.byteOffset, elements.length);

/** Rows of one length, one after another, as int8; a row of another length is zeros. */
export function stacked(rows: readonly Uint8Array[], length: number): Int8Array {
  const elements = new Int8Array(rows.length * length);
  for (const [i, row] of rows.entries()) if (row.length === length) elements.set(signed(row), i * length);
  return elements;
}

/** Bytes cut into `count` rows. */
export const cut = (bytes: Uint8Array, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => bytes.slice((i * bytes.length) / count, ((i + 1) * bytes.length) / count));
