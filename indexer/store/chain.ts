import type { Hex } from "viem";
import { type Decoder, type Event, type Place, subjectOf } from "../decode/events.ts";
import type { Header, Log } from "../ingest/blocks.ts";
import type { Db } from "./database.ts";
import { createFold } from "./fold.ts";
import type { PlaceRow } from "./read-places.ts";

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
interface Blocks {
  headers: readonly Header[];
  logs: readonly Log[];
  finalized: number;
}

/** The one writer of the database. Every method is one transaction. */
export interface Chain {
  /** Undefined in a new file. */
  progress(): Progress | undefined;
  /** The header of a block that is kept; see `blocks` in the schema. */
  header(blockNumber: number): Header | undefined;
  /** Starts a new file after this block. */
  start(header: Header): void;
  /** Throws `IntegrityError` or `MalformedLog` and then changes nothing. Returns how many events there were. */
  append(blocks: Blocks): number;
  /** Undoes every block above this one, whose header is kept. */
  rollback(blockNumber: number): void;
  /** The ledgers at the cursor were found equal to the chain's. */
  markVerified(): void;
}

interface BlockRow {
  number: number;
  hash: Hex;
  parent_hash: Hex;
  timestamp: number;
}

interface EventRow {
  block_number: number;
  log_index: number;
  address: Hex;
  topics: Buffer;
  data: Buffer;
}

export function createChain(db: Db, decoder: Decoder, campaign: string): Chain {
  const fold = createFold(db, campaign);
  const progress = db.prepare<[], { block_number: number; finalized: number; verified: number }>(
    "SELECT block_number, finalized, verified FROM progress",
  );
  const setProgress = db.prepare("INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?)");
  const getBlock = db.prepare<[number], BlockRow>("SELECT * FROM blocks WHERE number = ?");
  const addBlock = db.prepare("INSERT INTO blocks VALUES (?, ?, ?, ?)");
  const removeBlocks = db.prepare("DELETE FROM blocks WHERE number > ?");
  // Final blocks are kept for their events' sake only.
  const prune = db.prepare(
    `DELETE FROM blocks WHERE number >= :from AND number < :below
     AND number NOT IN (SELECT block_number FROM progress UNION ALL SELECT verified FROM progress)
     AND NOT EXISTS (SELECT 1 FROM events WHERE block_number = number)`,
  );
  const addEvent = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)");
  const eventsAbove = db.prepare<[number], EventRow>(
    `SELECT block_number, log_index, address, topics, data FROM events
     WHERE block_number > ? ORDER BY block_number DESC, log_index DESC LIMIT 100`,
  );
  const removeEvent = db.prepare("DELETE FROM events WHERE block_number = ? AND log_index = ?");

  const header = (blockNumber: number): Header | undefined => {
    const row = getBlock.get(blockNumber);
    return row && { number: row.number, hash: row.hash, parentHash: row.parent_hash, timestamp: row.timestamp };
  };
  const kept = (blockNumber: number): Header => {
    const found = header(blockNumber);
    if (!found) throw new Error(`Block ${blockNumber} is not kept.`);
    return found;
  };
  const put = ({ number, hash, parentHash, timestamp }: Header) => addBlock.run(number, hash, parentHash, timestamp);

  function store(log: Log): void {
    const event = decoder.decode(log);
    const topics = Buffer.from(log.topics.map((topic) => topic.slice(2)).join(""), "hex");
    const data = Buffer.from(log.data.slice(2), "hex");
    const place = [log.blockNumber, log.logIndex, log.transactionHash] as const;
    addEvent.run(...place, log.address, topics, data, subjectOf(event));
    fold.apply(event);
  }

  function undoOne(row: EventRow): void {
    fold.undo(readEvent(decoder, row));
    removeEvent.run(row.block_number, row.log_index);
  }

  const current = () => progress.get() as { block_number: number; finalized: number; verified: number };

  return {
    progress() {
      const row = progress.get();
      return row && { cursor: kept(row.block_number), finalized: row.finalized, verified: kept(row.verified) };
    },
    header,
    start: db.transaction((first: Header) => {
      put(first);
      setProgress.run(first.number, 0, first.number);
    }),
    append: db.transaction(({ headers, logs, finalized }: Blocks) => {
      const before = current();
      const cursor = (headers.at(-1) as Header).number;
      for (const block of headers) put(block);
      for (const log of logs) store(log);
      const final = Math.max(before.finalized, finalized);
      setProgress.run(cursor, final, before.verified);
      prune.run({ from: Math.min(before.block_number, before.finalized), below: Math.min(final, cursor) });
      return logs.length;
    }),
    rollback: db.transaction((blockNumber: number) => {
      const before = current();
      for (let rows = eventsAbove.all(blockNumber); rows.length > 0; rows = eventsAbove.all(blockNumber))
        for (const row of rows) undoOne(row);
      setProgress.run(blockNumber, before.finalized, Math.min(before.verified, blockNumber));
      removeBlocks.run(blockNumber);
    }),
    markVerified: db.transaction(() => {
      const before = current();
      setProgress.run(before.block_number, before.finalized, before.block_number);
      if (before.verified < before.finalized) prune.run({ from: before.verified, below: before.verified + 1 });
    }),
  };
}

/** Events of a statement or model with their places, in the chain's order, at most `limit`. */
export function eventsOf(db: Db, decoder: Decoder, subject: Hex, limit: number): { event: Event; place: PlaceRow }[] {
  return db
    .prepare<[Hex, number], EventRow & PlaceRow>(
      `SELECT block_number, log_index, address, topics, data, transaction_hash,
         (SELECT timestamp FROM blocks WHERE number = block_number) AS timestamp
       FROM events WHERE subject = ? ORDER BY block_number, log_index LIMIT ?`,
    )
    .all(subject, limit)
    .map((row) => ({ event: readEvent(decoder, row), place: row }));
}

function readEvent(decoder: Decoder, row: EventRow): Event {
  const topics = row.topics.toString("hex").match(/.{64}/g) ?? [];
  const place: Place = { blockNumber: row.block_number, logIndex: row.log_index };
  return decoder.decode({
    ...place,
    address: row.address,
    topics: topics.map((topic): Hex => `0x${topic}`),
    data: `0x${row.data.toString("hex")}`,
  });
}
