import type { TensorSpec } from "../../sdk/layouts.ts";
import { siteOf, type Value } from "../graph/operator.ts";
import { MalformedModel } from "../graph/protobuf.ts";
import { elementBytes } from "../graph/read.ts";
import { operators } from "../graph/rules.ts";
import { type Attribute, type Constant, encodeOnnx, type Node } from "../onnx.ts";
import { fold } from "./fold.ts";
import { constantOf, intOf, type Numbers, numbersOf, productOf } from "./numbers.ts";
import { OPSETS, rewrite } from "./rewrite.ts";
import { ImportError, type SourceModel, type SourceNode, type SourceValue } from "./source.ts";

/** A graph of ONNX's own operators in which every shape is known, of one input and one output. */
export interface StaticGraph {
  opset: number;
  nodes: readonly SourceNode[];
  /** Those that the nodes read, by name. */
  constants: ReadonlyMap<string, Constant>;
  input: TensorSpec;
  output: TensorSpec;
  /** Dims of every value by name, constants among them. */
  dims: ReadonlyMap<string, readonly number[]>;
}

export interface PrepareOptions {
  /** Dims of one sample, without their number. */
  sample: readonly number[];
  /** Name of the output to keep where the file has several. */
  output?: string | undefined;
}

/**
 * Makes a foreign graph one that is run on a sample at a time: dims are settled by the samples' shape, what only serves
 * to compute shapes is computed, what does nothing is left out, and so is all that the chosen output doesn't need.
 * Throws an {@link ImportError} that says what stands in the way.
 */
export function prepare(source: SourceModel, { sample, output }: PrepareOptions): StaticGraph {
  const [oldest, newest] = OPSETS;
  if (source.opset < oldest || source.opset > newest)
    throw new ImportError(
      `The model uses version ${source.opset} of ONNX's operators; versions ${oldest} to ${newest} are read.`,
    );
  const [input, second] = source.inputs;
  if (!input) throw new ImportError("The model has no input.");
  if (second)
    throw new ImportError(
      `The model has ${source.inputs.length} inputs (${source.inputs.map(({ name }) => name).join(", ")}); one is needed.`,
    );
  if (input.dtype === undefined || elementBytes[input.dtype] === undefined)
    throw new ImportError(`The model's input "${input.name}" is no tensor of numbers.`);
  const dims = settleDims(input, sample);
  const chosen = chooseOutput(source, output);
  const walk = new Walk(source, { name: input.name, dtype: input.dtype, dims }, input.dims?.[0]);
  for (const node of neededBy(chosen, source.nodes)) walk.take(node);
  return walk.end(chosen);
}

/** The file of a prepared graph. */
export function encodeStatic({ opset, nodes, constants, input, output }: StaticGraph): Uint8Array {
  return encodeOnnx({
    name: "imported",
    opset,
    nodes: nodes.map(
      ({ op, inputs, outputs, attributes }): Node => ({
        ...{ op, inputs, output: outputs },
        attributes: Object.fromEntries(attributes) as Record<string, Attribute>,
      }),
    ),
    constants: [...constants.values()],
    input,
    output,
  });
}

/** Dims of the model's input for one sample. */
function settleDims({ name, dtype, dims: declared }: SourceValue, sample: readonly number[]): readonly number[] {
  if (declared === undefined) return [1, ...sample];
  const count = productOf(sample);
  const [batch, ...rest] = declared;
  const known = productOf(rest.map((dim) => dim ?? 1));
  const open = rest.filter((dim) => dim === undefined).length;
  if (declared.length > 0 && open === 0) {
    if (known === count && !isTurned(rest as number[], sample)) return [1, ...(rest as number[])];
    if (batch !== undefined && batch > 1 && batch * known === count) return declared as number[];
  }
  if (open === 1 && count % known === 0) return [1, ...rest.map((dim) => dim ?? count / known)];
  const fitted = rest.map((dim, i) => dim ?? sample[i + sample.length - rest.length] ?? 1);
  if (open > 1 && productOf(fitted) === count) return [1, ...fitted];
  const shown = declared.map((dim) => dim ?? "?").join(", ");
  const hint = isTurned(rest as number[], sample) ? " Their axes are in another order: transpose the samples." : "";
  throw new ImportError(
    `A sample has the shape [${sample.join(", ")}], which the model's input "${name}" (type ${dtype}) of the dims [${shown}] doesn't take.${hint}`,
  );
}

