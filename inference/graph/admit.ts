import type { Layout, TensorSpec } from "../../sdk/layouts.ts";
import { type Inferred, siteOf, sizeOf, type Value } from "./operator.ts";
import { MalformedModel } from "./protobuf.ts";
import { type DeclaredValue, elementBytes, type GraphNode, type ModelGraph, readGraph } from "./read.ts";
import { limits, operators } from "./rules.ts";

/** What running a model costs; the same on every host. */
export interface Cost {
  /** Multiply-adds. */
  work: number;
  /** Bytes alive at the peak. */
  bytes: number;
}

/**
 * Looks at a model's file before anything of it runs: whether its graph is one that runs at all, which follows from
 * the file's bytes and the layout alone. Returns what a run costs.
 *
 * Throws {@link MalformedModel} with a sentence that names what is not allowed.
 */
export function admitGraph(file: Uint8Array, layout: Layout): Cost {
  const { output, found, cost } = inferGraph(file, layout.input);
  checkDeclared(output, layout.output, "output");
  if (!found) throw new MalformedModel(`Nothing gives the output "${output.name}".`);
  if (found.dtype !== layout.output.dtype || String(found.dims) !== String(layout.output.dims))
    throw new MalformedModel(
      `The output "${output.name}" comes out as ${describeType(found)}; its layout says ${describeType(layout.output)}.`,
    );
  return cost;
}

/** A graph, gone through on an input. */
interface InferredGraph {
  /** As the file declares it. */
  output: DeclaredValue;
  /** As it comes out; undefined where nothing gives it. */
  found: Value | undefined;
  cost: Cost;
}

/** What a file's graph makes of an input. Throws {@link MalformedModel} as {@link admitGraph}, but for the output. */
export function inferGraph(file: Uint8Array, spec: TensorSpec): InferredGraph {
  const graph = readGraph(file);
  const [oldest, newest] = limits.opset;
  if (graph.opset < oldest || graph.opset > newest)
    throw new MalformedModel(
      `The model uses version ${graph.opset} of ONNX's operators; ${oldest} to ${newest} are allowed.`,
    );
  if (graph.nodes.length > limits.nodes)
    throw new MalformedModel(`The model has ${graph.nodes.length} nodes; ${limits.nodes} are allowed.`);
  const values = new Map<string, Value>();
  let bytes = 0;
  for (const constant of graph.constants) {
    define(values, constant.name, { dtype: constant.dtype, dims: constant.dims, constant });
    bytes += bytesOf(values.get(constant.name) as Value);
  }
  const input = onlyOf(graph.inputs, "input");
  checkDeclared(input, spec, "input");
  define(values, input.name, { dtype: spec.dtype, dims: spec.dims });
  const declared = new Map(graph.declared.map((value) => [value.name, value]));
  const cost = runThrough(graph, values, declared, bytes);
  const output = onlyOf(graph.outputs, "output");
  return { output, found: values.get(output.name), cost };
}

/** Goes through the nodes in order: each one's output, the work so far, and what is alive meanwhile. */
function runThrough(
  { nodes, opset, outputs, inputs }: ModelGraph,
  values: Map<string, Value>,
  declared: ReadonlyMap<string, DeclaredValue>,
  constantBytes: number,
): Cost {
  const lastUse = new Map<string, number>();
  for (const [i, node] of nodes.entries()) for (const name of node.inputs) lastUse.set(name, i);
  for (const { name } of outputs) lastUse.set(name, nodes.length);
  const constants = new Set([...values.keys()].filter((name) => name !== inputs[0]?.name));
  let alive = constantBytes + bytesOf(values.get(inputs[0]?.name as string) as Value);
  let peak = alive;
  let work = 0;
  for (const [i, node] of nodes.entries()) {
    const inferred = inferNode(node, opset, values);
    for (const [k, name] of node.outputs.entries()) {
      if (name === "") continue;
      const value = inferred.outputs[k] as Value;
      const fromFile = declared.get(name);
      if (fromFile) checkDeclared(fromFile, { ...value, name }, "value");
      define(values, name, value);
      if (value.constant) constants.add(name);
      alive += bytesOf(value);
    }
    peak = Math.max(peak, alive + (inferred.workspace ?? 0));
    work += inferred.work;
    if (peak > limits.bytes)
      throw new MalformedModel(`The model needs ${peak} bytes at once at node ${i}; ${limits.bytes} are allowed.`);
    if (work > limits.work)
      throw new MalformedModel(`The model takes ${work} multiply-adds up to node ${i}; ${limits.work} are allowed.`);
    for (const name of new Set([...node.inputs, ...node.outputs]))
      if (name !== "" && !constants.has(name) && (lastUse.get(name) ?? i) <= i)
        alive -= bytesOf(values.get(name) as Value);
  }
  return { work, bytes: peak };
}

