import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { Header } from "./ingest/blocks.ts";
import { FatalError } from "./ingest/errors.ts";
import { openForWriting } from "./open.ts";
import { openWritten, prepareSchema } from "./open-postgres.ts";
import type { BackupOptions, MaintainOptions, RewindOptions } from "./options.ts";
import type { Eventual, Soon } from "./store/eventual.ts";
import { openClient } from "./store/postgres/client.ts";
import { createLease } from "./store/postgres/lease.ts";
import { placeOf } from "./store/postgres/place.ts";
import { createBlocks } from "./store/sqlite/blocks.ts";
import { openReadonly, requireExisting } from "./store/sqlite/database.ts";
import { lockPart } from "./store/sqlite/lock.ts";
import { storageError } from "./store/sqlite/storage.ts";
import type { Writer } from "./sync/writer.ts";

/**
 * Undoes every block above `to`, also final ones, so that the chain is read again from there. Only some blocks are kept:
 * the database ends at the highest of them at or below `to`, which is returned. Throws when there is none.
 */
export function rewind(options: RewindOptions): Soon<Header> {
  const { deployment, db: file, to } = options;
  if (file === undefined)
    return withWriter(options, (writer) => rewindTo(writer, to, placeOf(options.store ?? "").shown));
  requireExisting(file);
  const { writer, close } = openForWriting(file, deployment);
  try {
    const target = targetOf(writer.progress()?.cursor, writer.highest(to), to, file);
    writer.rewind(target.number);
    return target;
  } finally {
    close();
  }
}

async function rewindTo(writer: Eventual<Writer>, to: number, name: string): Promise<Header> {
  const target = targetOf((await writer.progress())?.cursor, await writer.highest(to), to, name);
  await writer.rewind(target.number);
  return target;
}

function targetOf(cursor: Header | undefined, kept: Header | undefined, to: number, name: string): Header {
  if (!cursor || cursor.number <= to)
    throw new Error(`The database ${name} ends with block ${cursor?.number ?? "none"}: nothing is above block ${to}.`);
  if (!kept) throw new Error(`No block at or below ${to} is kept in ${name}: index anew into another --db.`);
  return kept;
}

/** Computes all other rows again from the stored events, without a node. Returns the number of events. */
export function rebuild(options: MaintainOptions): Soon<number> {
  const { deployment, db: file } = options;
  if (file === undefined) return withWriter(options, (writer) => Promise.resolve(writer.rebuild()));
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
  const lock = lockPart(part);
  const db = openReadonly(file);
  try {
    db.prepare("VACUUM INTO ?").run(part);
    sync(part);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    // Only the copy is written.
    throw storageError(isFull(error) ? { name: to } : db, error);
  } finally {
    db.close();
    lock.release();
  }
  const copy = openReadonly(to);
  try {
    return createBlocks(copy).position()?.cursor;
  } finally {
    copy.close();
  }
}

const isFull = (error: unknown): boolean => (error as { code?: unknown }).code === "SQLITE_FULL";

function sync(file: string): void {
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** How long a command that writes PostgreSQL may be without a statement, in milliseconds. */
const LEASE = 30_000;
const NOTHING_KNOWN = { headBlock: undefined, caughtUpFor: undefined, failure: undefined, inconsistent: false };

/** Does work as the one writer of a PostgreSQL database. Throws `FatalError` where another writes it. */
async function withWriter<Result>(
  { deployment, store }: MaintainOptions,
  work: (writer: Eventual<Writer>) => Promise<Result>,
): Promise<Result> {
  const place = placeOf(store ?? "");
  const client = openClient(place, LEASE);
  try {
    await prepareSchema(client, place, deployment);
    const lease = createLease(LEASE, () => NOTHING_KNOWN);
    if (!(await client.use(lease.take)))
      throw new FatalError(`Another indexer writes the database ${place.shown}: stop it, and those that stand by.`);
    try {
      const { writer } = await openWritten(client, place, deployment, lease);
      return await work(writer);
    } finally {
      await client.use(lease.release);
    }
  } finally {
    await client.close();
  }
}
