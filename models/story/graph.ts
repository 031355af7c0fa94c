import { type BuiltModel, GraphBuilder } from "../../inference/graphModel/build.ts";
import type { Row } from "../../sdk/layouts.ts";
import { END, PROMPT_BYTES } from "./data.ts";

/** Bytes of an answer. */
export const ANSWER_BYTES = 64;

/** A row of `linear`, as train.py writes it. */
type Neuron = Omit<Row, "weights"> & { weights: readonly number[] };

/** The network's integers, as train.py writes them. */
export interface Network {
  /** A row for each byte, and for each moment. */
  letters: readonly (readonly number[])[];
  moments: readonly (readonly number[])[];
  /** Reads the letters of the last four bytes. */
  window: readonly Neuron[];
  blocks: readonly {
    before: readonly number[];
    queries: readonly Neuron[];
    keys: readonly Neuron[];
    values: readonly Neuron[];
    out: readonly Neuron[];
    between: readonly number[];
    wide: readonly Neuron[];
    narrow: readonly Neuron[];
  }[];
  exponents: readonly number[];
  scoreShift: number;
  gain: number;
  heads: number;
  last: readonly number[];
  logits: readonly Neuron[];
}

/** Bytes that are read together at the beginning. */
const WINDOW = 4;

/** Both terms are whole steps of one size, so their sum is exact. */
const sum = { m: 2, n: 2, shift: 1 };

const rowsOf = (neurons: readonly Neuron[]): Row[] =>
  neurons.map(({ weights, ...row }) => ({ ...row, weights: Int8Array.from(weights) }));

const elementsOf = (rows: readonly (readonly number[])[]): Int8Array[] => rows.map((row) => Int8Array.from(row));

/**
 * The language model as a graph: it reads 64 bytes of text and writes the 64 that follow, or the story's end and nothing
 * after it. A transformer without layer normalisation: a table of tanh stands in for it.
 */
export function storyModel(network: Network): BuiltModel {
  const { heads, scoreShift, gain } = network;
  const rows = PROMPT_BYTES + ANSWER_BYTES - 1;
  const to = new GraphBuilder({ rows, width: 1 }, ANSWER_BYTES - 1);
  const linear = (a: number, neurons: readonly Neuron[]) => to.linear(a, rowsOf(neurons));
  const table = (a: number, entries: readonly number[]) => to.table(a, Int8Array.from(entries));
  const tokens = 0;
  const letters = to.embed(tokens, elementsOf(network.letters));
  const last4 = to.gather(letters, {
    ...{ height: 1, across: rows, down: 1, outAcross: rows, kh: 1, kw: WINDOW, sy: 1, sx: 1 },
    ...{ top: 0, left: 1 - WINDOW },
  });
  let x = to.add(linear(last4, network.window), to.constant(elementsOf(network.moments)), sum);
  for (const block of network.blocks) {
    const read = table(x, block.before);
    const queries = linear(read, block.queries);
    const scores = to.scores(queries, linear(read, block.keys), { heads, causal: 1, shift: scoreShift });
    const weights = to.exponents(scores, Int8Array.from(network.exponents));
    const mixed = to.mix(weights, to.transpose(linear(read, block.values)), gain);
    x = to.add(x, linear(mixed, block.out), sum);
    x = to.add(x, linear(linear(table(x, block.between), block.wide), block.narrow), sum);
  }
  const answering = table(to.pick(x, PROMPT_BYTES - 1, ANSWER_BYTES), network.last);
  const read = to.pick(tokens, PROMPT_BYTES - 1, ANSWER_BYTES);
  to.argmax(linear(answering, network.logits), { stop: END.charCodeAt(0), tokens: read });
  return to.finish({ name: "prompt.text", dims: [1, PROMPT_BYTES] }, { name: "story.text", dims: [1, ANSWER_BYTES] });
}
