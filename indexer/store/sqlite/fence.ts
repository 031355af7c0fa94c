import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import type { Db } from "./database.ts";

/** Why a connection may not write any more; undefined while it may. Asked within each transaction, before it writes. */
export type Fence = () => string | undefined;

/**
 * Makes this connection the database's one writer: whoever was it before can't write any more. The lock beside the database
 * alone would not do, for it can be deleted. The database itself says who writes it, so that the question and what is
 * written after it are one transaction; and it must still be the file of its name, to which its log belongs.
 */
export function claim(db: Db): Fence {
  const token = randomUUID();
  db.prepare("INSERT OR REPLACE INTO writer VALUES (1, ?)").run(token);
  const found = db.prepare<[], string>("SELECT token FROM writer").pluck();
  const file = identityOf(db);
  return () => {
    if (identityOf(db) !== file) return `The database ${db.name} was moved, deleted or replaced: this indexer stops.`;
    if (found.get() !== token) return `Another indexer has taken over the database ${db.name}: this one stops.`;
    return undefined;
  };
}

function identityOf({ memory, name }: Db): string | undefined {
  const file = memory ? undefined : statSync(name, { throwIfNoEntry: false });
  return file && `${file.dev} ${file.ino}`;
}
