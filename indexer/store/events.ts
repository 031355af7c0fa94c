import type { Hex } from "viem";
import type { Decoder, Event, Place } from "../decode/events.ts";
import type { Log } from "../ingest/blocks.ts";
import { bytesOfTopics } from "../ingest/items.ts";
import { createBulk } from "./bulk.ts";
import type { Db } from "./database.ts";
import type { PlaceRow } from "./read-places.ts";

/** An event as it was stored, with its block's time in unix seconds. */
interface StoredEvent {
  event: Event;
  timestamp: number;
}

/** The logs as the chain holds them, from which everything else is folded. */
export interface Events {
  /** Stores a log, at the latest with `flush`; throws `MalformedLog`. */
  add(log: Log): Event;
  flush(): void;
  /** Drops what is not stored yet: the transaction failed. */
  forget(): void;
  /** Those above a block, the last first. */
  above(blockNumber: number): IterableIterator<StoredEvent>;
  removeAbove(blockNumber: number): void;
  /** All of them, in the chain's order. */
  all(): IterableIterator<StoredEvent>;
}

interface EventRow {
  block_number: number;
  log_index: number;
  address: Hex;
  topics: Buffer;
  data: Buffer;
}

interface TimedRow extends EventRow {
  timestamp: number;
}

const COLUMNS = "block_number, log_index, address, topics, data";
const TIMED = `SELECT ${COLUMNS}, timestamp FROM events JOIN blocks ON number = block_number`;
const AT_ONCE = 1_000;

export function createEvents(db: Db, decoder: Decoder): Events {
  const added = createBulk<[number, number, Hex, Hex, Buffer, Buffer, Hex | null]>(db, "events", 7);
  const removeAbove = db.prepare("DELETE FROM events WHERE block_number > ?");
  const before = db.prepare<[number, number, number], TimedRow>(
    `${TIMED} WHERE block_number > ? AND (block_number, log_index) < (?, ?)
     ORDER BY block_number DESC, log_index DESC LIMIT ${AT_ONCE}`,
  );
  const after = db.prepare<[number, number], TimedRow>(
    `${TIMED} WHERE (block_number, log_index) > (?, ?) ORDER BY block_number, log_index LIMIT ${AT_ONCE}`,
  );
  const stored = (row: TimedRow): StoredEvent => ({ event: readEvent(decoder, row), timestamp: row.timestamp });

  // In parts, for nothing may be written while rows are still being read.
  function* inParts(read: (last: TimedRow | undefined) => TimedRow[]): IterableIterator<StoredEvent> {
    for (let rows = read(undefined); rows.length > 0; rows = read(rows.at(-1)))
      for (const row of rows) yield stored(row);
  }

  return {
    add(log) {
      const event = decoder.decode(log);
      added.add(
        log.blockNumber,
        log.logIndex,
        log.transactionHash,
        log.address,
        Buffer.from(bytesOfTopics(log.topics)),
        log.data,
        event.subject,
      );
      return event;
    },
    flush: added.flush,
    forget: added.forget,
    above: (blockNumber) =>
      inParts((last) => before.all(blockNumber, last?.block_number ?? Number.MAX_SAFE_INTEGER, last?.log_index ?? 0)),
    removeAbove: (blockNumber) => removeAbove.run(blockNumber),
    all: () => inParts((last) => after.all(last?.block_number ?? -1, last?.log_index ?? 0)),
  };
}

/** Events of an attestation or model with their places, in the chain's order, at most `limit`. */
export function eventsOf(db: Db, decoder: Decoder, subject: Hex, limit: number): { event: Event; place: PlaceRow }[] {
  return db
    .prepare<[Hex, number], EventRow & PlaceRow>(
      `SELECT ${COLUMNS}, transaction_hash,
         (SELECT timestamp FROM blocks WHERE number = block_number) AS timestamp
       FROM events WHERE subject = ? ORDER BY block_number, log_index LIMIT ?`,
    )
    .all(subject, limit)
    .map((row) => ({ event: readEvent(decoder, row), place: row }));
}

function readEvent(decoder: Decoder, row: EventRow): Event {
  const topics = row.topics.toString("hex").match(/.{64}/g) ?? [];
  const place: Place = { blockNumber: row.block_number, logIndex: row.log_index };
  return decoder.decodeStored({
    ...place,
    address: row.address,
    topics: topics.map((topic): Hex => `0x${topic}`),
    data: row.data,
  });
}
