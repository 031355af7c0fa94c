import { MalformedModel, type MessageRule, readMessage, type Values } from "./protobuf.ts";

// What of onnx.proto may stand in a file: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. What isn't listed is
// refused: graphs within attributes, functions, training, sparse tensors, data in other files, quantisation notes.

const int = (name: string, repeated = false) => ({ name, kind: "int", repeated }) as const;
const text = (name: string, repeated = false) => ({ name, kind: "text", repeated }) as const;
const bytes = (name: string, repeated = false) => ({ name, kind: "bytes", repeated }) as const;
const nested = (name: string, repeated = false) => ({ name, kind: "message", repeated }) as const;

const MODEL: MessageRule = {
  name: "The model",
  fields: {
    1: int("irVersion"),
    2: text("producerName"),
    3: text("producerVersion"),
    4: text("domain"),
    5: int("modelVersion"),
    6: text("docString"),
    7: nested("graph"),
    8: nested("opsetImport", true),
    14: nested("metadata", true),
  },
};
const OPSET: MessageRule = { name: "An opset import", fields: { 1: text("domain"), 2: int("version") } };
const GRAPH: MessageRule = {
  name: "The graph",
  fields: {
    1: nested("node", true),
    2: text("name"),
    5: nested("initializer", true),
    10: text("docString"),
    11: nested("input", true),
    12: nested("output", true),
    13: nested("valueInfo", true),
    16: nested("metadata", true),
  },
};
const NODE: MessageRule = {
  name: "A node",
  fields: {
    1: text("input", true),
    2: text("output", true),
    3: text("name"),
    4: text("opType"),
    5: nested("attribute", true),
    6: text("docString"),
    7: text("domain"),
    9: nested("metadata", true),
  },
};
const ATTRIBUTE: MessageRule = {
  name: "An attribute",
  fields: {
    1: text("name"),
    2: { name: "f", kind: "float" },
    3: int("i"),
    4: bytes("s"),
    5: nested("t"),
    7: { name: "floats", kind: "float", repeated: true },
    8: int("ints", true),
    13: text("docString"),
    20: int("type"),
  },
};
const TENSOR: MessageRule = {
  name: "A tensor",
  fields: {
    1: int("dims", true),
    2: int("dataType"),
    4: { name: "floatData", kind: "float", repeated: true },
    5: int("int32Data", true),
    7: int("int64Data", true),
    8: text("name"),
    9: bytes("rawData"),
    10: { name: "doubleData", kind: "double", repeated: true },
    11: int("uint64Data", true),
    12: text("docString"),
    14: int("dataLocation"),
    16: nested("metadata", true),
  },
};
const VALUE_INFO: MessageRule = {
  name: "A value",
  fields: { 1: text("name"), 2: nested("type"), 3: text("docString"), 4: nested("metadata", true) },
};
const TYPE: MessageRule = { name: "A value's type", fields: { 1: nested("tensorType"), 6: text("denotation") } };
const TENSOR_TYPE: MessageRule = { name: "A tensor's type", fields: { 1: int("elemType"), 2: nested("shape") } };
const SHAPE: MessageRule = { name: "A shape", fields: { 1: nested("dim", true) } };
const DIMENSION: MessageRule = {
  name: "A dimension",
  fields: { 1: int("dimValue"), 2: text("dimParam"), 3: text("denotation") },
};

/** A tensor whose elements stand in the file. */
export interface ConstantTensor {
  name: string;
  /** ONNX's TensorProto.DataType. */
  dtype: number;
  dims: readonly number[];
  /** Elements in order, as far as a shape may hang on them: int64 and int32 ones; undefined of others. */
  integers: readonly bigint[] | undefined;
  /** Whether it is one bool that is true. */
  isTrue: boolean;
  /** Its elements, little-endian, where the file holds them so. */
  raw?: Uint8Array;
}

/** What a file declares of a value: a dimension is undefined where its length is left open, `dims` where the rank is. */
export interface DeclaredValue {
  name: string;
  dtype: number;
  dims: readonly (number | undefined)[] | undefined;
}

/** An attribute's value. */
export type AttributeValue =
  | { kind: "float"; value: number }
  | { kind: "int"; value: bigint }
  | { kind: "text"; value: string }
  | { kind: "tensor"; value: ConstantTensor }
  | { kind: "floats"; value: readonly number[] }
  | { kind: "ints"; value: readonly bigint[] };

export interface GraphNode {
  operator: string;
  /** "" where an optional one is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  /** Reads them. Throws {@link MalformedModel} for what no attribute may hold, as the graphs of a loop. */
  readAttributes(): ReadonlyMap<string, AttributeValue>;
}

/** A model file, as far as its meaning hangs on it. */
export interface ModelGraph {
  /** Version of ONNX's own operators. */
  opset: number;
  nodes: readonly GraphNode[];
  constants: readonly ConstantTensor[];
  inputs: readonly DeclaredValue[];
  outputs: readonly DeclaredValue[];
  /** What the file says of values in between. */
  declared: readonly DeclaredValue[];
}

