import { readdir, readFile } from "node:fs/promises";
import type { Hex } from "viem";
import { parseHash, UsageError } from "./usage.ts";

const MODELS = new URL("../models/", import.meta.url);

/** Names of models whose cards are in this checkout, by model id. */
export async function readModelNames(): Promise<Map<Hex, string>> {
  const names = new Map<Hex, string>();
  for (const folder of await readdir(MODELS).catch(() => [])) {
    const text = await readFile(new URL(`${folder}/card.json`, MODELS), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const { modelId, name } = JSON.parse(text) as { modelId: Hex; name: string };
    names.set(modelId, name);
  }
  return names;
}

/** The id of a model that is given by id, or by the name on its card. */
export async function parseModel(text: string): Promise<Hex> {
  if (text.startsWith("0x")) return parseHash("MODEL", text);
  const names = await readModelNames();
  for (const [modelId, name] of names) if (name === text) return modelId;
  const known = [...names.values()];
  throw new UsageError(
    `MODEL is "${text}"; it must be a model's id, 0x and 64 hex digits${known.length > 0 ? `, or one of ${known.join(", ")}` : ""}.`,
  );
}

/** A model's id, after the name on its card where this checkout has one. */
export async function modelTitle(modelId: Hex): Promise<string> {
  const name = (await readModelNames()).get(modelId);
  return name === undefined ? modelId : `${name}, ${modelId}`;
}
