import type { Hex } from "viem";

/** What a publisher says of a model. It is shown as text and binds nobody: whoever wants to know runs the model. */
export interface ModelCard {
  title: string | undefined;
  /** What the model is for, and what its outputs mean. */
  task: string | undefined;
  /** What it was trained on. */
  data: string | undefined;
  licence: string | undefined;
  /** Names of the outputs, in order; empty without any. */
  labels: readonly string[];
  /** Share of right answers on samples that the publisher chose, 0 to 1. */
  accuracy: number | undefined;
}

/** The largest card that is read, in bytes. */
export const MAX_CARD_BYTES = 64 * 1024;

/** Most characters of a text, and most labels. */
export const cardLimits = { text: 2_000, label: 100, labels: 1_000 } as const;

/**
 * Reads a model card, which anybody may have written; undefined where it isn't a JSON object, names another model or says
 * nothing. What is malformed or too long is left out.
 */
export function readModelCard(bytes: Uint8Array, modelId: Hex): ModelCard | undefined {
  if (bytes.length > MAX_CARD_BYTES) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
  const said = (key: string): unknown =>
    Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : undefined;
  if (said("modelId") !== undefined && said("modelId") !== modelId) return undefined;
  const [title, task, data, licence] = ["title", "task", "data", "licence"].map((key) => textIn(said(key)));
  const labels = labelsIn(said("labels"));
  const share = said("accuracy");
  const accuracy = typeof share === "number" && share >= 0 && share <= 1 ? share : undefined;
  const saysNothing = [title, task, data, licence, accuracy].every((each) => each === undefined) && labels.length === 0;
  return saysNothing ? undefined : { title, task, data, licence, labels, accuracy };
}

const textIn = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= cardLimits.text ? value : undefined;

function labelsIn(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > cardLimits.labels) return [];
  const isLabel = (label: unknown): label is string => typeof label === "string" && label.length <= cardLimits.label;
  return value.every(isLabel) ? value : [];
}