/** Bytes of an element by TensorProto.DataType: the types that layouts know. */
export const elementBytes: Readonly<Record<number, number>> = {
  1: 4,
  2: 1,
  3: 1,
  4: 2,
  5: 2,
  6: 4,
  7: 8,
  9: 1,
  10: 2,
  11: 8,
  12: 4,
  13: 8,
};

const OLDEST_IR = 4n;
const NEWEST_IR = 10n;

/**
 * Reads a model's file, but for its nodes' attributes: an operator that isn't allowed is refused by its name, whatever
 * its attributes hold. Throws {@link MalformedModel} where it has no single reading or holds what no rule allows.
 */
export function readGraph(file: Uint8Array): ModelGraph {
  const model = readMessage(file, MODEL);
  const irVersion = one<bigint>(model, "irVersion");
  if (irVersion === undefined || irVersion < OLDEST_IR || irVersion > NEWEST_IR)
    throw new MalformedModel(
      `The model has the IR version ${irVersion ?? "none"}; ${OLDEST_IR} to ${NEWEST_IR} are allowed.`,
    );
  const imports = messages(model, "opsetImport", OPSET);
  const [only] = imports;
  const domain = only && (one<string>(only, "domain") ?? "");
  if (!only || imports.length !== 1 || domain !== "")
    throw new MalformedModel("The model must import ONNX's own operators, and no others.");
  const graphs = messages(model, "graph", GRAPH);
  if (!graphs[0]) throw new MalformedModel("The model has no graph.");
  const graph = graphs[0];
  return {
    opset: Number(one<bigint>(only, "version") ?? 0n),
    nodes: messages(graph, "node", NODE).map(nodeOf),
    constants: messages(graph, "initializer", TENSOR).map(tensorOf),
    inputs: messages(graph, "input", VALUE_INFO).map(declaredOf),
    outputs: messages(graph, "output", VALUE_INFO).map(declaredOf),
    declared: messages(graph, "valueInfo", VALUE_INFO).map(declaredOf),
  };
}

const one = <T>(values: Values, name: string): T | undefined => values[name]?.[0] as T | undefined;

const all = <T>(values: Values, name: string): readonly T[] => (values[name] ?? []) as readonly T[];

const messages = (values: Values, name: string, rule: MessageRule): Values[] =>
  all<Uint8Array>(values, name).map((each) => readMessage(each, rule));

function nodeOf(node: Values): GraphNode {
  const operator = one<string>(node, "opType") ?? "";
  const domain = one<string>(node, "domain") ?? "";
  if (domain !== "")
    throw new MalformedModel(
      `The operator ${operator} is of the domain "${domain}"; only ONNX's own, as "", is allowed.`,
    );
  return {
    operator,
    inputs: all<string>(node, "input"),
    outputs: all<string>(node, "output"),
    readAttributes: () => attributesOf(operator, node),
  };
}

function attributesOf(operator: string, node: Values): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const attribute of messages(node, "attribute", ATTRIBUTE)) {
    const name = one<string>(attribute, "name") ?? "";
    if (attributes.has(name)) throw new MalformedModel(`A node ${operator} has its attribute "${name}" twice.`);
    attributes.set(name, attributeOf(name, attribute));
  }
  return attributes;
}

// AttributeProto.AttributeType.
const FLOAT = 1n;
const INT = 2n;
const STRING = 3n;
const TENSOR_VALUE = 4n;
const FLOATS = 6n;
const INTS = 7n;

const PARTS = ["f", "i", "s", "t", "floats", "ints"] as const;

function attributeOf(name: string, attribute: Values): AttributeValue {
  const only = (part: (typeof PARTS)[number]): void => {
    const other = PARTS.find((each) => each !== part && attribute[each] !== undefined);
    if (other !== undefined) throw new MalformedModel(`The attribute "${name}" has two values.`);
  };
  switch (one<bigint>(attribute, "type")) {
    case FLOAT:
      only("f");
      return { kind: "float", value: one<number>(attribute, "f") ?? 0 };
    case INT:
      only("i");
      return { kind: "int", value: one<bigint>(attribute, "i") ?? 0n };
    case STRING:
      only("s");
      return { kind: "text", value: new TextDecoder("latin1").decode(one<Uint8Array>(attribute, "s")) };
    case TENSOR_VALUE: {
      only("t");
      const tensor = one<Uint8Array>(attribute, "t");
      if (!tensor) throw new MalformedModel(`The attribute "${name}" has no value.`);
      return { kind: "tensor", value: tensorOf(readMessage(tensor, TENSOR)) };
    }
    case FLOATS:
      only("floats");
      return { kind: "floats", value: all<number>(attribute, "floats") };
    case INTS:
      only("ints");
      return { kind: "ints", value: all<bigint>(attribute, "ints") };
    default:
      throw new MalformedModel(`The attribute "${name}" is of a kind that is not allowed.`);
  }
}

const INT32 = 6;
const INT64 = 7;
const BOOL = 9;

