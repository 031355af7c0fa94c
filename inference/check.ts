import { bytesToHex } from "viem";
import { MAX_CONTENT_BYTES } from "../sdk/content.ts";
import { decodeLayout, encodeLayout, INT8, type Layout, type TensorSpec, tensorBytes } from "../sdk/layouts.ts";
import { knownMethods } from "../sdk/methods/index.ts";
import { messageOf } from "./failures.ts";
import { admitGraph, describeType, inferGraph } from "./graph/admit.ts";
import { MalformedModel } from "./graph/protobuf.ts";
import { readGraph } from "./graph/read.ts";
import { GraphRefusal } from "./graphModel/admit.ts";
import { fileLayout } from "./graphModel/file.ts";
import { programOfModel } from "./graphModel/generating.ts";
import { forward } from "./integer.ts";
import { publicationLimits, taskLimits } from "./limits.ts";
import { inferenceMethodById } from "./methods/index.ts";
import { type CheckedModel, checkModel, nameModel, type OtherParts, type PublishedModel } from "./model.ts";
import type { ModelOpener } from "./opener.ts";

/** A model's files, as they would be published and made a task of. */
export interface ModelFiles extends OtherParts {
  artifact: Uint8Array;
  /** Undefined for a file by itself: then it is what the file declares. */
  layout?: Uint8Array | undefined;
  /** Empty for a float model. */
  rows: Uint8Array;
  /** Base inputs, one after another. */
  inputs?: Uint8Array | undefined;
}

/** What was found of one thing that could fail later. */
export interface Finding {
  /** One short word. */
  name: string;
  /** `no`: a method that can't take the model, which is no failure as long as another one can. */
  result: "ok" | "refused" | "no";
  /** Who would refuse it: whoever verifies answers, the contracts when it is published, or a season that makes it a task. */
  by: "verifiers" | "contracts" | "seasons";
  /** The finding, as a sentence. */
  detail: string;
}

/** A model that was looked at. */
export interface CheckedFiles {
  findings: Finding[];
  /** Undefined where its parts don't even make a name. */
  model: PublishedModel | undefined;
}

/** Base inputs on which the model is run. */
const MOST_RUNS = 32;

/**
 * Says everything that would fail later, by the very code that verifiers use: parts, graph, cost, loading and running;
 * then what the contracts and a season's task ask for, and which methods can take the model. Never throws because of
 * what the files hold.
 *
 * @param opener Runs the file, which may be a stranger's: within bounds on time and memory.
 */
export async function checkFiles(files: ModelFiles, opener: ModelOpener): Promise<CheckedFiles> {
  const { artifact, rows, inputs } = files;
  const findings: Finding[] = [];
  const say: Say = (by, name, detail, refusal) => {
    findings.push({ name, by, result: refusal === undefined ? "ok" : "refused", detail: refusal ?? detail });
  };
  if (artifact.length > MAX_CONTENT_BYTES) {
    say("contracts", "size", "", `The file is ${artifact.length} bytes; content is at most ${MAX_CONTENT_BYTES}.`);
    return { findings, model: undefined };
  }
  say("contracts", "size", `The file is ${artifact.length} bytes.`);
  const parts = await attempt(() => {
    const layoutBytes = files.layout ?? encodeLayout(declaredLayout(artifact));
    return { layoutBytes, layout: decodeLayout(layoutBytes) };
  });
  if ("refusal" in parts) {
    say("verifiers", files.layout ? "layout" : "graph", "", parts.refusal);
    return { findings, model: undefined };
  }
  const { layout, layoutBytes } = parts.value;
  say("contracts", "layout", describe(layout, files.layout !== undefined), await nameRefusal(layout));
  const named = await attempt(() => nameModel(artifact, layoutBytes, rows, files));
  if ("refusal" in named) {
    say("verifiers", "rows", "", named.refusal);
    return { findings, model: undefined };
  }
  const model = named.value;
  const checked = checkParts(model, artifact, say);
  if (checked) await checkRuns({ model, artifact, checked, inputs: firstOf(inputs, layout), opener, say });
  checkPublication(layoutBytes, rows, say);
  checkTask(layout, layoutBytes, inputs, say);
  if (checked) findings.push(...methodFindings(checked, model));
  return { findings, model };
}

