import { ZERO_HASH } from "../../sdk/commitments.ts";
import { type GraphOperator, READS_NONE } from "../../sdk/graphs.ts";
import { encodeRow, INT8, type Layout, type Row, type TensorSpec } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { fastKeccak } from "../keccak.ts";
import { add } from "../operators/add.ts";
import { argmax } from "../operators/argmax.ts";
import { constant } from "../operators/constant.ts";
import { embed } from "../operators/embed.ts";
import { exponents } from "../operators/exponents.ts";
import { gather } from "../operators/gather.ts";
import { input } from "../operators/input.ts";
import { linear } from "../operators/linear.ts";
import { max } from "../operators/max.ts";
import { mix } from "../operators/mix.ts";
import { type Constants, encodeConstants, type OperatorKind, type Shape, unsigned } from "../operators/operator.ts";
import { scores } from "../operators/scores.ts";
import { table } from "../operators/table.ts";
import { transpose } from "../operators/transpose.ts";
import { admitOperators } from "./admit.ts";
import { checkParameters, type GraphModel, graphOnnx } from "./file.ts";

/** A built model: its layout, its rows and its ONNX file. */
export interface BuiltModel extends GraphModel {
  layout: Layout;
  artifact: Uint8Array;
}

/** A tensor's name and dims; its elements are int8. */
export type TensorName = Pick<TensorSpec, "name" | "dims">;

/** Writes a graph, operator by operator: each call adds one and returns its number, by which others read it. */
export class GraphBuilder {
  readonly #operators: GraphOperator[] = [];
  readonly #parameters: Uint8Array[][] = [];
  readonly #heads = new Map<number, Constants>();

  /**
   * Begins with operator 0, the input.
   *
   * @param fed Of a generation, how many of its last rows are its own output's first bytes.
   */
  constructor({ rows, width }: Shape, fed = 0) {
    this.#add(input, [], { rows, width }, { fed });
  }

  /** The shape of an operator's output. */
  shapeOf(operator: number): Shape {
    const found = this.#operators[operator];
    if (!found) throw new RangeError(`There is no operator ${operator} yet.`);
    return { rows: found.rows, width: found.width };
  }

  /** Whether it has heads: `scores` or `exponents`. */
  isAttention(operator: number): boolean {
    return this.#heads.has(operator);
  }

  /** Elements that are the model's own, row by row. */
  constant(rows: readonly Int8Array[]): number {
    const shape = { rows: rows.length, width: rows[0]?.length ?? 0 };
    return this.#add(constant, [], shape, {}, rows.map(unsigned));
  }

  /** @param rows A row for each of the 256 bytes. */
  embed(a: number, rows: readonly Int8Array[]): number {
    const shape = { rows: this.shapeOf(a).rows, width: rows[0]?.length ?? 0 };
    return this.#add(embed, [a], shape, {}, rows.map(unsigned));
  }

  linear(a: number, neurons: readonly Row[]): number {
    const shape = { rows: this.shapeOf(a).rows, width: neurons.length };
    return this.#add(linear, [a], shape, {}, neurons.map(encodeRow));
  }

  /** @param entries What each of the 256 bytes becomes; entry 255 is that of -1. */
  table(a: number, entries: Int8Array): number {
    return this.#add(table, [a], this.shapeOf(a), {}, [unsigned(entries)]);
  }

  /** (m · a + n · b) / 2^shift */
  add(a: number, b: number, constants: { m: number; n: number; shift: number }): number {
    return this.#add(add, [a, b], this.shapeOf(a), constants);
  }

  /** Windows of an image of height · across rows, outAcross of them side by side, `down` below each other. */
  gather(
    a: number,
    {
      down,
      ...window
    }: Record<"height" | "across" | "down" | "outAcross" | "kh" | "kw" | "sy" | "sx" | "top" | "left", number>,
  ): number {
    const width = window.kh * window.kw * this.shapeOf(a).width;
    return this.#add(gather, [a], { rows: down * window.outAcross, width }, window);
  }

  /** Rows `first` to `first + count` of a. */
  pick(a: number, first: number, count: number): number {
    const { rows } = this.shapeOf(a);
    const window = { height: 1, across: rows, down: 1, outAcross: count, kh: 1, kw: 1, sy: 1, sx: 1 };
    return this.gather(a, { ...window, top: 0, left: first });
  }

  /** The largest of each `width` channels that stand side by side. */
  max(a: number, width: number): number {
    return this.#add(max, [a], { rows: this.shapeOf(a).rows, width }, {});
  }

  transpose(a: number): number {
    const { rows, width } = this.shapeOf(a);
    return this.#add(transpose, [a], { rows: width, width: rows }, {});
  }

  /** @param causal 1 if a moment sees none after it, else 0. */
  scores(a: number, b: number, constants: { heads: number; causal: number; shift: number }): number {
    const { rows } = this.shapeOf(a);
    return this.#attention(scores, [a, b], { rows: constants.heads * rows, width: rows }, constants);
  }

  /** @param entries 256 of 0 to 127, by how far a score is below the highest of its row. */
  exponents(a: number, entries: Int8Array): number {
    const { heads, causal } = this.#headsOf(a);
    const constants = { heads, causal } as Constants;
    return this.#attention(exponents, [a], this.shapeOf(a), constants, [unsigned(entries)]);
  }

  /** @param b Values, a channel a row. */
  mix(a: number, b: number, gain: number): number {
    const { rows: width, width: rows } = this.shapeOf(b);
    const constants = { heads: this.#headsOf(a).heads as number, gain };
    return this.#add(mix, [a, b], { rows, width }, constants);
  }

  /** @param ending The byte that ends a text, and the operator of the tokens in which it is looked for. */
  argmax(a: number, ending?: { stop: number; tokens: number }): number {
    const reads = ending ? [a, ending.tokens] : [a];
    const constants = { stops: ending ? 1 : 0, stop: ending?.stop ?? 0 };
    return this.#add(argmax, reads, { rows: this.shapeOf(a).rows, width: 1 }, constants);
  }

  /** The model; the operator added last gives its output. Throws a sentence that names what no rule allows. */
  finish(input: TensorName, output: TensorName): BuiltModel {
    const spec = ({ name, dims }: TensorName): TensorSpec => ({ name, dtype: INT8, dims });
    const layout = { widths: [], graph: this.#operators, input: spec(input), output: spec(output) };
    const operators = admitOperators(layout);
    checkParameters(layout, operators, this.#parameters);
    const model = { operators, parameters: this.#parameters };
    return { layout, ...model, artifact: graphOnnx(layout, model) };
  }

  #headsOf(operator: number): Constants {
    const found = this.#heads.get(operator);
    if (!found) throw new RangeError(`Operator ${operator} has no heads.`);
    return found;
  }

  #attention(kind: OperatorKind, reads: readonly number[], shape: Shape, constants: Constants, rows?: Uint8Array[]) {
    const added = this.#add(kind, reads, shape, constants, rows);
    this.#heads.set(added, constants);
    return added;
  }

  #add(
    kind: OperatorKind,
    [first = READS_NONE, second = READS_NONE]: readonly number[],
    shape: Shape,
    constants: Constants,
    rows: Uint8Array[] = [],
  ): number {
    const parameters = rows.length === 0 ? ZERO_HASH : orderedTree(rows, fastKeccak).root;
    this.#parameters.push(rows);
    const bytes = encodeConstants(kind, constants);
    return this.#operators.push({ kind: kind.kind, first, second, ...shape, constants: bytes, parameters }) - 1;
  }
}
