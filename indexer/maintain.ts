import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { Header } from "./ingest/blocks.ts";
import { FatalError } from "./ingest/errors.ts";
import { openForWriting } from "./open.ts";
import type { BackupOptions, MaintainOptions, RewindOptions } from "./options.ts";
import { createBlocks } from "./store/sqlite/blocks.ts";
import { openReadonly, requireExisting } from "./store/sqlite/database.ts";
import { storageError } from "./store/sqlite/storage.ts";

/**
 * Undoes every block above `to`, also final ones, so that the chain is read again from there. Only some blocks are kept:
 * the database ends at the highest of them at or below `to`, which is returned. Throws when there is none.
 */
export function rewind({ deployment, db: file, to }: RewindOptions): Header {
  requireExisting(file);
  const { writer, close } = openForWriting(file, deployment);
  try {
    const cursor = writer.progress()?.cursor;
    if (!cursor || cursor.number <= to)
      throw new Error(
        `The database ${file} ends with block ${cursor?.number ?? "none"}: nothing is above block ${to}.`,
      );
    const target = writer.highest(to);
    if (!target) throw new Error(`No block at or below ${to} is kept in ${file}: index anew into another --db.`);
    writer.rewind(target.number);
    return target;
  } finally {
    close();
  }
}

/** Computes all other rows again from the stored events, without a node. Returns the number of events. */
export function rebuild({ deployment, db: file }: MaintainOptions): number {
  requireExisting(file);
  const { writer, close } = openForWriting(file, deployment);
  try {
    return writer.rebuild();
  } finally {
    close();
  }
}

/**
 * Copies a database, which an indexer may be writing, as of one block into a new file: it has that name once it is whole.
 * Returns the block's number, undefined where there is none. https://www.sqlite.org/lang_vacuum.html#vacuuminto
 */
export function backup({ db: file, to }: BackupOptions): number | undefined {
  requireExisting(file);
  if (existsSync(to)) throw new FatalError(`${to} is there already: give another --to.`);
  const part = `${to}-part`;
  rmSync(part, { force: true });
  const db = openReadonly(file);
  try {
    db.prepare("VACUUM INTO ?").run(part);
    sync(part);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    throw storageError(db, error);
  } finally {
    db.close();
  }
  const copy = openReadonly(to);
  try {
    return createBlocks(copy).position()?.cursor;
  } finally {
    copy.close();
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
