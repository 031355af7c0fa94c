import { readFileSync } from "node:fs";
import type { Address } from "viem";
import type { Decoder, Event } from "../decode/events.ts";
import type { Header, Log } from "../ingest/blocks.ts";
import { createBlocks } from "./blocks.ts";
import type { Db } from "./database.ts";
import { createEvents } from "./events.ts";
import { createFold } from "./fold.ts";
import type { EntryListener } from "./listener.ts";
import { createOrigin, type Origin } from "./origin.ts";
import { storageError } from "./storage.ts";
import { createWalKeeper } from "./wal.ts";
import { createWorking } from "./working.ts";

/** How far the chain is folded. */
export interface Progress {
  /** The last folded block. */
  cursor: Header;
  /** Blocks up to here can't be reorganised; may be above the cursor while catching up. */
  finalized: number;
  /** Up to this block the ledgers were found equal to the chain's. */
  verified: Header;
}

/** Blocks to append: headers in order, the last one the new cursor, and the logs of all of them. */
interface Appended {
  headers: readonly Header[];
  logs: readonly Log[];
  finalized: number;
}

/**
 * The one writer of the database. Every method is one transaction, and changes nothing when it throws: `StorageError`
 * when the file can't be written at the moment.
 */
export interface Chain extends Origin {
  /** Undefined in a new file. */
  progress(): Progress | undefined;
  /** The header of a block that is kept; see `blocks` in the schema. */
  header(blockNumber: number): Header | undefined;
  /** The highest header that is kept at or below a block number. */
  highest(blockNumber: number): Header | undefined;
  /** Starts after this block, with nothing: whatever a file of this chain holds is dropped. */
  start(header: Header): void;
  /** Throws `IntegrityError` or `MalformedLog`. Returns how many events there were. */
  append(appended: Appended): number;
  /** Undoes every block above this one, whose header is kept. */
  rollback(blockNumber: number): void;
  /** {@link rollback}, and no block above it is final any more: the node gave up what was. */
  rewind(blockNumber: number): void;
  /** The ledgers at the cursor were found equal to the chain's. */
  markVerified(): void;
  /** Builds, where that isn't done, the indexes that a new file lacks until its first blocks are read. */
  complete(): void;
  /** Whether they are built: reading would take long without them. */
  isComplete(): boolean;
  /** Empties a database of another chain. */
  wipe(): void;
  /** Folds the stored events anew, from nothing; returns how many there are. The ranking then lacks what is built in bulk. */
  rebuild(): number;
}

/** Events after which rows in memory are written, where all are folded in one transaction. */
const FLUSHED_AFTER = 10_000;

const indexes = readFileSync(new URL("indexes.sql", import.meta.url), "utf8");

