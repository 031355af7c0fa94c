import { env, InferenceSession as OrtSession, Tensor as OrtTensor } from "onnxruntime-web/wasm";
import { bytesToHex, type Hex, sha256 } from "viem";
import { WrongHashError } from "../sdk/content.ts";
import { INT8, type Layout, type TensorSpec } from "../sdk/layouts.ts";
import { followsFromBytes, HostLimitError, InvalidModelError, messageOf } from "./failures.ts";
import { encodeOnnx } from "./onnx.ts";
import { pinnedRuntime } from "./pinned.ts";
import { checkInput, checkOutput, InvalidRunError } from "./tensors.ts";

/** Opens models on the pinned runtime. */
export interface InferenceRuntime {
  /**
   * Loads an ONNX file. Throws an {@link InvalidModelError} when ONNX Runtime refuses it or its input and output aren't
   * what the layout says, a {@link HostLimitError} when this machine can't load it.
   */
  open(artifact: Uint8Array, layout: Layout): Promise<InferenceSession>;
}

/** Told each byte that a generation writes, and its position, as soon as it is known. */
export type OnByte = (byte: number, position: number) => void;

/** A loaded model. Runs may be started concurrently: they happen one after another. */
export interface InferenceSession {
  /**
   * Output elements' bytes for the input elements' bytes, both little-endian. Throws a RangeError for an input that
   * can't be one, {@link InvalidRunError} when the model has no valid run on it, {@link HostLimitError} when this
   * machine couldn't run it.
   *
   * @param onByte Called only while a text is written: by a graph model that is a generation.
   */
  run(input: Uint8Array, onByte?: OnByte): Promise<Uint8Array>;
  /** Frees the model's memory. */
  release(): Promise<void>;
}

/**
 * Starts the pinned runtime from the bytes of its WebAssembly file; throws if they are another file's. A process has only
 * one ONNX Runtime: it must not have been started in another way.
 */
export async function loadRuntime(wasm: Uint8Array): Promise<InferenceRuntime> {
  const bytes = new Uint8Array(wasm);
  const found = await sha256Of(bytes);
  if (found !== pinnedRuntime.wasmHash)
    throw new WrongHashError(
      `The WebAssembly file has sha256 ${found}; ${pinnedRuntime.name} is pinned to ${pinnedRuntime.wasmHash}.`,
      pinnedRuntime.wasmHash,
      found,
    );
  env.wasm.wasmBinary = bytes.buffer;
  env.wasm.numThreads = pinnedRuntime.threads;
  env.wasm.proxy = false;
  await inTurn(startEngine);
  return { open: (artifact, layout) => inTurn(() => openSession(artifact, layout)) };
}

/** By the engine's own code, which is several times as fast and in another thread. A page without HTTPS has none. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<Hex> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  return subtle ? bytesToHex(new Uint8Array(await subtle.digest("SHA-256", bytes))) : sha256(bytes);
}

/**
 * ONNX Runtime starts with the first session: here with one of a model that does nothing, so that its code is compiled, in
 * other threads, while a model is still fetched and checked.
 */
async function startEngine(): Promise<void> {
  const tensor = { dtype: INT8, dims: [1] };
  const nothing = encodeOnnx({
    ...{ name: "nothing", constants: [], nodes: [{ op: "Identity", inputs: ["in"], output: "out" }] },
    ...{ input: { name: "in", ...tensor }, output: { name: "out", ...tensor } },
  });
  const session = await OrtSession.create(nothing, OPTIONS);
  await session.release();
}

// Every failure is thrown, so there is nothing to log.
const LOG_FATAL = 4;

const OPTIONS: OrtSession.SessionOptions = {
  executionProviders: ["wasm"],
  executionMode: "sequential",
  graphOptimizationLevel: "disabled",
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: LOG_FATAL,
};

// All sessions share one WebAssembly stack, and ONNX Runtime waits between taking its part of it and giving it back: calls
// must not interleave.
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

async function openSession(artifact: Uint8Array, layout: Layout): Promise<InferenceSession> {
  const session = await OrtSession.create(artifact, OPTIONS).catch((cause: unknown) => {
    throw followsFromBytes(cause)
      ? new InvalidModelError(messageOf(cause), { cause })
      : new HostLimitError(messageOf(cause), { cause });
  });
  try {
    checkMetadata("input", session.inputMetadata, layout.input);
    checkMetadata("output", session.outputMetadata, layout.output);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    async run(input) {
      checkInput(layout.input, input);
      return inTurn(() => runSession(session, layout, new Uint8Array(input)));
    },
    release: () => inTurn(() => session.release()),
  };
}

