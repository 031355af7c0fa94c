import type { Hex } from "viem";
import type { Header } from "../../ingest/blocks.ts";
import { checksumOf, type SummedLog } from "./checksums.ts";
import type { Db } from "./database.ts";

/** How far the chain is folded, by block numbers. */
interface Position {
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
  /** Undefined in a new file. */
  position(): Position | undefined;
  setPosition(position: Position): void;
}

interface BlockRow {
  number: number;
  hash: Hex;
  parent_hash: Hex;
  timestamp: number;
}

export function createBlocks(db: Db): Blocks {
  const genesis = db.prepare<[], Hex | null>("SELECT genesis_hash FROM origin").pluck();
  const setGenesis = db.prepare("UPDATE origin SET genesis_hash = ?");
  const get = db.prepare<[number], BlockRow>("SELECT * FROM blocks WHERE number = ?");
  const getHighest = db.prepare<[number], BlockRow>(
    "SELECT * FROM blocks WHERE number <= ? ORDER BY number DESC LIMIT 1",
  );
  const add = db.prepare("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)");
  const removeAbove = db.prepare("DELETE FROM blocks WHERE number > ?");
  const prune = db.prepare(
    `DELETE FROM blocks WHERE number >= ? AND number < ?
     AND number NOT IN (SELECT block_number FROM progress UNION ALL SELECT verified FROM progress)
     AND NOT EXISTS (SELECT 1 FROM events WHERE block_number = number)`,
  );
  const position = db.prepare<[], Position>("SELECT block_number AS cursor, finalized, verified FROM progress");
  const setPosition = db.prepare("INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?)");
  return {
    genesis: () => genesis.get() ?? undefined,
    setGenesis: (hash) => setGenesis.run(hash),
    header: (blockNumber) => headerOf(get.get(blockNumber)),
    highest: (blockNumber) => headerOf(getHighest.get(blockNumber)),
    put(header, logs) {
      const { number, hash, parentHash, timestamp } = header;
      add.run(number, hash, parentHash, timestamp, checksumOf(header, logs));
    },
    removeAbove: (blockNumber) => removeAbove.run(blockNumber),
    prune: (from, below) => prune.run(from, below),
    position: () => position.get(),
    setPosition: ({ cursor, finalized, verified }) => setPosition.run(cursor, finalized, verified),
  };
}

const headerOf = (row: BlockRow | undefined): Header | undefined =>
  row && { number: row.number, hash: row.hash, parentHash: row.parent_hash, timestamp: row.timestamp };
