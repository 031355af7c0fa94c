import type { Address, Hex } from "viem";
import type { Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { type PlaceRow, placeColumns } from "./read-places.ts";

export interface ModelRow extends PlaceRow {
  model_id: Hex;
  publisher: Address;
  artifact_hash: Hex;
  runtime_id: Hex;
  weights_root: Hex;
  verifying_key_hash: Hex;
  measurement: Hex;
  layout_hash: Hex;
  layout: string | null;
}

/** Reads published models. */
export interface ModelReader {
  model(modelId: Hex): ModelRow | undefined;
  /** Newest first, below a place. */
  list(below: Place | undefined, limit: number): ModelRow[];
  /** The model published there: undefined when a reorg undid it. */
  modelAt(place: Place): Hex | undefined;
}

const MODEL = `SELECT model_id, publisher, artifact_hash, runtime_id, weights_root, verifying_key_hash, measurement,
  layout_hash, layout, ${placeColumns("models")} FROM models`;

export function createModelReader(db: Db): ModelReader {
  const model = db.prepare<[Hex], ModelRow>(`${MODEL} WHERE model_id = ?`);
  const list = db.prepare<[number, number, number], ModelRow>(
    `${MODEL} WHERE (models.block_number, models.log_index) < (?, ?)
     ORDER BY models.block_number DESC, models.log_index DESC LIMIT ?`,
  );
  const modelAt = db
    .prepare<[number, number], Hex>("SELECT model_id FROM models WHERE block_number = ? AND log_index = ?")
    .pluck();
  return {
    model: (modelId) => model.get(modelId),
    list: (below, limit) => list.all(below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0, limit),
    modelAt: ({ blockNumber, logIndex }) => modelAt.get(blockNumber, logIndex),
  };
}
