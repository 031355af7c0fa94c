import { bytesToHex, type Hex } from "viem";
import { type AdmittedOperator, admitOperators, GraphRefusal, type Why } from "../../inference/graphModel/admit.ts";
import { type BuiltModel, GraphBuilder } from "../../inference/graphModel/build.ts";
import { programOf } from "../../inference/graphModel/program.ts";
import { rowsTree, traceTree } from "../../inference/graphModel/trace.ts";
import { unsigned } from "../../inference/operators/operator.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { type GraphOperator, graphRoot, READS_NONE } from "../../sdk/graphs.ts";
import { encodeLayout, type Layout, type Row, type TensorSpec } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { elementsOf } from "../simulator/graphs/compare.ts";
import { computedKinds, randomGeneration, randomGraph, randomOperator } from "../simulator/graphs/random.ts";
import { createRandom } from "../simulator/random.ts";

/** Elements of every kind, whose last operator is of it: each with all that it rests on. */
function elements() {
  const random = createRandom(23);
  return computedKinds.flatMap((kind) =>
    Array.from({ length: 4 }, () => {
      const { model, input } = randomOperator(random, kind);
      const outputs = programOf(model.operators, model.parameters).run(input);
      const found = elementsOf(model, outputs, random, 2).filter(({ what }) => what.includes(`(${kind})`));
      return found.slice(-2).map(({ what: _, ...element }) => ({ kind, ...element }));
    }).flat(),
  );
}

const neuron = (inputs: number): Row => ({ shift: 4, lo: -128, bias: 0, weights: new Int8Array(inputs).fill(1) });
const neurons = (count: number, inputs: number) => Array.from({ length: count }, () => neuron(inputs));
const rowsOf = (count: number, width: number) => Array.from({ length: count }, () => new Int8Array(width).fill(1));

/** A random small language model's run, with the root of its trace. */
function traces() {
  const random = createRandom(8);
  return [randomGraph(random), randomGeneration(random)].map(({ model, input }) => {
    const program = programOf(model.operators, model.parameters);
    const outputs = program.run(input);
    const nodes = outputs.map((output, k) => rowsTree(model.operators[k] as AdmittedOperator, output).root);
    return {
      graph: bytesToHex(encodeLayout(model.layout)),
      outputs: outputs.map((output) => bytesToHex(unsigned(output))),
      nodes,
      traceHash: traceTree(model.operators, outputs).root,
    };
  });
}

/** 0 input 4 x 4, 1 linear 4 x 4, 2 transpose, 3 scores, 4 exponents, 5 mix, 6 add, 7 gather 4 x 16, 8 max, 9 argmax. */
function plain(): Layout {
  const to = new GraphBuilder({ rows: 4, width: 4 });
  to.linear(0, neurons(4, 4));
  to.transpose(1);
  to.scores(0, 1, { heads: 2, causal: 0, shift: 3 });
  to.exponents(3, new Int8Array(256).fill(1));
  to.mix(4, 2, 1);
  to.add(0, 5, { m: 1, n: -1, shift: 1 });
  to.gather(6, { height: 2, across: 2, down: 2, outAcross: 2, kh: 2, kw: 2, sy: 1, sx: 1, top: 0, left: -1 });
  to.max(7, 4);
  to.argmax(8);
  return to.finish({ name: "x", dims: [4, 4] }, { name: "y", dims: [4] }).layout;
}

/** 0 input 6 x 1, 1 embed, 2 constant, 3 add, 4 scores, 5 exponents, 6 transpose, 7 mix, 8 gather, 9 linear, 10 gather, 11 argmax. */
function text(causal = 1): Layout {
  const [prompt, fed] = [3, 3];
  const to = new GraphBuilder({ rows: prompt + fed, width: 1 }, fed);
  to.embed(0, rowsOf(256, 2));
  to.constant(rowsOf(6, 2));
  to.add(1, 2, { m: 1, n: 1, shift: 1 });
  to.scores(3, 3, { heads: 1, causal, shift: 3 });
  to.exponents(4, new Int8Array(256).fill(1));
  to.transpose(3);
  to.mix(5, 6, 0);
  to.pick(7, prompt - 1, fed + 1);
  to.linear(8, neurons(256, 2));
  const tokens = to.pick(0, prompt - 1, fed + 1);
  to.argmax(9, { stop: 10, tokens });
  return to.finish({ name: "prompt", dims: [1, 3] }, { name: "text", dims: [1, 4] }).layout;
}