/** `listener` is told, in the same transaction, of what standings follow from. */
export function createChain(db: Db, decoder: Decoder, campaign: Address, listener?: EntryListener): Chain {
  const working = createWorking(db);
  const fold = createFold(db, working, campaign);
  const blocks = createBlocks(db);
  const events = createEvents(db, decoder);
  const origin = createOrigin(db);
  const keepWalShort = createWalKeeper(db);

  const kept = (blockNumber: number): Header => {
    const found = blocks.header(blockNumber);
    if (!found) throw new Error(`Block ${blockNumber} is not kept.`);
    return found;
  };
  const current = () => {
    const position = blocks.position();
    if (!position) throw new Error("No block is indexed yet.");
    return position;
  };

  function atomically<Arguments extends unknown[], Result>(
    work: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result {
    const { immediate } = db.transaction(work);
    return (...args) => {
      try {
        const result = immediate(...args);
        keepWalShort();
        return result;
      } catch (error) {
        events.forget();
        working.forget();
        listener?.abandoned();
        throw storageError(db, error);
      } finally {
        working.trim();
      }
    };
  }

  /** Writes what is held in memory. */
  function flush(): void {
    events.flush();
    working.flush(listener);
  }

  /** Everything up to this time is told. */
  function reach(timestamp: number): void {
    working.tell(listener);
    listener?.reach(timestamp);
  }

  function apply(event: Event, timestamp: number): void {
    fold.apply(event, timestamp);
    if (event.eventName !== "SeasonOpened") return;
    working.tell(listener);
    listener?.seasonsChanged();
    listener?.reach(timestamp);
  }

  /** Applies the logs, those of `headers` in order. */
  function applyAll(headers: readonly Header[], logs: readonly Log[]): void {
    let next = 0;
    for (const { number, timestamp } of headers) {
      if (logs[next]?.blockNumber !== number) continue;
      if (listener && timestamp >= listener.nextEpochEnd()) reach(timestamp);
      for (let log = logs[next]; log?.blockNumber === number; log = logs[++next]) apply(events.add(log), timestamp);
    }
    if (next < logs.length) throw new Error(`Block ${logs[next]?.blockNumber} has logs and came without its header.`);
  }

  const hasIndexes = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ledger_of_account'");
  const isComplete = () => hasIndexes.get() !== undefined;
  function complete(): void {
    if (!isComplete()) db.exec(indexes);
  }

  /** Empties all tables but these. */
  function empty(kept: readonly string[]): void {
    db.pragma("defer_foreign_keys = ON");
    for (const table of tablesOf(db)) if (!kept.includes(table)) db.exec(`DELETE FROM ${table}`);
    working.forget();
    listener?.abandoned();
  }

  function applyStored(): number {
    let count = 0;
    let block: number | undefined;
    for (const { event, timestamp } of events.all()) {
      if (event.place.blockNumber !== block && listener && timestamp >= listener.nextEpochEnd()) reach(timestamp);
      block = event.place.blockNumber;
      apply(event, timestamp);
      if (++count % FLUSHED_AFTER !== 0) continue;
      flush();
      working.trim();
    }
    return count;
  }

  function undoAbove(blockNumber: number, finalized: number): void {
    const before = current();
    complete();
    let seasonsChanged = false;
    for (const { event, timestamp } of events.above(blockNumber)) {
      fold.undo(event, timestamp);
      seasonsChanged ||= event.eventName === "SeasonOpened";
    }
    events.removeAbove(blockNumber);
    flush();
    if (seasonsChanged) listener?.seasonsChanged();
    listener?.retreat(kept(blockNumber).timestamp);
    blocks.setPosition({ cursor: blockNumber, finalized, verified: Math.min(before.verified, blockNumber) });
    blocks.removeAbove(blockNumber);
  }

  return {
    progress() {
      const position = blocks.position();
      if (!position) return undefined;
      const { cursor, finalized, verified } = position;
      return { cursor: kept(cursor), finalized, verified: kept(verified) };
    },
    genesis: origin.genesis,
    setGenesis: atomically(origin.setGenesis),
    header: blocks.header,
    highest: blocks.highest,
    start: atomically((first: Header) => {
      if (blocks.position()) empty(["origin"]);
      blocks.put(first);
      blocks.setPosition({ cursor: first.number, finalized: 0, verified: first.number });
    }),
    append: atomically(({ headers, logs, finalized }: Appended) => {
      const before = current();
      const { number: cursor, timestamp } = headers.at(-1) as Header;
      const final = Math.max(before.finalized, finalized);
      const below = Math.min(final, cursor);
      const withLogs = new Set(logs.map(({ blockNumber }) => blockNumber));
      for (const header of headers) if (header.number >= below || withLogs.has(header.number)) blocks.put(header);
      applyAll(headers, logs);
      flush();
      listener?.reach(timestamp);
      blocks.setPosition({ cursor, finalized: final, verified: before.verified });
      blocks.prune(Math.min(before.cursor, before.finalized), below);
      return logs.length;
    }),
    rollback: atomically((blockNumber: number) => undoAbove(blockNumber, current().finalized)),
    rewind: atomically((blockNumber: number) => undoAbove(blockNumber, Math.min(current().finalized, blockNumber))),
    markVerified: atomically(() => {
      const { cursor, finalized, verified } = current();
      blocks.setPosition({ cursor, finalized, verified: cursor });
      if (verified < finalized) blocks.prune(verified, verified + 1);
    }),
    complete: atomically(complete),
    isComplete,
    wipe: atomically(() => empty(["origin"])),
    rebuild: atomically(() => {
      empty(["origin", "progress", "blocks", "events"]);
      const count = applyStored();
      flush();
      const position = blocks.position();
      if (position) listener?.reach(kept(position.cursor).timestamp);
      return count;
    }),
  };
}

const tablesOf = (db: Db): string[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .pluck()
    .all() as string[];
