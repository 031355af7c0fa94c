import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Hex, keccak256 } from "viem";
import type { ModelFiles } from "../inference/check.ts";
import type { ImportedModel } from "../inference/import/import.ts";
import type { CircuitFiles } from "../participant/publish.ts";
import { MAX_CONTENT_BYTES } from "../sdk/content.ts";
import { parseHash, UsageError } from "./usage.ts";

/** A model's directory, or a model's file by itself. */
export interface FoundModel extends ModelFiles {
  /** The model card's bytes. */
  card: Uint8Array | undefined;
  /** What proves its runs; undefined without a circuit. */
  circuit?: CircuitFiles | undefined;
}

/** Names of a circuit's files, in a model's directory `circuit`; those of a test's keys say what they are. */
export const circuitFiles = (isTest: boolean) => ({
  witness: "witness.wasm",
  provingKey: `${isTest ? "TEST-" : ""}proving.zkey`,
  key: `${isTest ? "TEST-" : ""}verifying.key`,
});

/** Reads `model.onnx` and what stands beside it: layout.bin, rows.bin, inputs.bin, card.json, measurement.txt and circuit/; or one file. */
export async function readModelFiles(path: string): Promise<FoundModel> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`"${path}" can't be read: ${error.code}.`);
  });
  if (!found.isDirectory()) return { artifact: await readOne(path, path), rows: new Uint8Array(0), card: undefined };
  const [artifact, layout, rows, inputs, card, measurement] = await Promise.all([
    readOne(join(path, "model.onnx"), path),
    ...["layout.bin", "rows.bin", "inputs.bin", "card.json", MEASUREMENT].map((name) => readIfThere(join(path, name))),
  ] as const);
  const circuit = await readCircuit(join(path, "circuit"));
  return {
    artifact,
    layout,
    rows: rows ?? new Uint8Array(0),
    inputs,
    card,
    circuit,
    verifyingKeyHash: circuit && keccak256(circuit.key),
    measurement: parseMeasurement(measurement),
  };
}

/** A circuit's files: those of a ceremony, or a test's; undefined where there are neither. */
async function readCircuit(directory: string): Promise<CircuitFiles | undefined> {
  for (const isTest of [false, true]) {
    const names = circuitFiles(isTest);
    const key = await readIfThere(join(directory, names.key));
    if (key === undefined) continue;
    const [witness, provingKey] = [names.witness, names.provingKey].map((name) => join(directory, name));
    return {
      key,
      witness: await readOne(witness as string, directory),
      provingKey: await readOne(provingKey as string, directory),
    };
  }
  return undefined;
}

/** The measurement of the enclave image that a model is bound to. */
const MEASUREMENT = "measurement.txt";

const parseMeasurement = (text: Uint8Array | undefined): Hex | undefined =>
  text && parseHash(MEASUREMENT, new TextDecoder().decode(text).trim());

/** What of a model is written; its rows are empty unless it is an integer model. */
type WrittenModel = Pick<ImportedModel, "artifact" | "layout" | "rows" | "inputs">;

/** Writes a model's directory as {@link readModelFiles} reads it. */
export async function writeModelFiles(directory: string, imported: WrittenModel, card: object): Promise<void> {
  const { artifact, layout, rows, inputs } = imported;
  await mkdir(directory, { recursive: true });
  const write = (name: string, data: Uint8Array | string) => writeFile(join(directory, name), data);
  await write("model.onnx", artifact);
  await write("layout.bin", layout);
  if (rows.length > 0) await write("rows.bin", rows);
  else await rm(join(directory, "rows.bin"), { force: true });
  await write("inputs.bin", inputs);
  await write("card.json", `${JSON.stringify(card, undefined, 2)}\n`);
}

/** A file of at most as many bytes as content may have. */
export async function readOne(file: string, asked: string): Promise<Uint8Array> {
  const bytes = await readIfThere(file);
  if (bytes === undefined) throw new UsageError(`"${asked}" holds no model: there is no ${file}.`);
  return bytes;
}

/** A file of at most as many bytes as content may have; undefined where there is none. */
export async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new UsageError(`"${file}" is no file.`);
  if (found.size > MAX_CONTENT_BYTES)
    throw new Error(`"${file}" is ${found.size} bytes; content is at most ${MAX_CONTENT_BYTES}.`);
  return new Uint8Array(await readFile(file));
}
