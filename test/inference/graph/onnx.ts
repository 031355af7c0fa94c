import { bytesField, floatField, int64Field, intField, message, textField } from "../../../inference/protobuf.ts";
import type { Layout } from "../../../sdk/layouts.ts";

// Writes ONNX files freely, well-formed or not: what inference/onnx.ts writes is always well-formed.

export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;

type Attribute =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { floats: readonly number[] }
  | { graph: Uint8Array };

export interface FreeNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
  domain?: string;
}

export interface FreeTensor {
  name: string;
  dtype: number;
  dims: readonly number[];
  data: Uint8Array;
}

/** A dimension: a length, a name, or nothing at all. */
type Dim = number | string | undefined;

export interface FreeValue {
  name: string;
  dtype: number;
  /** Undefined for an unknown rank. */
  dims: readonly Dim[] | undefined;
}

export interface FreeModel {
  nodes: readonly FreeNode[];
  constants?: readonly FreeTensor[];
  inputs: readonly FreeValue[];
  outputs: readonly FreeValue[];
  opset?: number;
  irVersion?: number;
  /** Fields beside those: of the model, of the graph. */
  modelFields?: readonly Uint8Array[];
  graphFields?: readonly Uint8Array[];
}

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === "number") return message(textField(1, name), int64Field(3, BigInt(value)), intField(20, 2));
  if (typeof value === "string") return message(textField(1, name), textField(4, value), intField(20, 3));
  if ("float" in value) return message(textField(1, name), floatField(2, value.float), intField(20, 1));
  if ("floats" in value)
    return message(textField(1, name), ...value.floats.map((each) => floatField(7, each)), intField(20, 6));
  if ("graph" in value) return message(textField(1, name), bytesField(6, value.graph), intField(20, 5));
  return message(textField(1, name), ...value.map((each) => int64Field(8, BigInt(each))), intField(20, 7));
}

const node = ({ op, inputs, outputs, attributes = {}, domain }: FreeNode): Uint8Array =>
  message(
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
    ...(domain === undefined ? [] : [textField(7, domain)]),
  );

/** A tensor in raw bytes. */
export const tensor = ({ name, dtype, dims, data }: FreeTensor): Uint8Array =>
  message(...dims.map((dim) => intField(1, dim)), intField(2, dtype), textField(8, name), bytesField(9, data));

const dimension = (dim: Dim): Uint8Array =>
  dim === undefined
    ? message()
    : typeof dim === "string"
      ? message(textField(2, dim))
      : message(int64Field(1, BigInt(dim)));

export function value({ name, dtype, dims }: FreeValue): Uint8Array {
  const shape = dims === undefined ? [] : [bytesField(2, message(...dims.map((dim) => bytesField(1, dimension(dim)))))];
  return message(textField(1, name), bytesField(2, message(bytesField(1, message(intField(1, dtype), ...shape)))));
}

/** A graph by itself, as an attribute may hold it. */
export const graph = ({ nodes, constants = [], inputs, outputs, graphFields = [] }: FreeModel): Uint8Array =>
  message(
    ...nodes.map((each) => bytesField(1, node(each))),
    textField(2, "g"),
    ...constants.map((each) => bytesField(5, tensor(each))),
    ...inputs.map((each) => bytesField(11, value(each))),
    ...outputs.map((each) => bytesField(12, value(each))),
    ...graphFields,
  );

export const model = (free: FreeModel): Uint8Array =>
  message(
    intField(1, free.irVersion ?? 8),
    bytesField(7, graph(free)),
    bytesField(8, message(textField(1, ""), intField(2, free.opset ?? 21))),
    ...(free.modelFields ?? []),
  );

export const floats = (
  name: string,
  dims: readonly number[],
  fill = (i: number) => ((i * 37) % 17) / 16 - 0.5,
): FreeTensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {
    name,
    dtype: FLOAT,
    dims,
    data: new Uint8Array(Float32Array.from({ length: count }, (_, i) => fill(i)).buffer),
  };
};

export const int64s = (name: string, values: readonly number[], dims = [values.length]): FreeTensor => ({
  name,
  dtype: INT64,
  dims,
  data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

/** A float model's layout from "x" to "y". */
export const floatLayout = (input: readonly number[], output: readonly number[], dtype = FLOAT): Layout => ({
  widths: [],
  input: { name: "x", dtype: FLOAT, dims: [...input] },
  output: { name: "y", dtype, dims: [...output] },
});

/** A model of one node from "x", after constants of its own. */
export const oneNode = (
  op: string,
  input: readonly number[],
  output: readonly number[],
  options: {
    attributes?: FreeNode["attributes"];
    constants?: readonly FreeTensor[];
    dtype?: number;
    opset?: number;
  } = {},
): { artifact: Uint8Array; layout: Layout } => {
  const { attributes = {}, constants = [], dtype = FLOAT, opset } = options;
  const layout = floatLayout(input, output, dtype);
  const artifact = model({
    nodes: [{ op, inputs: ["x", ...constants.map(({ name }) => name)], outputs: ["y"], attributes }],
    constants,
    inputs: [layout.input],
    outputs: [layout.output],
    ...(opset === undefined ? {} : { opset }),
  });
  return { artifact, layout };
};
