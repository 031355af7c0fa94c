import { type Constant, encodeOnnx, ONNX_FLOAT } from "../../inference/onnx.ts";
import { INT8, type Layout, UINT8 } from "../../sdk/layouts.ts";
import type { Dense } from "../network.ts";
import { features } from "./data.ts";

/** What one step of an input is worth to the network. */
export const INPUT_SCALE = 1 / 128;

/** A trade is allowed when its score is below this. */
export const REFUSE_FROM = 128;

export const layout: Layout = {
  widths: [],
  input: { name: "trade", dtype: INT8, dims: [1, features.length] },
  output: { name: "verdict", dtype: UINT8, dims: [1, 2] },
};

/**
 * The ONNX file of a network of two layers: int8 in, float inside, uint8 out. The score is the probability of loss in
 * steps of 1/255, and the verdict follows from the score as it is written, so the two never disagree.
 */
export function riskOnnx([hidden, last]: readonly [Dense, Dense]): Uint8Array {
  return encodeOnnx({
    name: "risk",
    nodes: [
      { op: "Cast", inputs: ["trade"], output: "steps", attributes: { to: ONNX_FLOAT } },
      { op: "Mul", inputs: ["steps", "inputScale"], output: "features" },
      { op: "MatMul", inputs: ["features", "hiddenWeights"], output: "products" },
      { op: "Add", inputs: ["products", "hiddenBiases"], output: "sums" },
      { op: "Relu", inputs: ["sums"], output: "hidden" },
      { op: "MatMul", inputs: ["hidden", "lastWeights"], output: "product" },
      { op: "Add", inputs: ["product", "lastBias"], output: "logit" },
      { op: "Sigmoid", inputs: ["logit"], output: "probability" },
      { op: "Mul", inputs: ["probability", "scoreScale"], output: "scaled" },
      { op: "Round", inputs: ["scaled"], output: "rounded" },
      { op: "Less", inputs: ["rounded", "refuseFrom"], output: "allowed" },
      { op: "Cast", inputs: ["allowed"], output: "allow", attributes: { to: UINT8 } },
      { op: "Cast", inputs: ["rounded"], output: "score", attributes: { to: UINT8 } },
      { op: "Concat", inputs: ["allow", "score"], output: "verdict", attributes: { axis: 1 } },
    ],
    constants: [
      floats("inputScale", [], [INPUT_SCALE]),
      ...dense("hiddenWeights", "hiddenBiases", hidden),
      ...dense("lastWeights", "lastBias", last),
      floats("scoreScale", [], [255]),
      floats("refuseFrom", [], [REFUSE_FROM]),
    ],
    input: layout.input,
    output: layout.output,
  });
}

/** Weights as MatMul takes them, a column for each neuron, and biases. */
function dense(weightsName: string, biasesName: string, { weights, biases }: Dense): Constant[] {
  const inputs = (weights[0] as number[]).length;
  const columns = Array.from({ length: inputs }, (_, k) => weights.map((row) => row[k] as number)).flat();
  return [floats(weightsName, [inputs, weights.length], columns), floats(biasesName, [biases.length], biases)];
}

function floats(name: string, dims: readonly number[], values: readonly number[]): Constant {
  const data = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) data.setFloat32(4 * i, value, true);
  return { name, dtype: ONNX_FLOAT, dims, data: new Uint8Array(data.buffer) };
}
