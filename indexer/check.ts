import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Deployment } from "../sdk/deployment.ts";
import { MalformedLog } from "./decode/events.ts";
import { IntegrityError } from "./fold/step.ts";
import { FatalError } from "./ingest/errors.ts";
import { assemble } from "./open.ts";
import type { MaintainOptions } from "./options.ts";
import { createBlocks } from "./store/sqlite/blocks.ts";
import { differencesFromFolded } from "./store/sqlite/compare.ts";
import {
  CACHE_KIB,
  createIn,
  type Db,
  openReadonly,
  requireExisting,
  requireFitting,
} from "./store/sqlite/database.ts";
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
  const folded = attachFolded(db);
  try {
    fold(db, folded, deployment);
    return differencesFromFolded(db, MOST_TOLD);
  } catch (error) {
    if (!(error instanceof IntegrityError) && !(error instanceof MalformedLog)) throw error;
    return [`The stored logs can't be folded: ${error.message}`];
  } finally {
    folded.close();
  }
}

/**
 * An empty database, which `db` knows as `folded`. Its file has a name for a moment only: the system frees its space once it
 * is closed, however the process ends.
 */
function attachFolded(db: Db): Db {
  const directory = mkdtempSync(join(tmpdir(), "proofboard-check-"));
  try {
    const file = join(directory, "db");
    const folded = new Database(file);
    // A journal beside it would have a name.
    folded.pragma("journal_mode = MEMORY");
    folded.pragma("synchronous = OFF");
    folded.pragma(`cache_size = ${-CACHE_KIB}`);
    db.prepare("ATTACH ? AS folded").run(file);
    return folded;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Folds the logs of a database into an empty one, and builds what the database has built. */
function fold(db: Db, folded: Db, deployment: Deployment): void {
  try {
    createIn(folded, deployment);
    copyLogs(db, folded);
    const { writer } = assemble(folded, deployment, 0);
    writer.rebuild();
    if (assemble(db, deployment, 0).writer.isComplete()) writer.complete();
  } catch (error) {
    throw storageError(folded, error);
  }
}
