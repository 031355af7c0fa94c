import { fromHex as hexToBytes } from "ox/Bytes";
import { type OrderedTree, orderedTree } from "../../sdk/tree.ts";
import { fastKeccak } from "../keccak.ts";
import { unsigned } from "../operators/operator.ts";
import type { AdmittedOperator } from "./admit.ts";

/** The tree over the rows of an operator's output. */
export const rowsTree = (
  { rows, width }: Pick<AdmittedOperator, "rows" | "width">,
  elements: Int8Array,
): OrderedTree => {
  const bytes = unsigned(elements);
  const leaves = Array.from({ length: rows }, (_, row) => bytes.subarray(row * width, (row + 1) * width));
  return orderedTree(leaves, fastKeccak);
};

/** A run's trace: the tree whose leaf k is the root of the tree over operator k's rows. Its root is the `traceHash`. */
export const traceTree = (operators: readonly AdmittedOperator[], outputs: readonly Int8Array[]): OrderedTree =>
  orderedTree(operators.map((operator, k) => hexToBytes(rowsTree(operator, outputs[k] as Int8Array).root)));