/** Where elements of a type may stand beside `rawData`. */
const typedData: Readonly<Record<number, string>> = {
  ...{ 1: "floatData", 2: "int32Data", 3: "int32Data", 4: "int32Data", 5: "int32Data", 6: "int32Data" },
  ...{ 7: "int64Data", 9: "int32Data", 10: "int32Data", 11: "doubleData", 12: "uint64Data", 13: "uint64Data" },
};

const DATA = ["floatData", "int32Data", "int64Data", "doubleData", "uint64Data", "rawData"] as const;

function tensorOf(tensor: Values): ConstantTensor {
  const name = one<string>(tensor, "name") ?? "";
  const dtype = Number(one<bigint>(tensor, "dataType") ?? 0n);
  const size = elementBytes[dtype];
  if (size === undefined)
    throw new MalformedModel(`The tensor "${name}" has the element type ${dtype}, which is not allowed.`);
  if ((one<bigint>(tensor, "dataLocation") ?? 0n) !== 0n)
    throw new MalformedModel(`The tensor "${name}" has its data in another file.`);
  const dims = all<bigint>(tensor, "dims").map((dim) => lengthOf(dim, name));
  const count = elementsOf(dims, name);
  const given = DATA.filter((part) => tensor[part] !== undefined);
  const [part] = given;
  if (given.length > 1) throw new MalformedModel(`The tensor "${name}" has its data twice.`);
  if (part === undefined) throw new MalformedModel(`The tensor "${name}" has no data.`);
  if (part !== "rawData") {
    if (part !== typedData[dtype]) throw new MalformedModel(`The tensor "${name}" has data of another type.`);
    const elements = all<bigint | number>(tensor, part);
    if (elements.length !== count)
      throw new MalformedModel(`The tensor "${name}" has ${elements.length} elements; its dims make ${count}.`);
    if (dtype === BOOL && elements.some((each) => each !== 0n && each !== 1n)) throw notBool(name);
    const integers = dtype === INT32 || dtype === INT64 ? (elements as readonly bigint[]) : undefined;
    return { name, dtype, dims, integers, isTrue: dtype === BOOL && count === 1 && elements[0] === 1n };
  }
  const raw = one<Uint8Array>(tensor, "rawData") as Uint8Array;
  if (raw.length !== count * size)
    throw new MalformedModel(`The tensor "${name}" has ${raw.length} bytes; its dims make ${count * size}.`);
  if (dtype === BOOL && raw.some((byte) => byte > 1)) throw notBool(name);
  const isTrue = dtype === BOOL && count === 1 && raw[0] === 1;
  return { name, dtype, dims, integers: integersOf(raw, dtype), isTrue, raw };
}

const notBool = (name: string) => new MalformedModel(`The tensor "${name}" has a bool that is neither 0 nor 1.`);

/** More elements than any shape has dimensions: such a tensor is no shape. */
const MOST_INTEGERS = 64;

function integersOf(raw: Uint8Array, dtype: number): bigint[] | undefined {
  const size = elementBytes[dtype] as number;
  if ((dtype !== INT32 && dtype !== INT64) || raw.length > MOST_INTEGERS * size) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Array.from({ length: raw.length / size }, (_, i) =>
    dtype === INT64 ? view.getBigInt64(i * size, true) : BigInt(view.getInt32(i * size, true)),
  );
}

const MOST_ELEMENTS = 2 ** 31;

function lengthOf(dim: bigint, name: string): number {
  if (dim < 1n || dim >= MOST_ELEMENTS) throw new MalformedModel(`The tensor "${name}" has a dimension of ${dim}.`);
  return Number(dim);
}

/** Most dimensions of a value: whatever is done for each element may take as many steps. */
export const MOST_DIMENSIONS = 8;

/** Number of elements; refuses more of them, or of dimensions, than any limit allows. */
export function elementsOf(dims: readonly number[], name: string): number {
  if (dims.length > MOST_DIMENSIONS)
    throw new MalformedModel(`The tensor "${name}" has ${dims.length} dimensions; ${MOST_DIMENSIONS} are allowed.`);
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count >= MOST_ELEMENTS)
    throw new MalformedModel(`The tensor "${name}" has ${count} elements, more than are allowed.`);
  return count;
}

function declaredOf(value: Values): DeclaredValue {
  const name = one<string>(value, "name") ?? "";
  const [type] = messages(value, "type", TYPE);
  const [tensor] = type ? messages(type, "tensorType", TENSOR_TYPE) : [];
  if (!tensor) throw new MalformedModel(`The value "${name}" is not declared as a tensor.`);
  const [shape] = messages(tensor, "shape", SHAPE);
  return {
    name,
    dtype: Number(one<bigint>(tensor, "elemType") ?? 0n),
    dims: shape && messages(shape, "dim", DIMENSION).map((dim) => openOr(one<bigint>(dim, "dimValue"), name)),
  };
}

/** Whatever form of an open dimension: none given, a name, or a negative length. */
function openOr(length: bigint | undefined, name: string): number | undefined {
  return length === undefined || length < 0n ? undefined : lengthOf(length, name);
}
