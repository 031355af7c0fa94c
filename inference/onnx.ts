import { bytesField, type Field, floatField, int64Field, intField, message, textField } from "./protobuf.ts";

// Field numbers as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; fields are written in ascending order.
const IR_VERSION = 7;
const OPSET = 13;

/** AttributeProto.AttributeType of the kinds of attributes, and the field that holds each. */
const kinds = {
  float: { type: 1, field: 2 },
  int: { type: 2, field: 3 },
  text: { type: 3, field: 4 },
  tensor: { type: 4, field: 5 },
  floats: { type: 6, field: 7 },
  ints: { type: 7, field: 8 },
} as const;

export const ONNX_FLOAT = 1;
export const ONNX_INT32 = 6;
export const ONNX_INT64 = 7;

/** A node's attribute. */
export type Attribute =
  | { kind: "float"; value: number }
  | { kind: "int"; value: bigint }
  | { kind: "text"; value: string }
  | { kind: "tensor"; value: Constant }
  | { kind: "floats"; value: readonly number[] }
  | { kind: "ints"; value: readonly bigint[] };

/** One operation of a graph. */
export interface Node {
  op: string;
  inputs: readonly string[];
  output: string | readonly string[];
  /** A number stands for a non-negative integer. */
  attributes?: Readonly<Record<string, number | Attribute>>;
}

/** A constant tensor; `data` is little-endian. */
export interface Constant {
  name: string;
  dtype: number;
  dims: readonly number[];
  data: Uint8Array;
}

/** An input or output tensor of a graph. */
interface Value {
  name: string;
  dtype: number;
  dims: readonly number[];
}

/** A graph of one input and one output; nodes in the order in which they run. */
export interface Graph {
  name: string;
  nodes: readonly Node[];
  constants: readonly Constant[];
  input: Value;
  output: Value;
  /** Version of ONNX's own operators; defaults to 13. */
  opset?: number;
}

/** Writes a ModelProto: always the same bytes for the same graph. */
export function encodeOnnx(graph: Graph): Uint8Array {
  return message(
    intField(1, IR_VERSION),
    bytesField(
      7,
      message(
        ...graph.nodes.map((node) => bytesField(1, nodeProto(node))),
        textField(2, graph.name),
        ...graph.constants.map((constant) => bytesField(5, tensorProto(constant))),
        bytesField(11, valueInfoProto(graph.input)),
        bytesField(12, valueInfoProto(graph.output)),
      ),
    ),
    bytesField(8, message(textField(1, ""), intField(2, graph.opset ?? OPSET))),
  );
}

const nodeProto = ({ op, inputs, output, attributes = {} }: Node): Uint8Array =>
  message(
    ...inputs.map((name) => textField(1, name)),
    ...[output].flat().map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attributeProto(name, value))),
  );

function attributeProto(name: string, given: number | Attribute): Uint8Array {
  const attribute: Attribute = typeof given === "number" ? { kind: "int", value: BigInt(given) } : given;
  const { type, field } = kinds[attribute.kind];
  return message(textField(1, name), ...valueFields(field, attribute), intField(20, type));
}

function valueFields(field: number, { kind, value }: Attribute): Field[] {
  switch (kind) {
    case "float":
      return [floatField(field, value)];
    case "int":
      return [int64Field(field, value)];
    case "text":
      return [textField(field, value)];
    case "tensor":
      return [bytesField(field, tensorProto(value))];
    case "floats":
      return value.map((each) => floatField(field, each));
    default:
      return value.map((each) => int64Field(field, each));
  }
}

// Repeated integers are written one field each: ONNX is proto2, which doesn't pack them.
const tensorProto = ({ name, dtype, dims, data }: Constant): Uint8Array =>
  message(...dims.map((dim) => intField(1, dim)), intField(2, dtype), textField(8, name), bytesField(9, data));

const valueInfoProto = ({ name, dtype, dims }: Value): Uint8Array => {
  const shape: Field[] = dims.map((dim) => bytesField(1, message(intField(1, dim))));
  const tensorType = message(intField(1, dtype), bytesField(2, message(...shape)));
  return message(textField(1, name), bytesField(2, message(bytesField(1, tensorType))));
};
