import { getHeapStatistics } from "node:v8";
import type { Deployment } from "../sdk/deployment.ts";
import { createDecoder, type Decoder } from "./decode/events.ts";
import type { Header } from "./ingest/blocks.ts";
import { createHistory, type History } from "./rank/history.ts";
import { createRanking, type Ranking } from "./rank/ranking.ts";
import type { Standings } from "./rank/standings.ts";
import type { Eventual } from "./store/eventual.ts";
import { isPostgres, placeOf } from "./store/postgres/place.ts";
import { createBlocks } from "./store/sqlite/blocks.ts";
import { type Db, deleteDifferent, openDatabase, openReadonly } from "./store/sqlite/database.ts";
import { claim, type Fence } from "./store/sqlite/fence.ts";
import { isOurs } from "./store/sqlite/identity.ts";
import { requireSound } from "./store/sqlite/integrity.ts";
import { lockDatabase } from "./store/sqlite/lock.ts";
import { createReaders, type Readers } from "./store/sqlite/readers.ts";
import { isOutdated, renew } from "./store/sqlite/schema.ts";
import { storageError } from "./store/sqlite/storage.ts";
import { createStore, type Files } from "./store/sqlite/store.ts";
import { moveWal } from "./store/sqlite/wal.ts";
import { createWriter, type Writer } from "./sync/writer.ts";

/** An open database: how it is written, ranked and read. */
export interface Opened {
  decoder: Decoder;
  writer: Writer;
  ranking: Ranking;
  history: History;
  readers: Readers;
  files: Files;
  /** Ends this; then another process can write. */
  close(): void;
}

const MOST_HELD = 1_000_000;
const BYTES_OF_STANDING = 300;

/** How many accounts' standings are kept in memory, where the heap may grow to so many bytes: a quarter of them. */
export const heldWithin = (heap: number): number => Math.min(MOST_HELD, Math.floor(heap / 4 / BYTES_OF_STANDING));

/**
 * Opens the database for writing, or creates it; one of an older version is brought up to date from its logs. Nobody else
 * writes it until `close`. Throws `FatalError` when it is another's in any way, and when it is damaged. `between` is called
 * between the parts of an upgrade: what it throws breaks that off, and the file stays as it was.
 */
export function openForWriting(file: string, deployment: Deployment, between?: () => void): Opened {
  return locked(file, (lock) => {
    const db = openDatabase(file, deployment);
    try {
      const opened = isOutdated(db) ? upgrade(db, deployment, between) : assemble(db, deployment, undefined, claim(db));
      return {
        ...opened,
        close() {
          // SQLite moves the log into the database, unless another has taken that over.
          db.close();
          lock.release();
        },
      };
    } catch (error) {
      db.close();
      throw storageError(db, error);
    }
  });
}

/** Deletes a database of another deployment, or of a version that can't be read; answers why, or undefined where it stays. */
export function wipeDifferent(file: string, deployment: Deployment): string | undefined {
  return locked(file, (lock) => {
    const reason = deleteDifferent(file, deployment);
    lock.release();
    return reason;
  });
}

/** Does work as the only writer; the lock is the work's to release, unless it throws. */
function locked<Result>(file: string, work: (lock: { release(): void }) => Result): Result {
  // Another application's file gets no lock beside it.
  isOurs(file);
  const lock = lockDatabase(file);
  try {
    return work(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** What another thread or process reads of a database, as of one block. */
interface Moment {
  readers: Eventual<Readers>;
  standings(seasonId: number): Eventual<Standings>;
  /** The last folded block, and up to which they can't be reorganised; undefined in a new file. */
  position: { cursor: Header; finalized: number } | undefined;
}

/** Reads a database that another thread or process may write, by its file or its URL. */
export async function readOnce<Result>(name: string, read: (moment: Moment) => Promise<Result>): Promise<Result> {
  return isPostgres(name) ? readServer(name, read) : readFile(name, read);
}

async function readServer<Result>(url: string, read: (moment: Moment) => Promise<Result>): Promise<Result> {
  const { openMoments } = await import("./serve/postgres/moments.ts");
  const moments = openMoments(placeOf(url), 1);
  try {
    return await moments.read(({ readers, standings, head }) => read({ readers, standings, position: head.progress }));
  } finally {
    await moments.close();
  }
}

async function readFile<Result>(file: string, read: (moment: Moment) => Promise<Result>): Promise<Result> {
  const db = openReadonly(file);
  try {
    // Ends with the connection.
    db.exec("BEGIN");
    const blocks = createBlocks(db);
    const position = blocks.position();
    const cursor = position && blocks.header(position.cursor);
    const at = cursor && { cursor, finalized: position.finalized };
    return await read({ readers: createReaders(db), standings: createRanking(db).of, position: at });
  } finally {
    db.close();
  }
}

/** What works on an open database; keeps standings of up to `held` accounts in memory. */
export function assemble(
  db: Db,
  deployment: Deployment,
  held = heldWithin(getHeapStatistics().heap_size_limit),
  fence?: Fence,
): Omit<Opened, "close"> {
  const decoder = createDecoder(deployment);
  const store = createStore(db, fence);
  const readers = createReaders(db);
  decoder.follow(readers.methods());
  const ranking = createRanking(db, { held });
  const writer = createWriter({ decoder, store, ranking, deployment });
  return { decoder, writer, ranking, history: createHistory(db), readers, files: store.files };
}

/** All in one transaction: a file whose upgrade is broken off stays of its version. */
function upgrade(db: Db, deployment: Deployment, between?: () => void): Omit<Opened, "close"> {
  requireSound(db, "integrity_check");
  const opened = db
    .transaction(() => {
      renew(db);
      const renewed = assemble(db, deployment, undefined, claim(db));
      renewed.writer.rebuild(between);
      renewed.writer.complete();
      return renewed;
    })
    .immediate();
  moveWal(db);
  return opened;
}
