import { readFile } from "node:fs/promises";
import { nameModel, type PublishedModel } from "../inference/model.ts";
import type { Card } from "./card.ts";

/** A committed model, ready to be published and to be made a task of. */
export interface CommittedModel {
  name: string;
  /** The ONNX file. */
  artifact: Uint8Array;
  layout: Uint8Array;
  /** Empty for a float model. */
  rows: Uint8Array;
  /** The base inputs' raw bytes, one after another: `card.inputCount` of them. */
  inputs: Uint8Array;
  card: Card;
  /** The model's name and parts, computed from the bytes above. */
  model: PublishedModel;
}

/** Reads `models/<name>/`; throws when there is no such model. */
export async function readModel(name: string): Promise<CommittedModel> {
  const read = async (file: string) => new Uint8Array(await readFile(new URL(`${name}/${file}`, import.meta.url)));
  const [artifact, layout, inputs, text] = await Promise.all([
    read("model.onnx"),
    read("layout.bin"),
    read("inputs.bin"),
    read("card.json"),
  ]);
  const card = JSON.parse(new TextDecoder().decode(text)) as Card;
  const rows = card.profile === "integer" ? await read("rows.bin") : new Uint8Array(0);
  return { name, artifact, layout, rows, inputs, card, model: nameModel(artifact, layout, rows) };
}
