import { writeFile } from "node:fs/promises";
import { checkModel, nameModel } from "../inference/model.ts";
import { cidOfSha256 } from "../sdk/content.ts";
import { encodeLayout, encodeRows, type Layout, type Row } from "../sdk/layouts.ts";
import type { Card, Measured } from "./card.ts";

/** A trained model; `layers` is empty for a float model. */
export interface TrainedModel {
  artifact: Uint8Array;
  layout: Layout;
  layers: Row[][];
  inputs: readonly Int8Array[];
  measured: Measured;
}

/** Writes `models/<name>/` as `readModel` reads it; throws when the parts disagree. Returns the card. */
export async function writeModel({ artifact, layout, layers, inputs, measured }: TrainedModel): Promise<Card> {
  const [layoutBytes, rows] = [encodeLayout(layout), encodeRows(layers)];
  const model = nameModel(artifact, layoutBytes, rows);
  checkModel(model, artifact);
  const inputBytes = Buffer.concat(inputs.map((input) => new Uint8Array(input)));
  const card: Card = {
    ...measured,
    artifactBytes: artifact.length,
    layoutBytes: layoutBytes.length,
    rowsBytes: rows.length,
    inputCount: inputs.length,
    inputBytes: inputBytes.length,
    artifactHash: model.artifactHash,
    cid: cidOfSha256(model.artifactHash),
    modelId: model.modelId,
  };
  const write = (file: string, data: Uint8Array | string) =>
    writeFile(new URL(`${measured.name}/${file}`, import.meta.url), data);
  await write("model.onnx", artifact);
  await write("layout.bin", layoutBytes);
  await write("inputs.bin", inputBytes);
  await write("card.json", `${JSON.stringify(card, undefined, 2)}\n`);
  if (layers.length > 0) await write("rows.bin", rows);
  return card;
}
