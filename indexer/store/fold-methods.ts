import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";
import { IntegrityError } from "./integrity.ts";

/** The registry's list of verification methods. */
export function methodSteps(db: Db): FoldSteps {
  const known = db.prepare("SELECT 1 FROM methods WHERE id = ?");
  const insert = db.prepare("INSERT INTO methods VALUES (?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM methods WHERE id = ?");
  return {
    MethodAdded: {
      apply({ args: { id, method }, place }) {
        if (known.get(id)) throw new IntegrityError(`Method ${id} was added twice.`);
        insert.run(id, method.toLowerCase(), place.blockNumber, place.logIndex);
      },
      undo({ args }) {
        remove.run(args.id);
      },
    },
  };
}
