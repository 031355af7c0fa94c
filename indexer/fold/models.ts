import type { Address, Hex } from "viem";
import { decodeLayout } from "../../sdk/layouts.ts";
import type { LogLocation } from "../decode/events.ts";
import { keccakHex } from "../ingest/keccak.ts";
import type { Kind } from "./identity-map.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A published model. */
export interface Model extends LogLocation {
  modelId: Hex;
  publisher: Address;
  artifactHash: Hex;
  runtimeId: Hex;
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
  layoutHash: Hex;
  /** JSON; null if the layout's names aren't text. */
  layout: string | null;
}

export const models: Kind<Pick<Model, "modelId">, Model> = {
  group: () => undefined,
  name: ({ modelId }) => modelId,
};

export const modelSteps: FoldSteps = {
  ModelPublished({ args, location }, rows) {
    const layout = Buffer.from(args.layout.slice(2), "hex");
    const added = rows.models.add({
      modelId: args.modelId,
      publisher: args.publisher,
      artifactHash: args.artifactHash,
      runtimeId: args.runtimeId,
      weightsRoot: args.weightsRoot,
      verifyingKeyHash: args.verifyingKeyHash,
      measurement: args.measurement,
      layoutHash: keccakHex(layout),
      layout: layoutJson(layout),
      ...location,
    });
    if (!added) throw new IntegrityError(`Model ${args.modelId} was published twice.`);
  },
};

// Anyone may publish. A name that isn't UTF-8 is shown as far as it can be read; a layout that can't be read isn't shown.
// A graph's operators stand in the event alone.
function layoutJson(bytes: Uint8Array): string | null {
  try {
    const { graph: _, ...layout } = decodeLayout(bytes);
    return JSON.stringify(layout, (key, value) => (key === "rawName" ? undefined : value));
  } catch {
    return null;
  }
}
