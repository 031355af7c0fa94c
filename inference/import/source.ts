import { MAX_CONTENT_BYTES } from "../../sdk/content.ts";
import { MalformedModel, type MessageRule, readMessage, type Values } from "../graph/protobuf.ts";
import { elementBytes, elementsOf } from "../graph/read.ts";
import type { Attribute, Constant } from "../onnx.ts";

// Reads files as exporters write them: whatever onnx.proto knows may stand in them, and what is never looked at is skipped.
// What is written of them in the end holds to the rules of inference/graph.

/** A node of a foreign file. */
export interface SourceNode {
  op: string;
  /** "" for ONNX's own operators. */
  domain: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Undefined where a value is of a kind that no graph may have: a graph, texts, a type … */
  attributes: ReadonlyMap<string, Attribute | undefined>;
}

/** What a file declares of an input or output. */
export interface SourceValue {
  name: string;
  /** ONNX's TensorProto.DataType; undefined for what is no tensor. */
  dtype: number | undefined;
  /** A dimension is undefined where its length is left open, all of them where the rank is. */
  dims: readonly (number | undefined)[] | undefined;
}

/** A foreign ONNX file. */
export interface SourceModel {
  /** Version of ONNX's own operators. */
  opset: number;
  nodes: readonly SourceNode[];
  constants: ReadonlyMap<string, Constant>;
  /** Inputs that no initialiser gives. */
  inputs: readonly SourceValue[];
  outputs: readonly SourceValue[];
}

/** A file that can't be imported; the message is a sentence that says why. */
export class ImportError extends Error {
  override name = "ImportError";
}

const fields = (kind: "int" | "float" | "double" | "text" | "bytes", names: Readonly<Record<number, string>>) =>
  Object.fromEntries(Object.entries(names).map(([number, name]) => [number, { name, kind, repeated: true }]));

const skipped = (kind: "int" | "bytes", ...numbers: number[]) =>
  fields(kind, Object.fromEntries(numbers.map((number) => [number, `field ${number}`])));

const MODEL: MessageRule = {
  name: "The model",
  fields: {
    ...skipped("int", 1, 5),
    ...skipped("bytes", 2, 3, 4, 6, 14, 20, 25, 26),
    ...fields("bytes", { 7: "graph", 8: "opset" }),
  },
};
const OPSET: MessageRule = {
  name: "An opset import",
  fields: { ...fields("text", { 1: "domain" }), ...fields("int", { 2: "version" }) },
};
const GRAPH: MessageRule = {
  name: "The graph",
  fields: {
    ...skipped("bytes", 2, 10, 13, 14, 16),
    ...fields("bytes", { 1: "node", 5: "initializer", 11: "input", 12: "output", 15: "sparse" }),
  },
};
const NODE: MessageRule = {
  name: "A node",
  fields: {
    ...skipped("bytes", 3, 6, 8, 9, 10),
    ...fields("text", { 1: "input", 2: "output", 4: "op", 7: "domain" }),
    ...fields("bytes", { 5: "attribute" }),
  },
};
const ATTRIBUTE: MessageRule = {
  name: "An attribute",
  fields: {
    ...skipped("bytes", 6, 9, 10, 11, 13, 14, 15, 21, 22, 23),
    ...fields("text", { 1: "name" }),
    ...fields("float", { 2: "float", 7: "floats" }),
    ...fields("int", { 3: "int", 8: "ints", 20: "type" }),
    ...fields("bytes", { 4: "text", 5: "tensor" }),
  },
};
const TENSOR: MessageRule = {
  name: "A tensor",
  fields: {
    ...skipped("bytes", 3, 12, 16),
    ...fields("text", { 8: "name" }),
    ...fields("int", { 1: "dims", 2: "dtype", 5: "int32", 7: "int64", 11: "uint64", 14: "location" }),
    ...fields("float", { 4: "float" }),
    ...fields("double", { 10: "double" }),
    ...fields("bytes", { 6: "strings", 9: "raw", 13: "external" }),
  },
};
const VALUE: MessageRule = {
  name: "A value",
  fields: { ...skipped("bytes", 3, 4), ...fields("text", { 1: "name" }), ...fields("bytes", { 2: "type" }) },
};
const TYPE: MessageRule = {
  name: "A type",
  fields: { ...skipped("bytes", 4, 5, 6, 7, 8, 9), ...fields("bytes", { 1: "tensor" }) },
};
const TENSOR_TYPE: MessageRule = {
  name: "A tensor's type",
  fields: { ...fields("int", { 1: "dtype" }), ...fields("bytes", { 2: "shape" }) },
};
const SHAPE: MessageRule = { name: "A shape", fields: fields("bytes", { 1: "dim" }) };
const DIMENSION: MessageRule = {
  name: "A dimension",
  fields: { ...skipped("bytes", 2, 3), ...fields("int", { 1: "length" }) },
};