/** Adds a finding; `refusal` takes the place of `detail`. */
type Say = (by: Finding["by"], name: string, detail: string, refusal?: string) => void;

const unless = (holds: boolean, refusal: string): string | undefined => (holds ? undefined : refusal);

/** What a function gives, or why it throws. */
async function attempt<T>(make: () => T | Promise<T>): Promise<{ value: T } | { refusal: string }> {
  try {
    return { value: await make() };
  } catch (error) {
    return { refusal: messageOf(error) };
  }
}

/** The layout that a file declares, an open dimension being 1. Throws for a file that has no reading. */
function declaredLayout(artifact: Uint8Array): Layout {
  const { inputs, outputs } = readGraph(artifact);
  const [input, output] = [inputs[0], outputs[0]];
  if (!input || !output || inputs.length !== 1 || outputs.length !== 1)
    throw new MalformedModel(
      `The model has ${inputs.length} inputs and ${outputs.length} outputs; it must have one of each.`,
    );
  const closed = (dims: readonly (number | undefined)[] | undefined) => (dims ?? []).map((dim) => dim ?? 1);
  const spec = { name: input.name, dtype: input.dtype, dims: closed(input.dims) };
  return { widths: [], input: spec, output: { ...output, dims: inferredDims(artifact, spec) ?? closed(output.dims) } };
}

/** Dims that the output has with this input; undefined where they don't follow. */
function inferredDims(artifact: Uint8Array, input: TensorSpec): readonly number[] | undefined {
  try {
    return inferGraph(artifact, input).found?.dims;
  } catch {
    return undefined;
  }
}

const describe = ({ widths, graph, input, output }: Layout, isGiven: boolean): string =>
  `${[input, output].map((spec) => `"${spec.name}" ${describeType(spec)}`).join(" to ")}${widths.length > 0 ? `, layers ${widths.join("-")}` : ""}${graph ? `, ${graph.length} operators` : ""}${isGiven ? "" : ", as the file declares it"}.`;

/** What ModelRegistry refuses of a layout's names. */
async function nameRefusal(layout: Layout): Promise<string | undefined> {
  const odd = [layout.input, layout.output].find(({ rawName }) => rawName !== undefined);
  if (odd) return `The tensor name ${JSON.stringify(odd.name)} is not one word of printable ASCII.`;
  const written = await attempt(() => encodeLayout(layout));
  return "refusal" in written ? written.refusal : undefined;
}

/** The checks that every verifier makes before anything runs; undefined where one fails. */
function checkParts(model: PublishedModel, artifact: Uint8Array, say: Say): CheckedModel | undefined {
  try {
    const checked = checkModel(model, artifact);
    const { work, bytes } = admitGraph(artifact, fileLayout(checked.layout));
    say("verifiers", "rows", rowsFinding(checked));
    say("verifiers", "graph", "Every operator gives the same bytes everywhere, and every shape is known.");
    say("verifiers", "cost", `A run takes ${work} multiply-adds and ${bytes} bytes.`);
    return checked;
  } catch (error) {
    const ofGraph = error instanceof MalformedModel || error instanceof GraphRefusal;
    say("verifiers", ofGraph ? "graph" : "rows", "", messageOf(error));
    return undefined;
  }
}

function rowsFinding({ layers, parameters }: CheckedModel): string {
  if (parameters) {
    const count = parameters.reduce((sum, { length }) => sum + length, 0);
    return `The file is, byte for byte, what the graph and its ${count} parameter rows make.`;
  }
  if (layers.length > 0) return "The file is, byte for byte, what layout and rows make.";
  return "There are none: it is a float model.";
}

/** The first base inputs, or one of zeros where there are none. */
function firstOf(inputs: Uint8Array | undefined, { input }: Layout): Uint8Array[] {
  const size = tensorBytes(input);
  const count = Math.min(MOST_RUNS, Math.floor((inputs?.length ?? 0) / size));
  if (inputs === undefined || count === 0) return [new Uint8Array(size)];
  return Array.from({ length: count }, (_, i) => inputs.slice(i * size, (i + 1) * size));
}