/** Whether the same lengths stand in another order, as where channels come last. */
const isTurned = (dims: readonly (number | undefined)[], sample: readonly number[]): boolean => {
  const [a, b] = [dims, sample].map((each) => each.filter((dim) => dim !== 1));
  return String(a) !== String(b) && String(a?.sort()) === String(b?.sort());
};

/** The output to keep: the one that is named, or the only one of real numbers. */
function chooseOutput({ outputs, nodes }: SourceModel, wanted: string | undefined): string {
  const names = outputs.map(({ name }) => name);
  if (wanted !== undefined) {
    if (!names.includes(wanted))
      throw new ImportError(`The model has no output "${wanted}"; its outputs are ${names.join(", ")}.`);
    return wanted;
  }
  const isZipped = (name: string) => nodes.some(({ op, outputs: made }) => op === "ZipMap" && made.includes(name));
  const real = outputs.filter(({ name, dtype }) => isZipped(name) || REALS.includes(dtype ?? 0));
  const [only] = names.length === 1 ? outputs : real;
  if (only === undefined || (names.length > 1 && real.length > 1))
    throw new ImportError(`The model has ${names.length} outputs (${names.join(", ")}); say which one by --output.`);
  return only.name;
}

const REALS = [1, 10, 11];

/** The nodes that an output hangs on, in order. */
function neededBy(output: string, nodes: readonly SourceNode[]): SourceNode[] {
  const needed = new Set([output]);
  const found: SourceNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => name !== "" && needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    found.unshift(node);
  }
  return found;
}

const NEWEST = 21;
const OLDEST = 13;

/** Shapes are computed in a few integers. */
const MOST_FOLDED = 64;

const INT64 = 7;

/** Goes through a graph node by node. */
class Walk {
  readonly #opset: number;
  readonly #input: TensorSpec;
  /** The batch for which shapes were written down, where it isn't the one that is run. */
  readonly #batch: number | undefined;
  readonly #values = new Map<string, Value>();
  readonly #constants: Map<string, Constant>;
  /** What a value that nothing changes was called before. */
  readonly #same = new Map<string, string>();
  readonly #nodes: SourceNode[] = [];
  #names = 0;

  constructor({ opset, constants }: SourceModel, input: TensorSpec, batch: number | undefined) {
    this.#opset = opset;
    this.#input = input;
    this.#batch = batch === input.dims[0] ? undefined : batch;
    this.#constants = new Map(constants);
    for (const constant of constants.values()) this.#values.set(constant.name, knownOf(constant));
    this.#values.set(input.name, { dtype: input.dtype, dims: input.dims });
  }