/** Most nodes that are read; no graph may have as many. */
const MOST_NODES = 65_536;

/** Reads a foreign file. Throws an {@link ImportError} for what is no ONNX file, or holds what nothing can be made of. */
export function readSource(file: Uint8Array): SourceModel {
  if (file.length > MAX_CONTENT_BYTES)
    throw new ImportError(`The file is ${file.length} bytes; at most ${MAX_CONTENT_BYTES} are read.`);
  try {
    return sourceOf(file);
  } catch (error) {
    if (error instanceof MalformedModel) throw new ImportError(`The file can't be read as ONNX: ${error.message}`);
    throw error;
  }
}

function sourceOf(file: Uint8Array): SourceModel {
  const model = readMessage(file, MODEL);
  const [graphBytes] = all<Uint8Array>(model, "graph");
  if (!graphBytes) throw new ImportError("The file holds no graph: it is no ONNX model.");
  const imports = messages(model, "opset", OPSET);
  const own = imports.find((each) => ["", "ai.onnx"].includes(last<string>(each, "domain") ?? ""));
  const graph = readMessage(graphBytes, GRAPH);
  if (graph.sparse) throw new ImportError("The model has a sparse initialiser, which is not taken.");
  if (all(graph, "node").length > MOST_NODES)
    throw new ImportError(`The model has ${all(graph, "node").length} nodes; at most ${MOST_NODES} are read.`);
  const constants = new Map(
    messages(graph, "initializer", TENSOR)
      .map(tensorOf)
      .map((each) => [each.name, each]),
  );
  return {
    opset: Number(last<bigint>(own ?? {}, "version") ?? 0n),
    nodes: messages(graph, "node", NODE).map(nodeOf),
    constants,
    inputs: messages(graph, "input", VALUE)
      .map(declaredOf)
      .filter(({ name }) => !constants.has(name)),
    outputs: messages(graph, "output", VALUE).map(declaredOf),
  };
}

const all = <T>(values: Values, name: string): readonly T[] => (values[name] ?? []) as readonly T[];

/** As protobuf says: of a field given several times the last one counts. */
const last = <T>(values: Values, name: string): T | undefined => all<T>(values, name).at(-1);

const messages = (values: Values, name: string, rule: MessageRule): Values[] =>
  all<Uint8Array>(values, name).map((each) => readMessage(each, rule));

function nodeOf(node: Values): SourceNode {
  const domain = last<string>(node, "domain") ?? "";
  return {
    op: last<string>(node, "op") ?? "",
    domain: domain === "ai.onnx" ? "" : domain,
    inputs: all<string>(node, "input"),
    outputs: all<string>(node, "output"),
    attributes: new Map(
      messages(node, "attribute", ATTRIBUTE).map((each) => [last<string>(each, "name") ?? "", attributeOf(each)]),
    ),
  };
}

