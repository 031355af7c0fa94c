import type { Hex } from "viem";
import type { AddedMethod } from "../decode/events.ts";
import type { Changes, RowChange } from "../fold/changes.ts";
import type { Load } from "../fold/identity-map.ts";
import type { Header, Log } from "../ingest/blocks.ts";
import type { SummedLog } from "./checksums.ts";
import type { Soon } from "./eventual.ts";

/** The database can't be read or written now. Another try may succeed once there is space, a lock is released, or a server is back. */
export class StorageError extends Error {
  override name = "StorageError";
}

/** How far the chain is folded, by block numbers. */
export interface Position {
  /** The last folded block. */
  cursor: number;
  /** Blocks up to here can't be reorganised; may be above the cursor while catching up. */
  finalized: number;
  /** Up to this block the ledgers were found equal to the chain's. */
  verified: number;
}

/** The database's chain: the headers that are kept, and how far they are folded. */
export interface Blocks {
  /** Hash of the chain's block 0; undefined until a node has given it. */
  genesis(): Hex | undefined;
  setGenesis(hash: Hex): void;
  header(blockNumber: number): Header | undefined;
  /** The highest that is kept at or below a block number. */
  highest(blockNumber: number): Header | undefined;
  /** Adds one with the checksum of it and its logs. */
  put(header: Header, logs: readonly SummedLog[]): void;
  removeAbove(blockNumber: number): void;
  /** Removes those from `from` on and under `below` that nothing needs: no event and no position. */
  prune(from: number, below: number): void;
  /** Undefined in a new database. */
  position(): Position | undefined;
  setPosition(position: Position): void;
}

/** A log as it was stored. */
export type StoredLog = Omit<Log, "blockHash"> & {
  /** The attestation or model that it is found by: `subject` of decode's events. */
  subject: Hex | null;
};

/** A block that is kept, with its logs in order. */
export interface StoredBlock {
  header: Header;
  logs: readonly StoredLog[];
}

/** The logs as the chain holds them, from which everything else is folded. */
export interface Logs {
  /** Stores a log and what it is found by. */
  add(log: Log, subject: Hex | null): void;
  removeAbove(blockNumber: number): void;
  setSubject(log: StoredLog, subject: Hex | null): void;
}

/** What undoes the blocks that may still be reorganised: of each row that one changed, what was there before. */
export interface Undo {
  /** Keeps what undoes a block. */
  keep(changes: Changes): void;
  /**
   * Takes out what the highest block above a number changed; undefined where nothing is kept. The rows must be as right
   * after that block: only what they were before is kept.
   */
  take(blockNumber: number): RowChange[] | undefined;
  /** Drops those of blocks that are final. */
  prune(finalized: number): void;
}

/** The stored blocks folded anew: see {@link Store.replay}. */
export interface Replay {
  begin(): void;
  /** Called with some blocks after the other, in the chain's order. */
  each(blocks: readonly StoredBlock[]): void;
  end(): void;
}

/**
 * The writing side of a database. The parts may be called within {@link atomically}, {@link replay} and {@link reading}
 * only, and answer at once. A store in this process does what it is told as it is told it. One that is another process
 * can't: what it isn't asked yet it throws for, fetches, and does the whole work again; what the work writes it keeps,
 * and writes when the work is done. So the work must be the same each time, and may touch nothing but the store's parts,
 * and what `undone` puts back.
 */
export interface Store {
  /**
   * Does work in one transaction. `undone` is called where what the work did isn't kept, each time. Throws `StorageError`
   * if the database can't be written at the moment, and `FatalError` where it is damaged, or another may write it.
   */
  atomically<Result>(work: () => Result, undone: () => void): Soon<Result>;
  /** Gives all stored blocks back, in one transaction with what is done meanwhile. */
  replay(work: Replay, undone: () => void): Soon<void>;
  /** Does work that only reads. */
  reading<Result>(work: () => Result): Soon<Result>;
  blocks: Blocks;
  logs: Logs;
  undo: Undo;
  /** The registry's methods, as folded. */
  methods(): AddedMethod[];
  /** Reads a row for the fold. */
  load: Load;
  /** Writes what the fold made, and the logs that were added. */
  write(changes: Pick<Changes, "rows">): void;
  /** Deletes what follows from the logs, or also these: all of the chain. */
  empty(what: "rows" | "chain"): void;
  /** Builds the indexes that a new database doesn't have until its first sync is complete, if they aren't built yet. */
  complete(): void;
  /** Whether they are built: reads are slow without them. */
  isComplete(): boolean;
}

/** A store in this process: nothing of it comes later. */
export interface PresentStore extends Store {
  atomically<Result>(work: () => Result, undone: () => void): Result;
  replay(work: Replay, undone: () => void): void;
  reading<Result>(work: () => Result): Result;
}

/** A row isn't here yet. Whoever does the work of a store that is another process catches it, and does it again. */
export class Missing extends Error {
  override name = "Missing";
}

/** About so many logs are given to {@link Replay.each} at once. */
export const LOGS_AT_ONCE = 10_000;