/**
 * A generation of which much rests on no token. 0 input 6 x 1, 1 embed, 2 constant, 3 transpose, 4 transpose, 5 scores,
 * 6 exponents, 7 mix, 8 gather, 9 scores of tokens, 10 exponents, 11 mix with what rests on none, 12 add, 13 add, 14 transpose,
 * 15 transpose, 16 gather, 17 linear, 18 argmax.
 */
function still(): Layout {
  const [prompt, fed] = [3, 3];
  const to = new GraphBuilder({ rows: prompt + fed, width: 1 }, fed);
  const entries = new Int8Array(256).fill(1);
  to.embed(0, rowsOf(256, 2));
  to.constant(rowsOf(6, 2));
  to.transpose(2);
  to.transpose(3);
  to.exponents(to.scores(2, 2, { heads: 1, causal: 0, shift: 3 }), entries);
  to.pick(to.mix(6, 3, 0), 0, 6);
  to.exponents(to.scores(1, 1, { heads: 1, causal: 1, shift: 3 }), entries);
  to.add(8, to.mix(10, 3, 0), { m: 1, n: 1, shift: 1 });
  to.add(4, 12, { m: 1, n: 1, shift: 1 });
  to.pick(to.transpose(to.transpose(13)), prompt - 1, fed + 1);
  to.argmax(to.linear(16, neurons(256, 2)));
  return to.finish({ name: "prompt", dims: [1, 3] }, { name: "text", dims: [1, 4] }).layout;
}

/** A graph of an input and one operator behind it. */
function pair(rows: number, width: number, make: (to: GraphBuilder) => void, output: readonly number[]): Layout {
  const to = new GraphBuilder({ rows, width });
  make(to);
  return to.finish({ name: "x", dims: [rows, width] }, { name: "y", dims: output }).layout;
}

type Change = Partial<GraphOperator>;

/** A graph with operators changed, by their numbers. */
const changed = (layout: Layout, changes: Readonly<Record<number, Change>>): Layout => ({
  ...layout,
  graph: (layout.graph ?? []).map((operator, k) => ({ ...operator, ...changes[k] })),
});

/** Constants with some bytes, the rest being 0. */
const constants = (...bytes: number[]): Change => ({
  constants: Uint8Array.from({ length: 23 }, (_, i) => bytes[i] ?? 0),
});

const unused = (layout: Layout, k: number): Layout => {
  const found = (layout.graph ?? [])[k] as GraphOperator;
  return changed(layout, { [k]: { constants: found.constants.map((byte, i) => (i === 22 ? 1 : byte)) } });
};

const ROOT: Hex = `0x${"11".repeat(32)}`;

interface GraphCase {
  name: string;
  layout: Layout;
  /** What refuses it: an operator and why, or an error of another name; undefined where it is admitted. */
  refused?: [number, Why] | string;
}

