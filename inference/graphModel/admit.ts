import { ZERO_HASH } from "../../sdk/commitments.ts";
import { type GraphOperator, READS_NONE } from "../../sdk/graphs.ts";
import { INT8, type Layout, type TensorSpec, tensorBytes } from "../../sdk/layouts.ts";
import { operatorKinds } from "../operators/index.ts";
import { decodeConstants, MAX_WIDTH, type OperatorKind, type Placed } from "../operators/operator.ts";
import type { State } from "../operators/state.ts";

/** Why an operator is refused; its number is what `OperatorRefused` says. */
export const whys = ["kind", "reads", "shape", "constants", "parameters", "time"] as const;

export type Why = (typeof whys)[number];

/** A graph that is not admitted: the first operator that breaks a rule, and the first rule that it breaks. */
export class GraphRefusal extends RangeError {
  override name = "GraphRefusal";
  /** Undefined where it is not about one operator. */
  readonly operator: number | undefined;
  readonly why: Why | undefined;

  constructor(message: string, operator?: number, why?: Why) {
    super(message);
    this.operator = operator;
    this.why = why;
  }
}

/** An operator of an admitted graph. */
export interface AdmittedOperator extends Placed {
  kind: OperatorKind;
  /** Numbers of the operators that it reads. */
  sources: readonly number[];
  /** What it rests on; undefined where the graph is no generation. */
  state: State | undefined;
}

/** A graph has at most this many operators. */
const MAX_OPERATORS = 1024;

/** Bytes of all operators' outputs together. */
const MAX_TRACE = 2 ** 28;

const MAX_DIMS = 8;

/** Checks a graph by every rule of docs/graph-profile.md, as `ModelRegistry` does. Throws a {@link GraphRefusal}. */
export function admitOperators({ graph = [], input, output }: Layout): AdmittedOperator[] {
  const count = graph.length;
  if (count < 2 || count > MAX_OPERATORS)
    throw new GraphRefusal(`The graph has ${count} operators; it has 2 to ${MAX_OPERATORS}.`);
  const admitted: AdmittedOperator[] = [];
  let bytes = 0;
  for (const [index, operator] of graph.entries()) {
    admitted.push(admitOperator(index, operator, admitted, index === count - 1));
    bytes += operator.rows * operator.width;
  }
  if (bytes > MAX_TRACE)
    throw new GraphRefusal(`The operators' outputs have ${bytes} bytes together; at most ${MAX_TRACE} are allowed.`);
  const [first, last] = [admitted[0], admitted.at(-1)] as [AdmittedOperator, AdmittedOperator];
  checkTensor(input, (first.rows - fedOf(admitted)) * first.width);
  checkTensor(output, last.rows * last.width);
  if (input.name === output.name) throw new GraphRefusal(`The input and the output are both named "${input.name}".`);
  return admitted;
}

/** How many bytes of its own output a generation reads; 0 of any other graph. */
export const fedOf = (operators: readonly AdmittedOperator[]): number => operators[0]?.constants.fed ?? 0;

function admitOperator(
  index: number,
  { kind: number, first, second, rows, width, constants: bytes, parameters }: GraphOperator,
  before: readonly AdmittedOperator[],
  isLast: boolean,
): AdmittedOperator {
  const kind = operatorKinds[number];
  const refuse = (why: Why, message: string): never => {
    throw new GraphRefusal(`Operator ${index} ${message}.`, index, why);
  };
  if (!kind) return refuse("kind", `is of kind ${number}; kinds are 0 to ${operatorKinds.length - 1}`);
  if ((index === 0) !== (kind.name === "input"))
    return refuse("kind", `is ${kind.name}; operator 0 is the input, and no other is`);
  if (isLast && kind.name === "constant") return refuse("kind", "is a constant, and the last one");
  const constants = decodeConstants(kind, bytes);
  const wanted = kind.reads(constants.values);
  const sources = [first, second].slice(0, wanted);
  if (sources.some((source) => source >= index))
    return refuse("reads", `(${kind.name}) reads ${sources.join(" and ")}; it may read those before it`);
  if ([first, second].slice(wanted).some((source) => source !== READS_NONE))
    return refuse("reads", `(${kind.name}) reads more than ${wanted} operators`);
  const read = sources.map((source) => before[source] as AdmittedOperator);
  const placed: Placed = { rows, width, constants: constants.values, reads: read };
  const shapes = read.map((each) => `${each.rows} x ${each.width}`).join(" and ");
  if (rows === 0 || width === 0 || width > MAX_WIDTH)
    return refuse("shape", `(${kind.name}) is ${rows} x ${width}; it is 1 to 65535 x 1 to ${MAX_WIDTH}`);
  if (!kind.fits(placed)) return refuse("shape", `(${kind.name}) is ${rows} x ${width}, which doesn't fit ${shapes}`);
  const isBounded = kind.isBounded(
    placed,
    read.map((each) => each.kind.name),
    read.map((each) => each.constants),
  );
  if (!constants.isPadded || !isBounded)
    return refuse("constants", `(${kind.name}) has constants out of bounds: ${JSON.stringify(constants.values)}`);
  const hasRows = kind.parameters(placed) !== undefined;
  if (hasRows !== (parameters !== ZERO_HASH))
    return refuse(
      "parameters",
      `(${kind.name}) ${hasRows ? "has no root of its parameter rows" : "has parameter rows"}`,
    );
  const isGeneration = (before[0]?.constants ?? constants.values).fed !== 0;
  const state = isGeneration
    ? kind.state(
        placed,
        read.map((each) => each.state as State),
      )
    : undefined;
  if (isGeneration && !(state && (!isLast || isEnd(kind, placed, state, before[0] as AdmittedOperator))))
    return refuse("time", `(${kind.name}) ${isLast ? "is no end of a generation" : "rests on what comes later"}`);
  return { ...placed, kind, sources, state };
}

/** Whether a generation's last operator gives each byte from those before it. */
function isEnd(kind: OperatorKind, { rows }: Placed, state: State, input: AdmittedOperator): boolean {
  const fed = input.constants.fed as number;
  if (kind.name !== "argmax" || rows !== fed + 1) return false;
  return state.time === "still" || (state.time === "rows" && state.late < input.rows - fed);
}

function checkTensor(spec: TensorSpec, bytes: number): void {
  const { name, dtype, dims } = spec;
  if (dtype !== INT8 || dims.length > MAX_DIMS || tensorBytes(spec) !== bytes)
    throw new GraphRefusal(
      `The tensor "${name}" has the element type ${dtype} and the dims [${dims.join(", ")}]; int8 (${INT8}), ${bytes} bytes and at most ${MAX_DIMS} dims are needed.`,
    );
}
