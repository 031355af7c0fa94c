import { fromBytes as bytesToHex } from "ox/Hex";
import type { Hex } from "viem";
import { encodeOperator, type GraphOperator } from "../../../sdk/graphs.ts";
import { type OrderedTree, orderedTree } from "../../../sdk/tree.ts";
import type { AdmittedOperator } from "../../graphModel/admit.ts";
import { signed } from "../../operators/operator.ts";
import type { TracedRun } from "./run.ts";

/** A graph model as the game shows it to the contract. */
export interface GameModel {
  graph: readonly GraphOperator[];
  operators: readonly AdmittedOperator[];
  parameters: readonly (readonly Uint8Array[])[];
}

/** Some bytes with their proof in a tree. */
interface Proven {
  data: Hex;
  proof: Hex[];
}

/** A row that an element rests on, proven up to the trace: `ProvenRow` of the contract. */
interface ProvenRow extends Proven {
  count: bigint;
  node: Hex;
  nodeProof: Hex[];
}

/** An element with all that it rests on: `Element` of the contract. */
export interface ShownElement extends Proven {
  row: bigint;
  column: bigint;
  operator: Proven;
  first: ProvenRow;
  second: ProvenRow;
  parameters: Hex;
  parametersProof: Hex[];
}

/** Where an element stands in a run. */
export interface ElementPlace {
  operator: number;
  row: number;
  column: number;
}

const NO_ROW: ProvenRow = {
  ...{ count: 0n, data: "0x", proof: [], node: `0x${"0".repeat(64)}`, nodeProof: [] },
};

/** The tree over a model's operators. */
export const operatorsTree = (graph: readonly GraphOperator[]): OrderedTree => orderedTree(graph.map(encodeOperator));

/** An operator with its proof against the model's operators: `ProvenOperator` of the contract. */
export const provenOperator = (graph: readonly GraphOperator[], k: number): Proven => ({
  data: bytesToHex(encodeOperator(graph[k] as GraphOperator)),
  proof: operatorsTree(graph).proof(k),
});

/**
 * Shows an element to the contract.
 *
 * @param run A run that agrees with the attested one in all that the element rests on.
 * @param claimed The attested row, with its proof in the operator's node where that was opened at once.
 * @param nodeProof The proof of an operator's node in the attested trace.
 */
export function showElement(
  { graph, operators, parameters }: GameModel,
  run: TracedRun,
  { operator: k, row, column }: ElementPlace,
  claimed: Proven,
  nodeProof: (operator: number) => Hex[],
): ShownElement {
  const operator = operators[k] as AdmittedOperator;
  const { kind, sources } = operator;
  const reads = kind.rowsRead(operator, row, column);
  const provenRow = (source: number | undefined, read: number | undefined): ProvenRow => {
    if (source === undefined || read === undefined) return NO_ROW;
    const tree = run.treeOf(source);
    return {
      ...{ count: BigInt(tree.count), data: bytesToHex(run.rowOf(source, read)), proof: tree.proof(read) },
      ...{ node: tree.root, nodeProof: nodeProof(source) },
    };
  };
  const a =
    reads.first === undefined ? new Int8Array(0) : signed(run.rowOf(sources[0] as number, reads.first as number));
  const parameter = kind.parameterRow(row, column, a);
  const rows = parameters[k] ?? [];
  return {
    ...{ row: BigInt(row), column: BigInt(column), ...claimed },
    operator: provenOperator(graph, k),
    first: provenRow(sources[0], reads.first),
    second: provenRow(sources[1], reads.second),
    parameters: parameter === undefined ? "0x" : bytesToHex(rows[parameter] as Uint8Array),
    parametersProof: parameter === undefined ? [] : orderedTree(rows).proof(parameter),
  };
}
