import { bytesToHex, type Hex } from "viem";
import { admitGraph } from "../../../inference/graph/admit.ts";
import type { AdmittedOperator } from "../../../inference/graphModel/admit.ts";
import type { BuiltModel } from "../../../inference/graphModel/build.ts";
import { fileLayout, graphOnnx, readGraphModel } from "../../../inference/graphModel/file.ts";
import { programOf } from "../../../inference/graphModel/program.ts";
import { unsigned } from "../../../inference/operators/operator.ts";
import type { InferenceRuntime } from "../../../inference/runtime.ts";
import { encodeOperator, type GraphOperator, graphRoot } from "../../../sdk/graphs.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import type { Random } from "../random.ts";
import type { Element, Evm } from "./evm.ts";
import type { Sample } from "./random.ts";

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** What was found of one graph. */
interface Compared {
  /** What differs, in sentences. */
  wrong: string[];
  output: Uint8Array;
}

/** Runs a graph by the reference, its file by onnxruntime-web, and, where there is one, elements of each operator by the EVM. */
export async function compare(
  { model, input }: Sample,
  random: Random,
  runtime: InferenceRuntime,
  evm: Evm | undefined,
): Promise<Compared> {
  const { layout, operators, parameters, artifact } = model;
  const program = programOf(operators, parameters);
  const outputs = program.run(input);
  const wrong: string[] = [];
  const tokens = outputs[0] as Int8Array;
  if (program.fed > 0)
    for (const [k, whole] of program.pass(tokens).entries())
      if (!isSame(unsigned(whole), unsigned(outputs[k] as Int8Array)))
        wrong.push(`Operator ${k} differs step by step.`);
  const files = fileLayout(layout);
  admitGraph(artifact, files);
  if (!isSame(graphOnnx(layout, readGraphModel(layout, artifact)), artifact)) wrong.push("The file is read otherwise.");
  const session = await runtime.open(artifact, files);
  const found = await session.run(unsigned(tokens));
  await session.release();
  const output = unsigned(outputs.at(-1) as Int8Array);
  if (!isSame(found, output)) wrong.push("onnxruntime-web gives another output.");
  if (evm === undefined) return { wrong, output };
  if ((await evm.admit(encodeLayout(layout))) !== graphRoot(layout.graph ?? []))
    wrong.push("The weights root differs.");
  return { wrong: [...wrong, ...(await compareElements(model, outputs, random, evm))], output };
}

/** An operator's first 32 bytes, as a number. */
const wordOf = (operator: GraphOperator): bigint => BigInt(bytesToHex(encodeOperator(operator).subarray(0, 32)));

/** Elements of each operator that the EVM computes. */
const ELEMENTS = 6;

/** An element as the reference computes it. */
export interface Expected extends Element {
  what: string;
  /** What it rests on; null for nothing. */
  first: number | null;
  second: number | null;
  parameter: number | null;
  value: number;
}

async function compareElements(
  model: BuiltModel,
  outputs: readonly Int8Array[],
  random: Random,
  evm: Evm,
): Promise<string[]> {
  const expected = elementsOf(model, outputs, random, ELEMENTS);
  const values = await evm.valuesOf(expected);
  return expected.flatMap(({ what, value }, i) =>
    Number(values[i]) === value ? [] : [`${what} is ${value}; the EVM gives ${values[i]}.`],
  );
}

/** Some elements of each operator of a run; half the operators read what only a forged trace or root may hold. */
export function elementsOf(
  { layout, operators, parameters }: BuiltModel,
  outputs: readonly Int8Array[],
  random: Random,
  count: number,
): Expected[] {
  const expected: Expected[] = [];
  for (const [k, operator] of operators.entries()) {
    if (operator.kind.name === "input") continue;
    const read = operator.sources.map((source) => outputs[source] as Int8Array);
    const rows = parameters[k] as Uint8Array[];
    // Any bytes, and parameter rows that are malformed.
    const isForged = random.chance(0.5);
    const forged = read.map((each) => each.map(() => random.between(-128, 127)));
    const spoilt = rows.map((row) => (random.chance(0.3) ? malformed(row, random) : row));
    const graphOperator = layout.graph?.[k] as GraphOperator;
    for (let i = 0; i < count; i++)
      expected.push(expectedOf(k, graphOperator, operator, isForged ? forged : read, isForged ? spoilt : rows, random));
  }
  return expected;
}

/** A parameter row that is another one, and often none at all. */
function malformed(row: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.3)) return row.subarray(0, random.between(0, row.length - 1));
  const changed = row.slice();
  changed[random.chance(0.5) ? 0 : random.between(0, row.length - 1)] = random.between(0, 255);
  return changed;
}

function expectedOf(
  k: number,
  graphOperator: GraphOperator,
  operator: AdmittedOperator,
  read: readonly Int8Array[],
  parameters: readonly Uint8Array[],
  random: Random,
): Expected {
  const { kind, rows, width, reads } = operator;
  const [row, column] = [random.between(0, rows - 1), random.between(0, width - 1)];
  const none = new Int8Array(0);
  const [a = none, b = none] = read;
  const out = new Int8Array(rows * width);
  kind.fill({ ...operator, a, b, out, parameters: kind.prepare(parameters, operator) }, row, column, column + 1);
  const { first, second } = kind.rowsRead(operator, row, column);
  const rowOf = (elements: Int8Array, index: number | undefined, wide: number): Int8Array =>
    index === undefined ? none : elements.slice(index * wide, (index + 1) * wide);
  const [rowA, rowB] = [rowOf(a, first, reads[0]?.width ?? 0), rowOf(b, second, reads[1]?.width ?? 0)];
  const parameter = kind.parameterRow(row, column, rowA);
  return {
    what: `Operator ${k} (${kind.name}), row ${row}, column ${column}`,
    first: first ?? null,
    second: second ?? null,
    parameter: parameter ?? null,
    value: out[row * width + column] as number,
    op: wordOf(graphOperator),
    row: BigInt(row),
    column: BigInt(column),
    a: hexOf(rowA),
    b: hexOf(rowB),
    parameters: parameter === undefined ? "0x" : bytesToHex(parameters[parameter] as Uint8Array),
  };
}

const hexOf = (elements: Int8Array): Hex => bytesToHex(unsigned(elements));
