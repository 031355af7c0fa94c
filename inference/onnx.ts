import { bytesField, type Field, intField, message, textField } from "./protobuf.ts";

// Field numbers as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; fields are written in ascending order.
const IR_VERSION = 7;
const OPSET = 13;
const ATTRIBUTE_INT = 2;

export const ONNX_FLOAT = 1;
export const ONNX_INT32 = 6;

/** One operation of a graph; every attribute is an integer. */
export interface Node {
  op: string;
  inputs: readonly string[];
  output: string;
  attributes?: Readonly<Record<string, number>>;
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
    bytesField(8, message(textField(1, ""), intField(2, OPSET))),
  );
}

const nodeProto = ({ op, inputs, output, attributes = {} }: Node): Uint8Array =>
  message(
    ...inputs.map((name) => textField(1, name)),
    textField(2, output),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, attributeProto(name, value))),
  );

const attributeProto = (name: string, value: number): Uint8Array =>
  message(textField(1, name), intField(3, value), intField(20, ATTRIBUTE_INT));

// Repeated integers are written one field each: ONNX is proto2, which doesn't pack them.
const tensorProto = ({ name, dtype, dims, data }: Constant): Uint8Array =>
  message(...dims.map((dim) => intField(1, dim)), intField(2, dtype), textField(8, name), bytesField(9, data));

const valueInfoProto = ({ name, dtype, dims }: Value): Uint8Array => {
  const shape: Field[] = dims.map((dim) => bytesField(1, message(intField(1, dim))));
  const tensorType = message(intField(1, dtype), bytesField(2, message(...shape)));
  return message(textField(1, name), bytesField(2, message(bytesField(1, tensorType))));
};
