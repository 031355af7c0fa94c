import { type Hex, keccak256, stringToHex } from "viem";
import type { Operator } from "./operator.ts";
import { elementwise } from "./operators/elementwise.ts";
import { linear } from "./operators/linear.ts";
import { quantisers } from "./operators/quantise.ts";
import { reductions } from "./operators/reduction.ts";
import { shapes } from "./operators/shape.ts";
import { MOST_DIMENSIONS } from "./read.ts";

/** The operators that may stand in a model: the same bytes every time, and dims that follow from the input's. */
export const operators: Readonly<Record<string, Operator>> = {
  ...elementwise,
  ...linear,
  ...quantisers,
  ...reductions,
  ...shapes,
};

/** What a model may cost; see docs/protocol.md for how it is counted. */
export const limits = {
  /** Multiply-adds of a run. */
  work: 2 ** 33,
  /** Bytes alive at once: constants, and values that are still needed. */
  bytes: 2 ** 30,
  nodes: 16_384,
  /** Dimensions of a value. */
  dimensions: MOST_DIMENSIONS,
  /** Versions of ONNX's own operators. */
  opset: [13, 21],
} as const;

/**
 * The rules as they are hashed: a line each, ASCII, each ended by a line feed; operators in the order of their bytes. The
 * first line's number stands for all that isn't spelt out, what nodes count for among it: a change of that is another number.
 */
export const rulesText: string = [
  "GRAPH_RULES_V2",
  `opset ${limits.opset[0]} ${limits.opset[1]}`,
  `nodes ${limits.nodes}`,
  `dimensions ${limits.dimensions}`,
  `bytes ${limits.bytes}`,
  `multiply-adds ${limits.work}`,
  ...Object.keys(operators).sort(),
]
  .map((line) => `${line}\n`)
  .join("");

/** keccak256 of {@link rulesText}: part of a runtime's identity. */
export const RULES_HASH: Hex = keccak256(stringToHex(rulesText));
