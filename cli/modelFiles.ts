import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFiles } from "../inference/check.ts";
import type { ImportedModel } from "../inference/import/import.ts";
import { MAX_CONTENT_BYTES } from "../sdk/content.ts";
import { UsageError } from "./usage.ts";

/** A model's directory, or a model's file by itself. */
export interface FoundModel extends ModelFiles {
  /** The model card's bytes. */
  card: Uint8Array | undefined;
}

/** Reads `model.onnx` and what stands beside it: layout.bin, rows.bin, inputs.bin and card.json; or one file. */
export async function readModelFiles(path: string): Promise<FoundModel> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`"${path}" can't be read: ${error.code}.`);
  });
  if (!found.isDirectory()) return { artifact: await readOne(path, path), rows: new Uint8Array(0), card: undefined };
  const [artifact, layout, rows, inputs, card] = await Promise.all([
    readOne(join(path, "model.onnx"), path),
    ...["layout.bin", "rows.bin", "inputs.bin", "card.json"].map((name) => readIfThere(join(path, name))),
  ] as const);
  return { artifact, layout, rows: rows ?? new Uint8Array(0), inputs, card };
}

/** Writes a model's directory as {@link readModelFiles} reads it. */
export async function writeModelFiles(directory: string, imported: ImportedModel, card: object): Promise<void> {
  const { artifact, layout, rows, inputs } = imported;
  await mkdir(directory, { recursive: true });
  const write = (name: string, data: Uint8Array | string) => writeFile(join(directory, name), data);
  await write("model.onnx", artifact);
  await write("layout.bin", layout);
  if (rows.length > 0) await write("rows.bin", rows);
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
