import type { Address, Hex } from "viem";
import { decodeLayout } from "../../sdk/layouts.ts";
import type { LogLocation } from "../decode/events.ts";
import { keccakHex } from "../ingest/keccak.ts";
import type { Once } from "./identity-map.ts";
import type { FoldSteps } from "./step.ts";

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
  /** JSON; null where the layout's names are no text. */
  layout: string | null;
}

export const models: Once<Model> = { once: true };

export const modelSteps: FoldSteps = {
  ModelPublished({ args, location }, rows) {
    const layout = Buffer.from(args.layout.slice(2), "hex");
    rows.models.add({
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
  },
};

// Anyone may publish, and the contract doesn't ask that tensors' names be UTF-8: such a layout has no text.
function layoutJson(bytes: Uint8Array): string | null {
  try {
    return JSON.stringify(decodeLayout(bytes));
  } catch {
    return null;
  }
}
