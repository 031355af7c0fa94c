import type { Load } from "../../fold/identity-map.ts";
import type { Undo } from "../store.ts";
import { changesOf, keptOf } from "../undo.ts";
import type { Db } from "./database.ts";

export function createUndo(db: Db, load: Load): Undo {
  const add = db.prepare("INSERT INTO undo VALUES (?, ?)");
  const takeOut = db
    .prepare<[number], string>(
      `DELETE FROM undo WHERE block_number = (SELECT max(block_number) FROM undo WHERE block_number > ?)
       RETURNING changes`,
    )
    .pluck();
  const prune = db.prepare("DELETE FROM undo WHERE block_number <= ?");
  return {
    keep(changes) {
      const kept = keptOf(changes);
      if (kept !== undefined) add.run(changes.cursor.number, kept);
    },
    take(blockNumber) {
      const text = takeOut.get(blockNumber);
      return text === undefined ? undefined : changesOf(text, load);
    },
    prune: (finalized) => prune.run(finalized),
  };
}