function graphCases(): GraphCase[] {
  const [a, b] = [plain(), text()];
  const operator = (name: string, k: number, change: Change, why: Why, of = a): GraphCase => ({
    name,
    layout: changed(of, { [k]: change }),
    refused: [k, why],
  });
  const tensor = (name: string, change: Partial<Record<"input" | "output", Partial<TensorSpec>>>, refused: string) => ({
    name,
    layout: { ...a, input: { ...a.input, ...change.input }, output: { ...a.output, ...change.output } },
    refused,
  });
  const one = (values: Int8Array) => (to: GraphBuilder) => void to.table(0, values);
  const entries = new Int8Array(256);
  const widest = pair(1, 4095, one(entries), [4095]);
  const tallest = pair(65_535, 1, one(entries), [65_535]);
  return [
    { name: "a plain graph", layout: a },
    { name: "a generation", layout: b },
    { name: "a generation of which much rests on no token", layout: still() },
    { name: "the widest output", layout: widest },
    { name: "the most rows", layout: tallest },
    { name: "weights and values of the most moments", layout: attention(4095, 3) },
    operator("an unknown kind", 1, { kind: 13 }, "kind"),
    operator("a second input", 1, { kind: 0, first: READS_NONE, parameters: ZERO_HASH }, "kind"),
    operator("no input", 0, { kind: 1 }, "kind"),
    { name: "a constant at the end", layout: pairOfConstant(), refused: [1, "kind"] },
    operator("a read of what comes later", 1, { first: 2 }, "reads"),
    operator("a read of itself", 1, { first: 1 }, "reads"),
    { name: "a circle", layout: changed(a, { 1: { first: 2 }, 2: { first: 1 } }), refused: [1, "reads"] },
    operator("a second read of what comes later", 3, { second: 6 }, "reads"),
    operator("a read of nothing", 1, { first: READS_NONE }, "reads"),
    operator("a read too many", 1, { second: 0 }, "reads"),
    operator("an input that reads", 0, { first: 0 }, "reads"),
    operator("no rows", 1, { rows: 0 }, "shape"),
    operator("no width", 1, { width: 0 }, "shape"),
    operator("a width of 4,096", 1, { width: 4096 }, "shape"),
    operator("a linear of other rows", 1, { rows: 3 }, "shape"),
    operator("a transpose that isn't turned", 2, { rows: 3 }, "shape"),
    operator("scores of other moments", 3, { width: 3 }, "shape"),
    operator("exponents of another shape", 4, { rows: 4 }, "shape"),
    operator("a mix of other channels", 5, { width: 2 }, "shape"),
    operator("an add of two shapes", 6, { rows: 2 }, "shape"),
    operator("a window of another width", 7, { width: 12 }, "shape"),
    operator("a max of another width", 8, { width: 3 }, "shape"),
    operator("an argmax of two columns", 9, { width: 2 }, "shape"),
    operator("an embed of two columns", 1, { kind: 2 }, "shape"),
    operator("a table of another shape", 1, { kind: 4, width: 2 }, "shape"),
    operator("tokens of other rows", 11, { second: 0 }, "shape", b),
    {
      name: "an argmax of 257 classes",
      layout: changed(pair(1, 257, one(entries), [257]), { 1: { kind: 12, width: 1, parameters: ZERO_HASH } }),
      refused: [1, "shape"],
    },
    ...[0, 1, 3, 4, 5, 6, 7, 8, 9].map(
      (k): GraphCase => ({
        name: `a byte behind operator ${k}'s constants`,
        layout: unused(a, k),
        refused: [k, "constants"],
      }),
    ),
    operator("an add that shifts by 0", 6, constants(0, 1, 0, 1, 0), "constants"),
    operator("an add that shifts by 23", 6, constants(0, 1, 0, 1, 23), "constants"),
    operator("a window over another image", 7, constants(0, 2, 0, 3, 0, 2, 2, 2, 1, 1), "constants"),
    operator("windows that fill no rows", 7, constants(0, 2, 0, 2, 0, 3, 2, 2, 1, 1), "constants"),
    operator("windows that stand nowhere", 7, constants(0, 2, 0, 2, 0, 0, 2, 2, 1, 1), "constants"),
    operator("windows that don't move down", 7, constants(0, 2, 0, 2, 0, 2, 2, 2, 0, 1), "constants"),
    operator("windows that don't move across", 7, constants(0, 2, 0, 2, 0, 2, 2, 2, 1, 0), "constants"),
    operator("scores of no heads", 3, constants(0, 0, 0, 3), "constants"),
    operator("heads that don't divide the channels", 3, constants(0, 3, 0, 3), "constants"),
    operator("scores of fewer rows than heads ask", 3, constants(0, 4, 0, 3), "constants"),
    operator("scores that are causal twice", 3, constants(0, 2, 2, 3), "constants"),
    operator("scores that shift by 0", 3, constants(0, 2, 0, 0), "constants"),
    operator("scores that shift by 27", 3, constants(0, 2, 0, 27), "constants"),
    operator("exponents of other heads", 4, constants(0, 1, 0), "constants"),
    operator("exponents that are causal twice", 4, constants(0, 2, 2), "constants"),
    operator("a mix of scores", 5, { first: 3 }, "constants"),
    operator("a mix of other heads", 5, constants(0, 1, 1), "constants"),
    operator("a gain of 8", 5, constants(0, 2, 8), "constants"),
    { name: "a gain that leaves 30 bits", layout: attention(4095, 3, 4), refused: [4, "constants"] },
    operator("an argmax that stops twice", 11, constants(2, 10), "constants", b),
    operator("a stop byte without stopping", 9, constants(0, 10), "constants"),
    operator("as many fed rows as there are", 0, constants(0, 6), "constants", b),
    operator("fed rows of an image", 0, constants(0, 1), "constants"),
    operator("a linear without a root", 1, { parameters: ZERO_HASH }, "parameters"),
    operator("a transpose with a root", 2, { parameters: ROOT }, "parameters"),
    operator("an input with a root", 0, { parameters: ROOT }, "parameters"),
    { name: "attention to what comes later", layout: changed(b, { 4: constants(0, 1, 0, 3) }), refused: [4, "time"] },
    operator("weights of what comes later", 5, constants(0, 1, 0), "time", b),
    {
      name: "weights that rest on no token, of values that do",
      layout: changed(still(), { 3: { first: 1 } }),
      refused: [7, "time"],
    },
    operator("a window into what comes later", 8, constants(0, 1, 0, 6, 0, 2, 1, 1, 1, 1), "time", b),
    {
      name: "an end that sees its own byte",
      layout: changed(b, { 8: constants(0, 1, 0, 6, 0, 4, 1, 1, 1, 1, 0, 0, 0, 3) }),
      refused: [11, "time"],
    },
    operator(
      "a linear over time",
      7,
      { kind: 3, first: 6, second: READS_NONE, rows: 2, parameters: ROOT, constants: new Uint8Array(23) },
      "time",
      b,
    ),
    operator("values that stand by moments", 7, { second: 2, kind: 5, first: 6, rows: 2, width: 6 }, "shape", b),
    { name: "an end of more bytes than are fed", layout: changed(b, { 0: constants(0, 2) }), refused: [11, "time"] },
    { name: "one operator", layout: { ...a, graph: (a.graph ?? []).slice(0, 1) }, refused: "OperatorCountOutOfBounds" },
    { name: "no operator", layout: { ...a, graph: [] }, refused: "OperatorCountOutOfBounds" },
    { name: "more than a trace may hold", layout: tooLarge(widest), refused: "TraceTooLarge" },
    tensor("an input of other bytes", { input: { dims: [4, 5] } }, "TensorDoesNotFitLayer"),
    tensor("an input that isn't int8", { input: { dtype: 2 } }, "TensorDoesNotFitLayer"),
    tensor("an output of other bytes", { output: { dims: [5] } }, "TensorDoesNotFitLayer"),
    tensor("an output of 9 dims", { output: { dims: [4, 1, 1, 1, 1, 1, 1, 1, 1] } }, "TensorDoesNotFitLayer"),
    tensor("one name for both tensors", { output: { name: "x" } }, "InvalidTensorName"),
  ];
}

