import { decodeLayout } from "../../sdk/layouts.ts";
import { keccakHex } from "../ingest/keccak.ts";
import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";

/** Published models. */
export function modelSteps(db: Db): FoldSteps {
  const insert = db.prepare("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM models WHERE model_id = ?");
  return {
    ModelPublished: {
      apply({ args, place }) {
        const layout = Buffer.from(args.layout.slice(2), "hex");
        insert.run(
          args.modelId,
          args.publisher,
          args.artifactHash,
          args.runtimeId,
          args.weightsRoot,
          args.verifyingKeyHash,
          args.measurement,
          keccakHex(layout),
          layoutJson(layout),
          place.blockNumber,
          place.logIndex,
        );
      },
      undo({ args }) {
        remove.run(args.modelId);
      },
    },
  };
}

// Anyone may publish: a name that is no UTF-8 is shown as far as it can be read, a layout that can't be read not at all.
function layoutJson(bytes: Uint8Array): string | null {
  try {
    return JSON.stringify(decodeLayout(bytes), (key, value) => (key === "rawName" ? undefined : value));
  } catch {
    return null;
  }
}
