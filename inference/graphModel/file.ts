import type { Layout } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { readGraph } from "../graph/read.ts";
import { fastKeccak } from "../keccak.ts";
import { encodeOnnx, ONNX_INT32 } from "../onnx.ts";
import { int32Bytes, OUTPUT, shared, type Written, writerOf } from "../operators/writer.ts";
import { type AdmittedOperator, admitOperators, fedOf } from "./admit.ts";

/** A graph that is admitted, with the parameter rows of each operator. */
export interface GraphModel {
  operators: AdmittedOperator[];
  parameters: Uint8Array[][];
}

/**
 * Tensors of a graph's ONNX file. They are the layout's, except that a generation's file reads all of operator 0: the
 * prompt and what comes out.
 */
export function fileLayout(layout: Layout): Layout {
  const { input, output, graph } = layout;
  const operators = graph ? admitOperators(layout) : [];
  const isGeneration = operators.length > 0 && fedOf(operators) > 0;
  const dims = isGeneration ? [operators[0]?.rows as number, 1] : input.dims;
  return { widths: [], input: { ...input, dims }, output };
}

/**
 * The one ONNX file of a graph model, byte for byte: docs/graph-profile.md says how it is made. The parameter rows must
 * be well-formed.
 */
export function graphOnnx(layout: Layout, { operators, parameters }: GraphModel): Uint8Array {
  const written: Written = { constants: [], nodes: [] };
  for (const [value, name] of Object.entries(shared).sort(([a], [b]) => Number(a) - Number(b)))
    written.constants.push({ name, dtype: ONNX_INT32, dims: [], data: int32Bytes([Number(value)]) });
  const { input, output } = fileLayout(layout);
  const reshape = (index: number, part: string, dims: readonly number[], from: string, to: string) => {
    const shape = writerOf(written, index, "", "").int64(part, dims);
    written.nodes.push({ op: "Reshape", inputs: [from, shape], output: to });
  };
  const nameOf = (index: number | undefined) => `${index} ${OUTPUT}`;
  for (const [k, operator] of operators.entries()) {
    const { kind, rows, width, sources } = operator;
    if (k === 0) reshape(0, "shape", [rows, width], input.name, nameOf(0));
    else kind.write(writerOf(written, k, nameOf(sources[0]), nameOf(sources[1])), operator, parameters[k] ?? []);
  }
  const last = operators.length - 1;
  reshape(last, "output", output.dims, nameOf(last), output.name);
  return encodeOnnx({ name: "graph", ...written, input, output });
}

/**
 * Takes a graph model's parameter rows out of its ONNX file. Throws a sentence that names what is wrong where the graph
 * is not admitted, or a row is malformed or not the graph's. Whether the file is the one that they make is not looked at.
 */
export function readGraphModel(layout: Layout, artifact: Uint8Array): GraphModel {
  const operators = admitOperators(layout);
  const constants = new Map(readGraph(artifact).constants.map(({ name, raw }) => [name, raw]));
  const parameters = operators.map((operator, k) =>
    operator.kind.rowsOf((part) => {
      const found = constants.get(`${k} ${part}`);
      if (!found) throw new Error(`The file has no constant "${k} ${part}", which the graph needs.`);
      return found;
    }, operator),
  );
  checkParameters(layout, operators, parameters);
  return { operators, parameters };
}

/** Throws unless every operator has the parameter rows that its root names, and all are well-formed. */
export function checkParameters(
  { graph = [] }: Layout,
  operators: readonly AdmittedOperator[],
  parameters: readonly (readonly Uint8Array[])[],
): void {
  for (const [k, operator] of operators.entries()) {
    const wanted = operator.kind.parameters(operator);
    const rows = parameters[k] ?? [];
    if (rows.length !== (wanted?.count ?? 0))
      throw new Error(`Operator ${k} has ${rows.length} parameter rows; it needs ${wanted?.count ?? 0}.`);
    if (!wanted) continue;
    for (const [i, row] of rows.entries())
      if (row.length !== wanted.length)
        throw new Error(`Parameter row ${i} of operator ${k} has ${row.length} bytes; ${wanted.length} are needed.`);
      else if (!operator.kind.isWellFormed(row))
        throw new Error(`Parameter row ${i} of operator ${k} (${operator.kind.name}) is malformed.`);
    const { root } = orderedTree(rows, fastKeccak);
    if (root !== graph[k]?.parameters)
      throw new Error(`Operator ${k}'s parameter rows have the root ${root}; the graph says ${graph[k]?.parameters}.`);
  }
}
