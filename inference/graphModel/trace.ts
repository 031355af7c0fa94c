import { createKeccak } from "hash-wasm";
import { fromHex as hexToBytes } from "ox/Bytes";
import { type Keccak, type OrderedTree, orderedTree } from "../../sdk/tree.ts";
import { unsigned } from "../operators/operator.ts";
import type { AdmittedOperator } from "./admit.ts";

const hasher = await createKeccak(256);

/** keccak256 in WebAssembly: a trace has so many rows that hashing them in plain JavaScript takes longer than the run. */
const keccak: Keccak = (bytes) => {
  hasher.init();
  hasher.update(bytes);
  return hasher.digest("binary");
};

/** The tree over the rows of an operator's output. */
export const rowsTree = (
  { rows, width }: Pick<AdmittedOperator, "rows" | "width">,
  elements: Int8Array,
): OrderedTree => {
  const bytes = unsigned(elements);
  const leaves = Array.from({ length: rows }, (_, row) => bytes.subarray(row * width, (row + 1) * width));
  return orderedTree(leaves, keccak);
};

/** A run's trace: the tree whose leaf k is the root of the tree over operator k's rows. Its root is the `traceHash`. */
export const traceTree = (operators: readonly AdmittedOperator[], outputs: readonly Int8Array[]): OrderedTree =>
  orderedTree(operators.map((operator, k) => hexToBytes(rowsTree(operator, outputs[k] as Int8Array).root)));
