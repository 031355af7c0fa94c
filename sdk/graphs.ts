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
  for (const [i, value] of [first, second, rows, width].entries()) view.setUint16(1 + 2 * i, value);
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

/** A graph model's `weightsRoot`: the ordered tree over its operators' roots. */
export const graphRoot = (graph: readonly GraphOperator[]): Hex =>
  orderedTree(graph.map(({ parameters }) => hexToBytes(parameters))).root;
