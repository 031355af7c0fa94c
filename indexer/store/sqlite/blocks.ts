import type { Hex } from "viem";
import type { Header } from "../../ingest/blocks.ts";
import { checksumOf } from "../checksums.ts";
import type { Blocks, Position } from "../store.ts";
import type { Db } from "./database.ts";

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