  take(node: SourceNode): void {
    const inputs = node.inputs.map((name) => this.#named(name));
    const rewritten = rewrite(
      { ...node, inputs },
      {
        opset: this.#opset,
        dimsOf: (name) => this.#values.get(name)?.dims,
        add: (constant) => this.#addConstant({ ...constant, name: this.#fresh() }),
        fresh: () => this.#fresh(),
      },
    );
    for (const each of rewritten) this.#takeOne({ ...each, inputs: each.inputs.map((name) => this.#named(name)) });
  }

  end(chosen: string): StaticGraph {
    const output = this.#named(chosen);
    const value = this.#values.get(output);
    if (!value) throw new ImportError(`Nothing gives the model's output "${chosen}".`);
    if (value.constant || output === this.#input.name)
      throw new ImportError(`The model's output doesn't hang on its input.`);
    return this.#renamed(output, value);
  }

  #takeOne(node: SourceNode): void {
    const [output = ""] = node.outputs;
    const constant = this.#constantOf(node);
    if (constant) this.#addConstant({ ...constant, name: output });
    else if (this.#changesNothing(node)) this.#same.set(output, node.inputs[0] as string);
    else this.#add(this.#shrunk(node));
  }

  /** What a node gives whatever the input is, as far as it serves shapes. */
  #constantOf(node: SourceNode): Omit<Constant, "name"> | undefined {
    const { op, inputs, attributes } = node;
    if (op === "Constant") return givenConstant(node);
    if (op === "Shape") {
      const dims = this.#valueOf(node, inputs[0] ?? "").dims;
      const values = dims.slice(intOf(attributes, "start", 0), intOf(attributes, "end", dims.length));
      return constantOf("", { dtype: INT64, dims: [values.length], values });
    }
    if (op === "Size") {
      const values = [productOf(this.#valueOf(node, inputs[0] ?? "").dims)];
      return constantOf("", { dtype: INT64, dims: [], values });
    }
    const found = inputs.map((name) => this.#constants.get(name));
    if (inputs.length === 0 || inputs.some((name, i) => name !== "" && !isSmall(found[i]))) return undefined;
    const folded = fold(
      op,
      found.map((each) => each && numbersOf(each)),
      attributes,
    );
    return folded && isWritable(folded) ? constantOf("", folded) : undefined;
  }

  #changesNothing({ op, inputs, outputs, attributes }: SourceNode): boolean {
    if (op === "Identity") return true;
    if (op === "Cast") return this.#values.get(inputs[0] ?? "")?.dtype === intOf(attributes, "to", 0);
    if (op === "Pad") return this.#constants.get(inputs[1] ?? "")?.data.every((byte) => byte === 0) ?? false;
    if (op !== "Dropout") return false;
    const training = this.#constants.get(inputs[2] ?? "");
    const isOff = inputs[2] === undefined || inputs[2] === "" || training?.data[0] === 0;
    if (!isOff) throw new ImportError("A node Dropout trains, so that its output is random.");
    if ((outputs[1] ?? "") !== "") throw new ImportError("A node Dropout gives its mask, which is not taken.");
    return true;
  }

  /** A node whose written shape is for a larger batch than the one that is run. */
  #shrunk(node: SourceNode): SourceNode {
    const shape = this.#constants.get(node.inputs[1] ?? "");
    const numbers = shape && numbersOf(shape);
    if (node.op !== "Reshape" || this.#batch === undefined || numbers?.values[0] !== this.#batch) return node;
    const values = Array.from(numbers.values, (dim, i) => (i === 0 ? 1 : dim));
    const name = this.#addConstant({ ...constantOf("", { ...numbers, values }), name: this.#fresh() });
    return { ...node, inputs: [node.inputs[0] as string, name] };
  }

  #add(node: SourceNode): void {
    const { op, inputs, outputs, attributes } = node;
    const operator = Object.hasOwn(operators, op) ? operators[op] : undefined;
    if (!operator) throw new ImportError(`The operator ${op} is not taken: no verifier runs it.`);
    const odd = [...attributes].find(([, value]) => value === undefined);
    if (odd) throw new ImportError(`A node ${op} has an attribute "${odd[0]}" of a kind that is not taken.`);
    const values = inputs.map((name) => (name === "" ? undefined : this.#valueOf(node, name)));
    while (values.length > 0 && values.at(-1) === undefined) values.pop();
    const site = siteOf(op, this.#written(), values, outputs.length, graphAttributes(attributes));
    for (const [i, value] of inferred(() => operator.infer(site).outputs).entries())
      if (outputs[i]) this.#values.set(outputs[i], { dtype: value.dtype, dims: value.dims });
    this.#nodes.push(node);
  }

  /** Version of the operators that is written. */
  #written = (): number => Math.min(NEWEST, Math.max(OLDEST, this.#opset));

  #valueOf({ op }: SourceNode, name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw new ImportError(`A node ${op} reads "${name}", which nothing before it gives.`);
    return value;
  }

  #named(name: string): string {
    let found = name;
    for (let next = this.#same.get(found); next !== undefined; next = this.#same.get(found)) found = next;
    return found;
  }

  #fresh(): string {
    this.#names += 1;
    return `\0${this.#names}`;
  }

  #addConstant(constant: Constant): string {
    this.#constants.set(constant.name, constant);
    this.#values.set(constant.name, knownOf(constant));
    return constant.name;
  }

  /** Gives every value a plain name: a stranger's may be anything. Leaves out what the output doesn't need any more. */
  #renamed(last: string, { dtype, dims }: Value): StaticGraph {
    const nodes = neededBy(last, this.#nodes);
    const input = { ...this.#input, name: identifier(this.#input.name, "input") };
    const output = { name: identifier(last, "output"), dtype, dims };
    if (output.name === input.name) output.name = `${input.name}_output`;
    const names = new Map([[this.#input.name, input.name]]);
    for (const [i, { op, outputs }] of nodes.entries())
      for (const [k, name] of outputs.entries()) names.set(name, `${i}/${op}${k === 0 ? "" : `/${k}`}`);
    names.set(last, output.name);
    const constants = new Map<string, Constant>();
    for (const name of new Set(nodes.flatMap(({ inputs }) => inputs))) {
      const constant = this.#constants.get(name);
      if (!constant) continue;
      names.set(name, `constant/${constants.size}`);
      constants.set(names.get(name) as string, { ...constant, name: names.get(name) as string });
    }
    const plain = (name: string) => (name === "" ? "" : (names.get(name) ?? ""));
    return {
      ...{ opset: this.#written(), constants, input, output },
      nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(plain), outputs: node.outputs.map(plain) })),
      dims: new Map([...names].map(([name, to]) => [to, this.#values.get(name)?.dims ?? []])),
    };
  }
}

/** A name that an integer model's tensor may have, too. */
function identifier(name: string, otherwise: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[A-Za-z_]\w{0,39}$/.test(plain) && plain !== "max" ? plain : otherwise;
}

/** Shape inference, whose refusals are sentences. */
function inferred<T>(infer: () => T): T {
  try {
    return infer();
  } catch (error) {
    if (error instanceof MalformedModel) throw new ImportError(error.message);
    throw error;
  }
}

function givenConstant({ attributes }: SourceNode): Omit<Constant, "name"> {
  const [[name, given] = []] = attributes;
  const numbers = (dtype: number, dims: number[], values: readonly number[]) => constantOf("", { dtype, dims, values });
  if (given?.kind === "tensor") return given.value;
  if (given?.kind === "float") return numbers(1, [], [given.value]);
  if (given?.kind === "floats") return numbers(1, [given.value.length], given.value);
  if (given?.kind === "int") return int64s([], [given.value]);
  if (given?.kind === "ints") return int64s([given.value.length], given.value);
  throw new ImportError(`A node Constant has its value as "${name ?? "nothing"}", which is not taken.`);
}

const int64s = (dims: readonly number[], values: readonly bigint[]): Omit<Constant, "name"> => ({
  ...{ dtype: INT64, dims },
  data: new Uint8Array(BigInt64Array.from(values).buffer),
});

const isSmall = (constant: Constant | undefined): boolean =>
  constant !== undefined && productOf(constant.dims) <= MOST_FOLDED;

const isWritable = ({ dtype, values }: Numbers): boolean =>
  values.length <= MOST_FOLDED && (dtype === 1 || dtype === 11 || Array.from(values).every(Number.isSafeInteger));

const knownOf = (constant: Constant): Value => ({
  dtype: constant.dtype,
  dims: constant.dims,
  constant: tensorOf(constant),
});

/** A constant as shape inference reads it. */
function tensorOf(constant: Constant): NonNullable<Value["constant"]> {
  const { name, dtype, dims, data } = constant;
  const isShape = (dtype === 6 || dtype === INT64) && isSmall(constant);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const integers = isShape
    ? Array.from({ length: productOf(dims) }, (_, i) =>
        dtype === 6 ? BigInt(view.getInt32(4 * i, true)) : view.getBigInt64(8 * i, true),
      )
    : undefined;
  return { name, dtype, dims, integers, isTrue: dtype === 9 && data.length === 1 && data[0] === 1 };
}

const graphAttributes = (attributes: SourceNode["attributes"]) =>
  new Map(
    [...attributes].flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, value.kind === "tensor" ? { kind: value.kind, value: tensorOf(value.value) } : value] as const],
    ),
  );