interface Runs {
  model: PublishedModel;
  artifact: Uint8Array;
  checked: CheckedModel;
  inputs: readonly Uint8Array[];
  opener: ModelOpener;
  say: Say;
}

/** Loads the model and runs it, each input twice. */
async function checkRuns({ model, artifact, checked, inputs, opener, say }: Runs): Promise<void> {
  const opened = await attempt(() => opener.open(model, artifact));
  if ("refusal" in opened) return say("verifiers", "runtime", "", opened.refusal);
  say("verifiers", "runtime", "ONNX Runtime loads it.");
  const { session } = opened.value;
  const twice = [...inputs, ...inputs];
  const ran = await attempt(() => Promise.all(twice.map((input) => session.run(input))));
  await session.release();
  if ("refusal" in ran) return say("verifiers", "run", "", ran.refusal);
  const outputs = ran.value.map((output) => bytesToHex(output));
  const differs = inputs.findIndex((_, i) => outputs[i] !== outputs[i + inputs.length]);
  const wrong = inputs.findIndex((input, i) => isOtherThanRows(checked, input, outputs[i] as string));
  const refusal =
    differs !== -1
      ? `It gave two answers to input ${differs}.`
      : wrong !== -1
        ? `Its rows give another answer than its file to input ${wrong}.`
        : undefined;
  say(
    "verifiers",
    "run",
    `It ran on ${inputs.length} input${inputs.length === 1 ? "" : "s"}, twice, with the same bytes.`,
    refusal,
  );
}

function isOtherThanRows(checked: CheckedModel, input: Uint8Array, output: string): boolean {
  const program = programOfModel(checked);
  if (!program && checked.layers.length === 0) return false;
  const elements = new Int8Array(input.buffer, input.byteOffset, input.length);
  const last = (program ? program.run(elements) : forward(checked.layers, elements)).at(-1) as Int8Array;
  return bytesToHex(new Uint8Array(last.buffer, last.byteOffset, last.length)) !== output;
}

/** As long as a uri by CID is. */
const URI_BYTES = 66;

function checkPublication(layout: Uint8Array, rows: Uint8Array, say: Say): void {
  const length = layout.length + rows.length + URI_BYTES;
  const detail = `Layout, rows and uri are ${length} bytes`;
  const { bytes } = publicationLimits;
  say("contracts", "publish", `${detail}.`, unless(length <= bytes, `${detail}; a publication takes ${bytes}.`));
}

/** What a season's task asks of the input, and of the base inputs. */
function checkTask({ input }: Layout, layout: Uint8Array, inputs: Uint8Array | undefined, say: Say): void {
  const isBytes = input.dtype === INT8;
  const other = `The input is ${describeType(input)}; a season assigns int8. \`model import\` puts an input of int8 before it.`;
  say("seasons", "input", "A season can assign it: it is int8.", unless(isBytes, other));
  if (!isBytes) return;
  const size = tensorBytes(input);
  const most = Math.floor((taskLimits.bytes - layout.length) / size);
  if (most < 1) {
    say(
      "seasons",
      "inputs",
      "",
      `An input takes ${size} bytes; a task takes ${taskLimits.bytes} for its inputs and the layout together.`,
    );
  } else if (inputs !== undefined) {
    const count = inputs.length / size;
    const fits = Number.isInteger(count) && count >= 1 && count <= Math.min(most, taskLimits.inputs);
    const refusal = Number.isInteger(count)
      ? `There are ${count} base inputs of ${size} bytes; a task takes 1 to ${Math.min(most, taskLimits.inputs)}.`
      : `The base inputs are ${inputs.length} bytes, which is no multiple of the input's ${size}.`;
    say("seasons", "inputs", `There are ${count} base inputs of ${size} bytes.`, unless(fits, refusal));
  }
}

/** Which methods can take it; refused if none can. */
function methodFindings(checked: CheckedModel, model: PublishedModel): Finding[] {
  const found = knownMethods().map(([, { id, name }]) => {
    const refusal = inferenceMethodById(id)?.refuses?.(checked, model);
    const result = refusal === undefined ? "ok" : "no";
    return { name, by: "seasons", result, detail: refusal ?? "It can take the model." } as const;
  });
  return found.some(({ result }) => result === "ok") ? found : found.map((each) => ({ ...each, result: "refused" }));
}
