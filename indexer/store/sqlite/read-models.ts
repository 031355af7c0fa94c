import type { Hex } from "viem";
import type { Place } from "../../decode/events.ts";
import type { Model } from "../../fold/models.ts";
import type { Db } from "./database.ts";
import { type Placed, placedRows } from "./read-places.ts";

/** Reads published models. */
export interface ModelReader {
  model(modelId: Hex): Placed<Model> | undefined;
  /** Newest first, below a place. */
  list(below: Place | undefined, limit: number): Placed<Model>[];
  /** The model published there: undefined when a reorg undid it. */
  modelAt(place: Place): Hex | undefined;
}

export function createModelReader(db: Db): ModelReader {
  const { select, rowOf } = placedRows("models");
  const model = db.prepare<[Hex], unknown[]>(`${select} WHERE model_id = ?`).raw().safeIntegers();
  const list = db
    .prepare<[number, number, number], unknown[]>(
      `${select} WHERE (models.block_number, models.log_index) < (?, ?)
       ORDER BY models.block_number DESC, models.log_index DESC LIMIT ?`,
    )
    .raw()
    .safeIntegers();
  const modelAt = db
    .prepare<[number, number], Hex>("SELECT model_id FROM models WHERE block_number = ? AND log_index = ?")
    .pluck();
  return {
    model(modelId) {
      const found = model.get(modelId);
      return found && rowOf(found);
    },
    list: (below, limit) =>
      list.all(below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0, limit).map(rowOf),
    modelAt: ({ blockNumber, logIndex }) => modelAt.get(blockNumber, logIndex),
  };
}