/** Attention of one head over so many moments, built operator by operator so that it may be refused. */
function attention(moments: number, gain: number, refusedGain?: number): Layout {
  const to = new GraphBuilder({ rows: moments, width: 1 });
  to.exponents(to.scores(0, 0, { heads: 1, causal: 1, shift: 3 }), new Int8Array(256).fill(1));
  to.mix(2, to.transpose(0), gain);
  const { layout } = to.finish({ name: "x", dims: [moments] }, { name: "y", dims: [moments] });
  return refusedGain === undefined ? layout : changed(layout, { 4: constants(0, 1, refusedGain) });
}

function pairOfConstant(): Layout {
  const layout = pair(1, 2, (to) => void to.table(0, new Int8Array(256)), [2]);
  return changed(layout, { 1: { kind: 1, first: READS_NONE } });
}

const tooLarge = (layout: Layout): Layout => {
  const dims = [65_535, 4095];
  const grown = changed(layout, { 0: { rows: 65_535 }, 1: { rows: 65_535 } });
  return { ...grown, input: { ...grown.input, dims }, output: { ...grown.output, dims } };
};

/** The rule that a graph breaks, or that it is refused as a whole; undefined where it is admitted. */
function refusalOf(layout: Layout): [number, Why] | "whole" | undefined {
  try {
    admitOperators(layout);
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    return error.operator === undefined ? "whole" : [error.operator, error.why as Why];
  }
}

function verdictOf({ name, layout, refused }: GraphCase) {
  const found = refusalOf(layout);
  const meant = typeof refused === "string" ? "whole" : refused;
  if (String(found) !== String(meant)) throw new Error(`"${name}" is refused for ${found}, not for ${meant}.`);
  const graph = bytesToHex(encodeLayout(layout));
  if (refused === undefined) return { name, graph, weightsRoot: graphRoot(layout.graph ?? []) };
  if (typeof refused === "string") return { name, graph, error: refused };
  const [operator, why] = refused;
  return { name, graph, error: "OperatorRefused", operator, why };
}