function attributeOf(attribute: Values): Attribute | undefined {
  switch (Number(last<bigint>(attribute, "type") ?? 0n)) {
    case 1:
      return { kind: "float", value: last<number>(attribute, "float") ?? 0 };
    case 2:
      return { kind: "int", value: last<bigint>(attribute, "int") ?? 0n };
    case 3:
      return { kind: "text", value: new TextDecoder().decode(last<Uint8Array>(attribute, "text")) };
    case 4: {
      const tensor = last<Uint8Array>(attribute, "tensor");
      return tensor && { kind: "tensor", value: tensorOf(readMessage(tensor, TENSOR)) };
    }
    case 6:
      return { kind: "floats", value: all<number>(attribute, "floats") };
    case 7:
      return { kind: "ints", value: all<bigint>(attribute, "ints") };
    default:
      return undefined;
  }
}

/** Where elements may stand beside `raw`, by element type. */
const typedData: Readonly<Record<number, "float" | "double" | "int32" | "int64" | "uint64">> = {
  ...{ 1: "float", 2: "int32", 3: "int32", 4: "int32", 5: "int32", 6: "int32", 7: "int64", 9: "int32" },
  ...{ 10: "int32", 11: "double", 12: "uint64", 13: "uint64" },
} as const;

function tensorOf(tensor: Values): Constant {
  const name = last<string>(tensor, "name") ?? "";
  const dtype = Number(last<bigint>(tensor, "dtype") ?? 0n);
  const size = elementBytes[dtype];
  if (size === undefined || tensor.strings)
    throw new ImportError(`The tensor "${name}" has the element type ${dtype}, which is not taken.`);
  if (tensor.external || (last<bigint>(tensor, "location") ?? 0n) !== 0n)
    throw new ImportError(`The tensor "${name}" has its data in another file; save the model as one file.`);
  const dims = all<bigint>(tensor, "dims").map(Number);
  if (dims.some((dim) => dim < 0)) throw new ImportError(`The tensor "${name}" has a negative dimension.`);
  const count = elementsOf(dims, name);
  const raw = last<Uint8Array>(tensor, "raw");
  const data = raw ?? bytesOf(all<bigint | number>(tensor, typedData[dtype] as string), dtype);
  if (data.length !== count * size)
    throw new ImportError(`The tensor "${name}" has ${data.length} bytes; its dims make ${count * size}.`);
  return { name, dtype, dims, data };
}

function bytesOf(elements: readonly (bigint | number)[], dtype: number): Uint8Array {
  const size = elementBytes[dtype] as number;
  const view = new DataView(new ArrayBuffer(size * elements.length));
  for (const [i, element] of elements.entries()) {
    if (typeof element === "number")
      size === 4 ? view.setFloat32(4 * i, element, true) : view.setFloat64(8 * i, element, true);
    else if (size === 8) view.setBigInt64(8 * i, element, true);
    else if (size === 4) view.setInt32(4 * i, Number(BigInt.asIntN(32, element)), true);
    else if (size === 2) view.setInt16(2 * i, Number(BigInt.asIntN(16, element)), true);
    else view.setInt8(i, Number(BigInt.asIntN(8, element)));
  }
  return new Uint8Array(view.buffer);
}

function declaredOf(value: Values): SourceValue {
  const [type] = messages(value, "type", TYPE);
  const [tensor] = type ? messages(type, "tensor", TENSOR_TYPE) : [];
  const [shape] = tensor ? messages(tensor, "shape", SHAPE) : [];
  const dims = shape && messages(shape, "dim", DIMENSION).map((dim) => last<bigint>(dim, "length"));
  return {
    name: last<string>(value, "name") ?? "",
    dtype: tensor && Number(last<bigint>(tensor, "dtype") ?? 0n),
    // A length of 0 or less is how some exporters write one that is open.
    dims: dims?.map((dim) => (dim === undefined || dim < 1n ? undefined : Number(dim))),
  };
}
