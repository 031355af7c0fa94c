import type { Hex } from "viem";
import { cidOfSha256 } from "../sdk/content.ts";
import type { ImportedModel } from "./import/import.ts";

/** What the publisher says of a model; null where it hasn't said it. */
export interface Claims {
  name: string;
  title: string;
  /** What the model is for, and what its outputs mean. */
  task: string | null;
  /** What it was trained on. */
  data: string | null;
  licence: string | null;
  /** Names of the outputs, in order. */
  labels: readonly string[] | null;
}

/**
 * The model card of an imported model: what the publisher says, and what was measured when it was imported. It is shown
 * as the publisher's claim: whoever wants to know runs the model.
 */
export function cardOf(claims: Claims, imported: ImportedModel) {
  const { profile, why, model, artifact, layout, rows, inputs, inputCount, steps, outputScale, quality } = imported;
  const { accuracy, ...measured } = quality;
  return {
    ...claims,
    ...{ profile, accuracy, why },
    measured,
    input: steps,
    outputScale,
    ...{ artifactBytes: artifact.length, layoutBytes: layout.length, rowsBytes: rows.length },
    ...{ inputCount, inputBytes: inputs.length },
    ...{ artifactHash: model.artifactHash, cid: cidOfSha256(model.artifactHash), modelId: model.modelId },
  };
}

/** What is wrong with a card's bytes beside a model's files; undefined if nothing is. */
export function refuseCard(bytes: Uint8Array, modelId: Hex): string | undefined {
  let card: { modelId?: unknown } | null;
  try {
    card = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "card.json is not JSON.";
  }
  if (typeof card !== "object" || card === null) return "card.json is no JSON object.";
  if (card.modelId === undefined || card.modelId === modelId) return undefined;
  return `card.json is about the model ${JSON.stringify(card.modelId)}; these files make ${modelId}.`;
}
