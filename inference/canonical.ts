import { INT8, type Layout, type Row, type TensorSpec } from "../sdk/layouts.ts";
import { checkRows } from "./integer.ts";
import { type Constant, encodeOnnx, type Node, ONNX_INT32 } from "./onnx.ts";

// Added before the division so that it never sees a negative: |sum| < 2^30, and 2^30 is a multiple of every 2^shift.
const OFFSET = 2 ** 30;

/**
 * The one ONNX file of an integer model, byte for byte: `docs/canonical-onnx.md` says how it is made. Throws when the
 * rows are out of bounds, or the tensors aren't int8 of dims [1, d_0] and [1, d_L] with names of their own.
 */
export function canonicalOnnx(layout: Layout, layers: readonly (readonly Row[])[]): Uint8Array {
  checkRows(layout, layers);
  checkTensor(layout.input, layout.widths[0] as number);
  checkTensor(layout.output, layout.widths.at(-1) as number);
  if (layout.input.name === layout.output.name)
    throw new RangeError(`The input and the output are both named "${layout.input.name}".`);
  const nodes: Node[] = [];
  const constants: Constant[] = [int32Constant("max", [127], [])];
  let activations = layout.input.name;
  for (const [l, rows] of layers.entries()) {
    const name = (part: string) => `${l}/${part}`;
    const vector = (part: string, value: (row: Row) => number) => int32Constant(name(part), rows.map(value));
    const output = l === layers.length - 1 ? layout.output.name : name("activations");
    constants.push(
      weightsConstant(name("weights"), rows),
      vector("bias", ({ bias, shift }) => bias + 2 ** (shift - 1) + OFFSET),
      vector("divisor", ({ shift }) => 2 ** shift),
      vector("offset", ({ shift }) => OFFSET / 2 ** shift),
      vector("lo", ({ lo }) => lo),
    );
    nodes.push(
      { op: "MatMulInteger", inputs: [activations, name("weights")], output: name("products") },
      { op: "Add", inputs: [name("products"), name("bias")], output: name("sums") },
      { op: "Div", inputs: [name("sums"), name("divisor")], output: name("quotients") },
      { op: "Sub", inputs: [name("quotients"), name("offset")], output: name("rounded") },
      { op: "Max", inputs: [name("rounded"), name("lo")], output: name("raised") },
      { op: "Min", inputs: [name("raised"), "max"], output: name("clamped") },
      { op: "Cast", inputs: [name("clamped")], output, attributes: { to: INT8 } },
    );
    activations = output;
  }
  return encodeOnnx({ name: "integer", nodes, constants, input: layout.input, output: layout.output });
}

function checkTensor({ name, dtype, dims }: TensorSpec, width: number): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === "max")
    throw new RangeError(
      `"${name}" can't name a tensor of an integer model: it must be an identifier other than "max".`,
    );
  if (dtype !== INT8)
    throw new RangeError(`Tensor "${name}" has ONNX element type ${dtype}; int8 (${INT8}) is needed.`);
  if (dims.length !== 2 || dims[0] !== 1 || dims[1] !== width)
    throw new RangeError(`Tensor "${name}" has dims [${dims.join(", ")}]; [1, ${width}] is needed.`);
}

function int32Constant(name: string, values: readonly number[], dims: readonly number[] = [values.length]): Constant {
  const data = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) data.setInt32(4 * i, value, true);
  return { name, dtype: ONNX_INT32, dims, data: new Uint8Array(data.buffer) };
}

/** Weights as MatMulInteger takes them: a column for each row of the model. */
function weightsConstant(name: string, rows: readonly Row[]): Constant {
  const inputs = (rows[0] as Row).weights.length;
  const data = new Int8Array(inputs * rows.length);
  for (const [j, { weights }] of rows.entries())
    for (const [k, weight] of weights.entries()) data[k * rows.length + j] = weight;
  return { name, dtype: INT8, dims: [inputs, rows.length], data: new Uint8Array(data.buffer) };
}
