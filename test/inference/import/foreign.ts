import { readFileSync } from "node:fs";
import type { Samples } from "../../../inference/import/inputs.ts";
import { FLOAT, type FreeModel, type FreeNode, type FreeTensor, model } from "../graph/onnx.ts";

const TORCH = new URL("../../fixtures/onnx/torch/", import.meta.url);

/** A file that PyTorch exported. */
export const torchFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, TORCH)));

/** A path to it, for the command. */
export const torchPath = (name: string): string => new URL(name, TORCH).pathname;

/** Constants of these numbers. */
export const constant = (
  name: string,
  dims: readonly number[],
  values: readonly number[],
  dtype = FLOAT,
): FreeTensor => ({
  ...{ name, dtype, dims },
  data: new Uint8Array(arrayOf(dtype, values).buffer),
});

function arrayOf(dtype: number, values: readonly number[]) {
  if (dtype === 2) return Uint8Array.from(values);
  if (dtype === 3) return Int8Array.from(values);
  if (dtype === 7) return BigInt64Array.from(values, BigInt);
  return Float32Array.from(values);
}

/** A file from "x" to "y", float32 of two to two unless changed. */
export const file = (
  nodes: readonly FreeNode[],
  constants: readonly FreeTensor[] = [],
  change: Partial<FreeModel> = {},
): Uint8Array =>
  model({
    ...{ nodes, constants },
    inputs: [{ name: "x", dtype: FLOAT, dims: ["batch", 2] }],
    outputs: [{ name: "y", dtype: FLOAT, dims: ["batch", 2] }],
    opset: 13,
    ...change,
  });

/** A node of one output. */
export const node = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: FreeNode["attributes"] = {},
): FreeNode => ({
  ...{ op, inputs, outputs: [output], attributes },
});

/** Samples of these rows. */
export const samplesOf = (rows: readonly (readonly number[])[], shape = [rows[0]?.length ?? 0]): Samples => ({
  shape,
  values: Float64Array.from(rows.flat()),
});