async function runSession(session: OrtSession, { input, output }: Layout, data: Uint8Array): Promise<Uint8Array> {
  const { name, elements } = elementType(input);
  const feed = new OrtTensor(name, elements(data.buffer as ArrayBuffer), [...input.dims]);
  let results: OrtSession.OnnxValueMapType;
  try {
    results = await session.run({ [input.name]: feed }, { logSeverityLevel: LOG_FATAL });
  } catch (cause) {
    throw followsFromBytes(cause)
      ? new InvalidRunError(`The model failed on its input: ${messageOf(cause)}`, { cause })
      : new HostLimitError(messageOf(cause), { cause });
  }
  const result = results[output.name] as OrtTensor;
  const found = describe(result.type, result.dims);
  const expected = describe(elementType(output).name, output.dims);
  if (found !== expected)
    throw new InvalidRunError(`Output "${output.name}" came out as ${found}; its layout says ${expected}.`);
  const view = result.data as Exclude<OrtTensor["data"], string[]>;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  checkOutput(output, bytes);
  return bytes;
}

function checkMetadata(role: string, found: readonly OrtSession.ValueMetadata[], spec: TensorSpec): void {
  const [only] = found;
  if (only === undefined || found.length !== 1)
    throw new InvalidModelError(`The model has ${found.length} ${role} tensors; it must have one.`);
  if (only.name !== spec.name)
    throw new InvalidModelError(`The model's ${role} is "${only.name}"; its layout says "${spec.name}".`);
  if (!only.isTensor) throw new InvalidModelError(`The model's ${role} "${spec.name}" is not a tensor.`);
  const { shape } = only;
  const fits = shape.length === spec.dims.length && shape.every((dim, i) => isOpen(dim) || dim === spec.dims[i]);
  const expected = elementType(spec).name;
  // No dims at all are a rank that is left open.
  if (only.type !== expected || !(fits || shape.length === 0))
    throw new InvalidModelError(
      `The model's ${role} "${spec.name}" is ${describe(only.type, only.shape)}; its layout says ${describe(expected, spec.dims)}.`,
    );
}

/** Whether a dimension is settled only when the model runs: it has a name, or is negative, which ONNX Runtime reads as uint32. */
const isOpen = (dim: number | string): boolean => typeof dim === "string" || dim >= 2 ** 31;

type Elements = Exclude<OrtTensor["data"], string[]>;

interface ElementType {
  name: Exclude<OrtTensor.Type, "string">;
  elements: (buffer: ArrayBuffer) => Elements;
}

const elementTypes: Readonly<Record<number, ElementType>> = {
  1: { name: "float32", elements: (buffer) => new Float32Array(buffer) },
  2: { name: "uint8", elements: (buffer) => new Uint8Array(buffer) },
  3: { name: "int8", elements: (buffer) => new Int8Array(buffer) },
  4: { name: "uint16", elements: (buffer) => new Uint16Array(buffer) },
  5: { name: "int16", elements: (buffer) => new Int16Array(buffer) },
  6: { name: "int32", elements: (buffer) => new Int32Array(buffer) },
  7: { name: "int64", elements: (buffer) => new BigInt64Array(buffer) },
  9: { name: "bool", elements: (buffer) => new Uint8Array(buffer) },
  10: { name: "float16", elements: (buffer) => new Uint16Array(buffer) },
  11: { name: "float64", elements: (buffer) => new Float64Array(buffer) },
  12: { name: "uint32", elements: (buffer) => new Uint32Array(buffer) },
  13: { name: "uint64", elements: (buffer) => new BigUint64Array(buffer) },
};

function elementType(spec: TensorSpec): ElementType {
  const type = elementTypes[spec.dtype];
  if (type === undefined)
    throw new RangeError(`Tensor "${spec.name}" has unsupported ONNX element type ${spec.dtype}.`);
  return type;
}

const describe = (type: string, dims: readonly (number | string)[]): string => `${type}[${dims.join(", ")}]`;