/** 0 input 4 x 1, 1 embed, 2 linear of 5 neurons of 2 weights, 3 table, 4 scores, 5 exponents. */
function withRows(): BuiltModel {
  const to = new GraphBuilder({ rows: 4, width: 1 });
  to.embed(0, rowsOf(256, 2));
  to.linear(1, neurons(5, 2));
  to.table(2, new Int8Array(256).fill(3));
  to.scores(3, 3, { heads: 1, causal: 1, shift: 3 });
  to.exponents(4, new Int8Array(256).fill(127));
  return to.finish({ name: "x", dims: [4] }, { name: "y", dims: [4, 4] });
}

type Rows = readonly Uint8Array[];

/** A row with other bytes from a position on. */
const withBytes = (row: Uint8Array, at: number, ...bytes: number[]): Uint8Array =>
  row.map((byte, i) => bytes[i - at] ?? byte);

/**
 * Parameter rows of an operator, under their own root, with the contract's verdict on them: the refused row is the first
 * malformed one, or none where lengths or their number are wrong.
 */
function rowCases() {
  const { layout, parameters } = withRows();
  const spoilt =
    (row: number, at: number, ...bytes: number[]) =>
    (rows: Rows) =>
      rows.map((each, i) => (i === row ? withBytes(each, at, ...bytes) : each));
  const resized = (length: number) => (rows: Rows) =>
    rows.map((row) => Uint8Array.from({ length }, (_, i) => row[i] ?? 0));
  const cases: readonly [name: string, operator: number, change: (rows: Rows) => Rows, error?: string, row?: number][] =
    [
      ["neurons", 2, (rows) => rows],
      ["a table", 3, (rows) => rows],
      ["exponents", 5, (rows) => rows],
      ["an embed", 1, (rows) => rows],
      ["a neuron of the largest shift", 2, spoilt(1, 0, 30)],
      ["a neuron of the largest bias", 2, spoilt(1, 2, 0x3f, 0xff, 0x7f, 0xf7)],
      ["a table of any entries", 3, spoilt(0, 0, 0x80, 0xff, 0x7f)],
      ["exponents of up to 127", 5, spoilt(0, 255, 0)],
      ["an embed", 1, spoilt(255, 0, 0x80)],
      ["a neuron that shifts by 0", 2, spoilt(3, 0, 0), "MalformedRow", 3],
      ["a neuron that shifts by 31", 2, spoilt(0, 0, 31), "MalformedRow", 0],
      ["a neuron with another lower bound", 2, spoilt(1, 1, 5), "MalformedRow", 1],
      ["a neuron with too large a bias", 2, spoilt(4, 2, 0x3f, 0xff, 0x7f, 0xf8), "MalformedRow", 4],
      ["a neuron with too small a bias", 2, spoilt(4, 2, 0x80, 0, 0, 0), "MalformedRow", 4],
      ["two malformed neurons", 2, (rows) => spoilt(2, 0, 0)(spoilt(4, 0, 0)(rows)), "MalformedRow", 2],
      ["a negative exponent", 5, spoilt(0, 255, 128), "MalformedRow", 0],
      ["neurons of a weight too few", 2, resized(7), "NotAChunk"],
      ["neurons of a weight too many", 2, resized(9), "NotAChunk"],
      ["neurons without all of their prefix", 2, resized(5), "NotAChunk"],
      ["a neuron too few", 2, (rows) => rows.slice(1), "WrongRows"],
      ["a neuron too many", 2, (rows) => [...rows, ...rows.slice(4)], "NotAChunk"],
      ["a table of 255 bytes", 3, resized(255), "NotAChunk"],
      ["a table of 257 bytes", 3, resized(257), "NotAChunk"],
      ["two tables", 3, (rows) => [...rows, ...rows], "NotAChunk"],
      ["exponents of 255 bytes", 5, resized(255), "NotAChunk"],
      ["an embed of three columns", 1, resized(3), "NotAChunk"],
      ["an embed of 255 bytes", 1, (rows) => rows.slice(1), "NotAChunk"],
    ];
  return cases.map(([name, operator, change, error, row]) => {
    const rows = change(parameters[operator] as Rows);
    const graph = bytesToHex(encodeLayout(changed(layout, { [operator]: { parameters: orderedTree(rows).root } })));
    return { name, graph, operator, rows: rows.map((each) => bytesToHex(each)), error, row };
  });
}

/** Parameter rows as {@link operators} gives them. */
export type RowsVector = ReturnType<typeof rowCases>[number];

/** Elements of operators, graphs and parameter rows with the verdict on them, and runs with their traces. */
export const operators = () => ({
  elements: elements(),
  graphs: graphCases().map(verdictOf),
  rows: rowCases(),
  traces: traces(),
});