function inferNode(node: GraphNode, opset: number, values: ReadonlyMap<string, Value>): Inferred {
  const { operator: name } = node;
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw new MalformedModel(`The operator ${name} is not allowed.`);
  if ((operator.since ?? 0) > opset)
    throw new MalformedModel(`The operator ${name} is not part of version ${opset} of ONNX's operators.`);
  const attributes = node.readAttributes();
  for (const [attribute, { kind }] of attributes)
    if (operator.attributes?.[attribute] !== kind)
      throw new MalformedModel(`A node ${name} has an attribute "${attribute}" that is not allowed.`);
  const inputs = node.inputs.map((input) => {
    const value = input === "" ? undefined : values.get(input);
    if (input !== "" && !value)
      throw new MalformedModel(`A node ${name} reads "${input}", which nothing before it gives.`);
    return value;
  });
  while (inputs.length > 0 && inputs.at(-1) === undefined) inputs.pop();
  checkCount(inputs.length, operator.inputs, `A node ${name} has`, "inputs");
  checkCount(node.outputs.length, operator.outputs ?? [1, 1], `A node ${name} has`, "outputs");
  const inferred = operator.infer(siteOf(name, opset, inputs, node.outputs.length, attributes));
  for (const { dtype } of inferred.outputs)
    if (elementBytes[dtype] === undefined)
      throw new MalformedModel(`A node ${name} gives the element type ${dtype}, which is not allowed.`);
  return inferred;
}

function checkCount(count: number, [least, most]: readonly [number, number], who: string, what: string): void {
  if (count < least || count > most)
    throw new MalformedModel(`${who} ${count} ${what}; ${least === most ? least : `${least} to ${most}`} are allowed.`);
}

function define(values: Map<string, Value>, name: string, value: Value): void {
  if (name === "" || values.has(name)) throw new MalformedModel(`The graph names "${name}" twice.`);
  values.set(name, value);
}

function onlyOf(found: readonly DeclaredValue[], role: string): DeclaredValue {
  const [only] = found;
  if (!only || found.length !== 1)
    throw new MalformedModel(`The model has ${found.length} ${role}s; it must have one.`);
  return only;
}

/** Where a file leaves a dimension open, or the rank, the layout says it. */
function checkDeclared({ name, dtype, dims }: DeclaredValue, spec: TensorSpec, role: string): void {
  if (spec.rawName) throw new MalformedModel(`The layout's ${role} has a name that is no UTF-8 text.`);
  if (name !== spec.name) throw new MalformedModel(`The model's ${role} is "${name}"; its layout says "${spec.name}".`);
  const fits =
    dims === undefined ||
    (dims.length === spec.dims.length && dims.every((dim, i) => dim === undefined || dim === spec.dims[i]));
  if (dtype !== spec.dtype || !fits)
    throw new MalformedModel(
      `The model's ${role} "${name}" is declared as ${describeType({ dtype, dims })}; it is ${describeType(spec)}.`,
    );
}

/** "float32[1, 4]" */
export const describeType = ({
  dtype,
  dims,
}: {
  dtype: number;
  dims: readonly (number | undefined)[] | undefined;
}): string => `${typeNames[dtype] ?? `type ${dtype}`}[${dims?.map((dim) => dim ?? "?").join(", ") ?? "?"}]`;

const typeNames: Readonly<Record<number, string>> = {
  ...{ 1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool" },
  ...{ 10: "float16", 11: "float64", 12: "uint32", 13: "uint64" },
};

const bytesOf = (value: Value): number => sizeOf(value) * (elementBytes[value.dtype] ?? 0);
