import { fromHex as hexToBytes } from "ox/Bytes";
import { type OrderedTree, orderedTree } from "../../../sdk/tree.ts";
import { rowsTree } from "../../graphModel/trace.ts";
import { type Shape, unsigned } from "../../operators/operator.ts";

/** A run with its trace: the tree over its operators' nodes. */
export interface TracedRun {
  /** Each operator's elements, row by row. */
  outputs: readonly Int8Array[];
  trace: OrderedTree;
  /** The tree over the rows of an operator; those asked for last are kept. */
  treeOf(operator: number): OrderedTree;
  rowOf(operator: number, row: number): Uint8Array;
}

/** Trees that are kept: what one element rests on, and what stands before it. */
const KEPT = 6;

/** Hashes a run, honest or not. */
export function tracedRun(operators: readonly Shape[], outputs: readonly Int8Array[]): TracedRun {
  const kept = new Map<number, OrderedTree>();
  const treeOf = (k: number): OrderedTree => {
    const tree = kept.get(k) ?? rowsTree(operators[k] as Shape, outputs[k] as Int8Array);
    kept.delete(k);
    kept.set(k, tree);
    for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
    return tree;
  };
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
