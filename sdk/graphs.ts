import { fromHex as hexToBytes } from "ox/Bytes";
import { fromBytes as bytesToHex } from "ox/Hex";
import type { Hex } from "viem";
import { orderedTree } from "./tree.ts";

/** One operator of a graph, as its 64 bytes say it; docs/graph-profile.md says what they mean. */
export interface GraphOperator {
  kind: number;
  /** The operators that it reads; {@link READS_NONE} where it reads none. */
  first: number;
  second: number;
  /** The shape of its output, int8. */
  rows: number;
  width: number;
  /** 23 bytes. */
  constants: Uint8Array;
  /** Root of its parameter rows; zero for a kind without any. */
  parameters: Hex;
}

/** Stands in `first` or `second` of an operator that reads nothing there. */
export const READS_NONE = 0xffff;

/** Bytes of an operator. */
export const OPERATOR_BYTES = 64;

/** Bytes that an operator's constants have. */
export const CONSTANT_BYTES = 23;

const CONSTANTS_AT = 9;
const PARAMETERS_AT = CONSTANTS_AT + CONSTANT_BYTES;

/** u8 kind ‖ u16 first ‖ u16 second ‖ u16 rows ‖ u16 width ‖ constants ‖ bytes32 parameters. */
export function encodeOperator({ kind, first, second, rows, width, constants, parameters }: GraphOperator): Uint8Array {
  if (constants.length !== CONSTANT_BYTES)
    throw new RangeError(`An operator has ${CONSTANT_BYTES} bytes of constants; ${constants.length} were given.`);
  const bytes = new Uint8Array(OPERATOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, kind);
  for (const [i, value] of [first, second, rows, width].entries()) {
    if (value > 0xffff)
      throw new RangeError(`An operator of ${rows} x ${width} elements can't be written: it has at most 65535 rows.`);
    view.setUint16(1 + 2 * i, value);
  }
  bytes.set(constants, CONSTANTS_AT);
  bytes.set(hexToBytes(parameters), PARAMETERS_AT);
  return bytes;
}

/** Inverse of {@link encodeOperator}; any 64 bytes are an operator, though not one that is admitted. */
export function decodeOperator(bytes: Uint8Array): GraphOperator {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [first, second, rows, width] = [1, 3, 5, 7].map((at) => view.getUint16(at)) as [number, number, number, number];
  const constants = bytes.slice(CONSTANTS_AT, PARAMETERS_AT);
  const parameters = bytesToHex(bytes.subarray(PARAMETERS_AT));
  return { kind: view.getUint8(0), first, second, rows, width, constants, parameters };
}

/** How many parameter rows an operator has, and how many bytes each. */
export interface ParameterRows {
  count: number;
  length: number;
}

/** What kinds of operators are called, by their number. */
export const operatorNames: readonly string[] = [
  ...[
    "input",
    "constant",
    "embed",
    "linear",
    "table",
    "add",
    "gather",
    "max",
    "transpose",
    "scores",
    "exponents",
    "mix",
  ],
  "argmax",
];

/** Kinds with parameter rows, by their number: `first` is the operator that is read first. */
const parameterKinds: Readonly<
  Record<number, (operator: GraphOperator, first: GraphOperator | undefined) => ParameterRows>
> = {
  1: ({ rows, width }) => ({ count: rows, length: width }),
  2: ({ width }) => ({ count: 256, length: width }),
  3: ({ width }, first) => ({ count: width, length: 6 + (first?.width ?? 0) }),
  4: () => ({ count: 1, length: 256 }),
  10: () => ({ count: 1, length: 256 }),
};

/** The parameter rows of each operator of an admitted graph; undefined for kinds without any. */
export const parameterRowsOf = (graph: readonly GraphOperator[]): (ParameterRows | undefined)[] =>
  graph.map((operator) => parameterKinds[operator.kind]?.(operator, graph[operator.first]));

/** A graph model's `weightsRoot`: the ordered tree over its operators' roots. */
export const graphRoot = (graph: readonly GraphOperator[]): Hex =>
  orderedTree(graph.map(({ parameters }) => hexToBytes(parameters))).root;
