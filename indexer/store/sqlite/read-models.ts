import type { Address, Hex } from "viem";
import type { LogLocation } from "../../decode/events.ts";
import type { Model } from "../../fold/models.ts";
import { type Located, locatedRows } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** Reads published models. */
export interface ModelReader {
  model(modelId: Hex): Located<Model> | undefined;
  /** Whether an account published a model. */
  isPublisher(account: Address): boolean;
  /** Newest first, below a location. */
  list(below: LogLocation | undefined, limit: number): Located<Model>[];
  /** The model published there: undefined when a reorg undid it. */
  modelAt(location: LogLocation): Hex | undefined;
}

export function createModelReader(db: Db): ModelReader {
  const { select, rowOf } = locatedRows("models");
  const model = db.prepare<[Hex], unknown[]>(`${select} WHERE model_id = ?`).raw().safeIntegers();
  const list = db
    .prepare<[number, number, number], unknown[]>(
      `${select} WHERE (models.block_number, models.log_index) < (?, ?)
       ORDER BY models.block_number DESC, models.log_index DESC LIMIT ?`,
    )
    .raw()
    .safeIntegers();
  const isPublisher = db.prepare<[Address], 1>("SELECT 1 FROM models WHERE publisher = ? LIMIT 1").pluck();
  const modelAt = db
    .prepare<[number, number], Hex>("SELECT model_id FROM models WHERE block_number = ? AND log_index = ?")
    .pluck();
  return {
    model(modelId) {
      const found = model.get(modelId);
      return found && rowOf(found);
    },
    isPublisher: (account) => isPublisher.get(account) !== undefined,
    list: (below, limit) =>
      list.all(below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0, limit).map(rowOf),
    modelAt: ({ blockNumber, logIndex }) => modelAt.get(blockNumber, logIndex),
  };
}
