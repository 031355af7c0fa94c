import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../sdk/deployment.ts";
import { MalformedLog } from "./decode/events.ts";
import { IntegrityError } from "./fold/step.ts";
import { FatalError } from "./ingest/errors.ts";
import { assemble } from "./open.ts";
import type { MaintainOptions } from "./options.ts";
import { createBlocks } from "./store/sqlite/blocks.ts";
import { differencesFrom } from "./store/sqlite/compare.ts";
import { type Db, openDatabase, openReadonly, requireExisting, requireFitting } from "./store/sqlite/database.ts";
import { faultsOf, orphansOf } from "./store/sqlite/integrity.ts";
import { copyLogs, createLogs } from "./store/sqlite/logs.ts";
import { isOutdated } from "./store/sqlite/schema.ts";
import { storageError } from "./store/sqlite/storage.ts";

/** What {@link check} found. */
export interface Checked {
  /** The last folded block, and how many logs there are; undefined and 0 where the file itself is damaged. */
  cursor: number | undefined;
  logs: number;
  /** What is wrong, a sentence each, ten at most. */
  wrong: string[];
}

const MOST_TOLD = 10;

/**
 * Checks a database, which an indexer may be writing, as of one block: SQLite's checks, the checksum of each block and its
 * logs, and every row against those that are folded anew from the logs in a temporary file, of about the same size.
 * Throws `FatalError` where the database isn't this deployment's.
 */
export function check({ deployment, db: file }: MaintainOptions): Checked {
  if (file === undefined)
    throw new FatalError("check is for a file: for PostgreSQL, see docs/operate.md, A fleet on PostgreSQL.");
  requireExisting(file);
  const db = openReadonly(file);
  try {
    // Ends with the connection.
    db.exec("BEGIN");
    const structure = faultsOf(db, "quick_check");
    if (structure.length > 0) return { cursor: undefined, logs: 0, wrong: structure };
    requireFitting(db, deployment);
    if (isOutdated(db))
      throw new FatalError(`The database ${file} is of an older version: start the indexer once, which upgrades it.`);
    const wrong = [...faultsOf(db, "integrity_check"), ...orphansOf(db)];
    const cursor = createBlocks(db).position()?.cursor;
    let logs = 0;
    for (const block of createLogs(db).byBlock()) logs += block.logs.length;
    if (wrong.length === 0 && cursor !== undefined) wrong.push(...differencesFromLogs(db, deployment));
    return { cursor, logs, wrong };
  } catch (error) {
    throw storageError(db, error);
  } finally {
    db.close();
  }
}

/** Where rows aren't those that follow from the stored logs. */
function differencesFromLogs(db: Db, deployment: Deployment): string[] {
  const directory = mkdtempSync(join(tmpdir(), "proofboard-check-"));
  try {
    const folded = join(directory, "db");
    fold(db, folded, deployment);
    return differencesFrom(db, folded, MOST_TOLD);
  } catch (error) {
    if (!(error instanceof IntegrityError) && !(error instanceof MalformedLog)) throw error;
    return [`The stored logs can't be folded: ${error.message}`];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Folds the logs of a database into a new file, and builds what the database has built. */
function fold(db: Db, file: string, deployment: Deployment): void {
  const folded = openDatabase(file, deployment);
  try {
    // It is thrown away, whatever happens.
    folded.pragma("synchronous = OFF");
    copyLogs(db, folded);
    const { writer } = assemble(folded, deployment, 0);
    writer.rebuild();
    if (assemble(db, deployment, 0).writer.isComplete()) writer.complete();
  } finally {
    folded.close();
  }
}
