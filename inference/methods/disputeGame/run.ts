import { fromHex as hexToBytes } from "ox/Bytes";
import { type OrderedTree, orderedTree } from "../../../sdk/tree.ts";
import { rowsTree } from "../../graphModel/trace.ts";
import { type Shape, unsigned } from "../../operators/operator.ts";

/** A run with its trace: the tree over its operators' nodes. */
export interface TracedRun {
  /** Each operator's elements, row by row. */
  outputs: readonly Int8Array[];
  trace: OrderedTree;
  /** The tree over the rows of an operator; it is built each time. */
  treeOf(operator: number): OrderedTree;
  rowOf(operator: number, row: number): Uint8Array;
}

/** Hashes a run, honest or not. */
export function tracedRun(operators: readonly Shape[], outputs: readonly Int8Array[]): TracedRun {
  const treeOf = (k: number): OrderedTree => rowsTree(operators[k] as Shape, outputs[k] as Int8Array);
  return {
    outputs,
    trace: orderedTree(operators.map((_, k) => hexToBytes(treeOf(k).root))),
    treeOf,
    rowOf(k, row) {
      const { width } = operators[k] as Shape;
      return unsigned((outputs[k] as Int8Array).subarray(row * width, (row + 1) * width));
    },
  };
}

/** The tree over a batch's units, whose leaves are their traces. */
export const unitsTree = (runs: readonly Pick<TracedRun, "trace">[]): OrderedTree =>
  orderedTree(runs.map(({ trace }) => hexToBytes(trace.root)));
