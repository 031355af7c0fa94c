import type { TensorSpec } from "../../sdk/layouts.ts";
import type { Node } from "../onnx.ts";
import { constantOf, productOf } from "./numbers.ts";
import type { StaticGraph } from "./prepare.ts";
import { ImportError } from "./source.ts";

// A season assigns inputs of int8. So a model's input is written in steps of 1/255 of the samples' range, and the model
// begins by turning steps into what it was trained on.

/** Samples of a model's input. */
export interface Samples {
  /** Dims of one sample. */
  shape: readonly number[];
  /** One after another, row-major. */
  values: Float64Array;
}

/** What the steps of an input are worth: the element x is `scale · step + offset`. One pair for all elements, or one for each. */
export interface Steps {
  scale: readonly number[];
  offset: readonly number[];
}

const UINT8 = 2;
const INT8 = 3;
const FLOAT = 1;
const DOUBLE = 11;
const FLOAT16 = 10;
const WHOLE: Readonly<Record<number, string>> = {
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  12: "uint32",
  13: "uint64",
};

/** A scale for each element, as tables need, or one for all, as images do. */
export type Scales = "each" | "one";

/**
 * The steps that samples ask for: bytes are taken as they are, real numbers by their range.
 *
 * @param scales Defaults to one for each element where a sample is a row of numbers.
 */
export function stepsOf(
  { dtype, dims, name }: TensorSpec,
  { values }: Samples,
  scales: Scales = dims.length <= 2 ? "each" : "one",
): Steps {
  const one = (scale: number, offset: number): Steps => ({ scale: [scale], offset: [offset] });
  if (dtype === INT8 || WHOLE[dtype] !== undefined) {
    checkWhole(values, -128, name);
    return one(1, 0);
  }
  if (dtype === UINT8) {
    checkWhole(values, 0, name);
    return one(1, 128);
  }
  if (dtype !== FLOAT && dtype !== DOUBLE && dtype !== FLOAT16)
    throw new ImportError(`The model's input "${name}" has the element type ${dtype}, which can't be made of int8.`);
  const size = productOf(dims);
  const [low, high] = [
    new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
  ];
  for (const [i, value] of values.entries()) {
    low[i % size] = Math.min(low[i % size] as number, value);
    high[i % size] = Math.max(high[i % size] as number, value);
  }
  const all: [number, number] = [low.reduce((a, b) => Math.min(a, b)), high.reduce((a, b) => Math.max(a, b))];
  const pairs =
    scales === "each" ? Array.from(low, (least, i) => rangeOf(least, high[i] as number)) : [rangeOf(...all)];
  return { scale: pairs.map(([scale]) => scale), offset: pairs.map(([, offset]) => offset) };
}

/** One step for all elements, of which none is worth `edge`: as an image needs whose edges windows reach beyond. */
export function stepsAround(edge: number, { values }: Samples): Steps {
  const farthest = values.reduce((most, value) => Math.max(most, Math.abs(value - edge)), 0);
  return { scale: [farthest / 127 || 1 / 128], offset: [edge] };
}

/** Scale and offset, in the precision of float32 in which the model computes them, by which -128 to 127 cover a range. */
function rangeOf(low: number, high: number): [scale: number, offset: number] {
  // What never changes in the samples still gets a step, so that noise moves it a little.
  const scale = Math.fround((high - low) / 255 || Math.abs(high) / 128 || 1 / 128);
  return high === low ? [scale, Math.fround(low)] : [scale, Math.fround(low + 128 * scale)];
}

/** Samples in steps, each clamped to what int8 takes. */
export function toSteps({ values }: Samples, { scale, offset }: Steps): Int8Array {
  return Int8Array.from(values, (value, i) => {
    const k = scale.length === 1 ? 0 : i % scale.length;
    return Math.max(-128, Math.min(127, Math.round((value - (offset[k] as number)) / (scale[k] as number))));
  });
}

function checkWhole(values: Float64Array, least: number, name: string): void {
  const odd = values.find((value) => !Number.isInteger(value) || value < least || value > least + 255);
  if (odd !== undefined)
    throw new ImportError(
      `The samples hold ${odd}; the model's input "${name}" takes whole numbers from ${least} to ${least + 255}.`,
    );
}

/** A graph whose input is int8 of the same name and dims, in steps. */
export function wrapInput(graph: StaticGraph, steps: Steps): StaticGraph {
  const { input } = graph;
  if (input.dtype === INT8) return graph;
  const { nodes, constants } = prefixOf(input, steps);
  const last = nodes.at(-1)?.output as string;
  return {
    ...graph,
    input: { ...input, dtype: INT8 },
    constants: new Map([...constants.map((each) => [each.name, each] as const), ...graph.constants]),
    nodes: [
      ...nodes.map(({ op, inputs, output, attributes = {} }) => ({
        ...{ op, domain: "", inputs, outputs: [output].flat() },
        attributes: new Map(
          Object.entries(attributes).map(([name, to]) => [
            name,
            typeof to === "number" ? { kind: "int" as const, value: BigInt(to) } : to,
          ]),
        ),
      })),
      ...graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((name) => (name === input.name ? last : name)),
      })),
    ],
  };
}

/** The nodes that turn steps into what the model takes, and their constants. */
function prefixOf({ name, dims, dtype }: TensorSpec, { scale, offset }: Steps) {
  const cast = (from: string, to: number, output: string): Node => ({
    op: "Cast",
    inputs: [from],
    output,
    attributes: { to },
  });
  if (WHOLE[dtype] !== undefined) return { nodes: [cast(name, dtype, "input/whole")], constants: [] };
  const shape = scale.length === 1 ? [] : dims;
  const constants = [
    constantOf("input/scale", { dtype: FLOAT, dims: shape, values: scale }),
    constantOf("input/offset", { dtype: FLOAT, dims: shape, values: offset }),
  ];
  const real: Node[] = [
    cast(name, FLOAT, "input/steps"),
    { op: "Mul", inputs: ["input/steps", "input/scale"], output: "input/scaled" },
    { op: "Add", inputs: ["input/scaled", "input/offset"], output: "input/real" },
  ];
  return { nodes: dtype === FLOAT ? real : [...real, cast("input/real", dtype, "input/cast")], constants };
}
