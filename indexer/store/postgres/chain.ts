import type { Hex } from "viem";
import type { Header } from "../../ingest/blocks.ts";
import { bytesOfTopics } from "../../ingest/topics.ts";
import { checksumOf } from "../checksums.ts";
import { type Blocks, type Logs, Missing, type Position, type StoredBlock, type StoredLog } from "../store.ts";
import { prefixOf, subjectAmong } from "../subjects.ts";
import type { Connection } from "./connection.ts";
import { copyLine } from "./copy.ts";

/** What was read from the chain, as far as it is known here, and what is to be written of it. */
export interface HeldChain {
  blocks: Blocks;
  logs: Logs;
  /** Everything of the chain is to be deleted before anything that is changed from now on. */
  empty(): void;
  /** Reads how far the chain is folded: to be done first. */
  open(db: Connection): Promise<void>;
  /** Whether {@link open} was done, and not forgotten. */
  isOpen(): boolean;
  fetch(db: Connection): Promise<void>;
  flush(db: Connection): Promise<void>;
  revert(): void;
  forget(): void;
  /** What becomes of the cursor; `undone` where blocks above it, up to the one before, are undone. */
  move(): { from: number | undefined; to: number | undefined; undone: boolean };
}

interface Pending {
  isEmptied: boolean;
  position: Position | undefined;
  genesis: Hex | undefined;
  added: Map<number, { header: Header; checksum: number }>;
  logs: unknown[][];
  subjects: [blockNumber: number, logIndex: number, prefix: number | null][];
  removedAbove: number | undefined;
  pruned: [from: number, below: number][];
}

const nothing = (): Pending => ({
  ...{ isEmptied: false, position: undefined, genesis: undefined, added: new Map(), logs: [], subjects: [] },
  ...{ removedAbove: undefined, pruned: [] },
});

const HEADER = "SELECT number, hash, parent_hash, timestamp FROM blocks";
const MOST_HEADERS = 2_000;

const headerOf = ([number, hash, parentHash, timestamp]: readonly unknown[]): Header => ({
  ...{ number: Number(number), hash: hash as Hex, parentHash: parentHash as Hex, timestamp: Number(timestamp) },
});

export function createHeldChain(): HeldChain {
  let opened = false;
  let position: Position | undefined;
  let genesis: Hex | undefined;
  /** Null where there is none. */
  const headers = new Map<number, Header | null>();
  const highest = new Map<number, Header | null>();
  let pending = nothing();
  const missed = { headers: new Set<number>(), highest: new Set<number>() };

  const isRemoved = (blockNumber: number): boolean =>
    pending.isEmptied || (pending.removedAbove !== undefined && blockNumber > pending.removedAbove);
  const current = (): Position | undefined => pending.position ?? (pending.isEmptied ? undefined : position);

  const blocks: Blocks = {
    genesis: () => pending.genesis ?? genesis,
    setGenesis(hash) {
      pending.genesis = hash;
    },
    header(blockNumber) {
      const added = pending.added.get(blockNumber);
      if (added) return added.header;
      if (isRemoved(blockNumber)) return undefined;
      const found = headers.get(blockNumber);
      if (found !== undefined) return found ?? undefined;
      missed.headers.add(blockNumber);
      throw new Missing();
    },
    highest(blockNumber) {
      const found = highest.get(blockNumber);
      if (found !== undefined) return found ?? undefined;
      missed.highest.add(blockNumber);
      throw new Missing();
    },
    put(header, logs) {
      const { number, hash, parentHash, timestamp } = header;
      const checksum = checksumOf(header, logs);
      pending.added.set(number, { header: { number, hash, parentHash, timestamp }, checksum });
    },
    removeAbove(blockNumber) {
      pending.removedAbove = Math.min(pending.removedAbove ?? blockNumber, blockNumber);
      for (const number of pending.added.keys()) if (number > blockNumber) pending.added.delete(number);
    },
    prune(from, below) {
      pending.pruned.push([from, below]);
    },
    position: current,
    setPosition(next) {
      pending.position = next;
    },
  };

  const logs: Logs = {
    add({ blockNumber, logIndex, transactionHash, address, topics, data }, subject) {
      const bytes = Buffer.from(bytesOfTopics(topics));
      pending.logs.push([blockNumber, logIndex, transactionHash, address, bytes, data, subject && prefixOf(subject)]);
    },
    removeAbove: blocks.removeAbove,
    setSubject({ blockNumber, logIndex }, subject) {
      pending.subjects.push([blockNumber, logIndex, subject && prefixOf(subject)]);
    },
  };

  async function writeBlocks(db: Connection): Promise<void> {
    const { added, logs, subjects, removedAbove } = pending;
    if (removedAbove !== undefined) {
      await db.rows("DELETE FROM events WHERE block_number > $1", removedAbove);
      await db.rows("DELETE FROM blocks WHERE number > $1", removedAbove);
    }
    const lines = [...added.values()].map(({ header: { number, hash, parentHash, timestamp }, checksum }) =>
      copyLine([number, hash, parentHash, timestamp, checksum]),
    );
    if (lines.length > 0)
      await db.copy("blocks", ["number", "hash", "parent_hash", "timestamp", "checksum"], lines.join(""));
    if (logs.length > 0)
      await db.copy(
        "events",
        ["block_number", "log_index", "transaction_hash", "address", "topics", "data", "subject_prefix"],
        logs.map(copyLine).join(""),
      );
    for (const subject of subjects)
      await db.rows("UPDATE events SET subject_prefix = $3 WHERE block_number = $1 AND log_index = $2", ...subject);
  }

  return {
    blocks,
    logs,
    empty() {
      pending = { ...nothing(), genesis: pending.genesis, isEmptied: true };
    },
    async open(db) {
      const [origin] = await db.rows("SELECT genesis_hash FROM origin");
      genesis = (origin?.[0] as Hex | null) ?? undefined;
      const [row] = await db.rows("SELECT block_number, finalized, verified FROM progress");
      position = row && { cursor: Number(row[0]), finalized: Number(row[1]), verified: Number(row[2]) };
      opened = true;
    },
    isOpen: () => opened,
    async fetch(db) {
      const wanted = [...missed.headers];
      missed.headers.clear();
      if (wanted.length > 0) {
        for (const number of wanted) headers.set(number, null);
        for (const row of await db.rows(`${HEADER} WHERE number = ANY ($1::bigint[])`, wanted))
          headers.set(Number(row[0]), headerOf(row));
      }
      for (const number of missed.highest) {
        const [row] = await db.rows(`${HEADER} WHERE number <= $1 ORDER BY number DESC LIMIT 1`, number);
        highest.set(number, row ? headerOf(row) : null);
      }
      missed.highest.clear();
    },
    async flush(db) {
      const { isEmptied, added, removedAbove, pruned } = pending;
      if (pending.genesis !== undefined) await db.rows("UPDATE origin SET genesis_hash = $1", pending.genesis);
      await writeBlocks(db);
      if (pending.position) {
        const { cursor, finalized, verified } = pending.position;
        await db.rows(
          `INSERT INTO progress VALUES (1, $1, $2, $3) ON CONFLICT (id)
           DO UPDATE SET block_number = excluded.block_number, finalized = excluded.finalized, verified = excluded.verified`,
          ...[cursor, finalized, verified],
        );
      }
      for (const [from, below] of pruned)
        await db.rows(
          `DELETE FROM blocks WHERE number >= $1 AND number < $2
           AND number NOT IN (SELECT block_number FROM progress UNION ALL SELECT verified FROM progress)
           AND NOT EXISTS (SELECT 1 FROM events WHERE block_number = number)`,
          ...[from, below],
        );
      if (isEmptied || headers.size > MOST_HEADERS) headers.clear();
      if (removedAbove !== undefined) dropBetween(headers, removedAbove + 1, Number.POSITIVE_INFINITY);
      for (const { header } of added.values()) headers.set(header.number, header);
      for (const [from, below] of pruned) dropBetween(headers, from, below);
      highest.clear();
      position = current();
      genesis = pending.genesis ?? genesis;
      pending = nothing();
    },
    revert() {
      pending = nothing();
    },
    forget() {
      opened = false;
      headers.clear();
      highest.clear();
    },
    move: () => ({
      from: position?.cursor,
      to: current()?.cursor,
      undone: pending.isEmptied || pending.removedAbove !== undefined,
    }),
  };
}

function dropBetween(headers: Map<number, unknown>, from: number, below: number): void {
  for (const number of headers.keys()) if (number >= from && number < below) headers.delete(number);
}

const BLOCKS_AT_ONCE = 1_000;

/** Every block that is kept with its logs, in the chain's order, in parts of about so many logs. */
export async function* storedBlocks(
  db: Connection,
  logsAtOnce: number,
  damaged: (what: string) => Error,
): AsyncGenerator<StoredBlock[]> {
  let part: StoredBlock[] = [];
  let count = 0;
  for (let after = -1; ; ) {
    const blocks = await db.rows(
      `SELECT number, hash, parent_hash, timestamp, checksum FROM blocks WHERE number > $1 ORDER BY number LIMIT ${BLOCKS_AT_ONCE}`,
      after,
    );
    if (blocks.length === 0) break;
    const upTo = Number((blocks.at(-1) as unknown[])[0]);
    const rows = await db.rows(
      `SELECT block_number, log_index, transaction_hash, address, topics, data, subject_prefix FROM events
       WHERE block_number > $1 AND block_number <= $2 ORDER BY block_number, log_index`,
      ...[after, upTo],
    );
    const logsOf = Map.groupBy(rows.map(storedLog), ({ blockNumber }) => blockNumber);
    for (const row of blocks) {
      const header = headerOf(row);
      const logs = logsOf.get(header.number) ?? [];
      if (row[4] !== null && checksumOf(header, logs) !== Number(row[4]))
        throw damaged(`block ${header.number} and its logs aren't as they were written`);
      part.push({ header, logs });
      count += logs.length;
      if (count < logsAtOnce) continue;
      yield part;
      [part, count] = [[], 0];
    }
    after = upTo;
  }
  yield part;
}

/** The log of a row of `events`. */
export function storedLog(row: readonly unknown[]): StoredLog {
  const [blockNumber, logIndex, transactionHash, address, bytes, data, prefix] = row;
  const topics = ((bytes as Buffer).toString("hex").match(/.{64}/g) ?? []).map((topic): Hex => `0x${topic}`);
  return {
    ...{ blockNumber: Number(blockNumber), logIndex: Number(logIndex) },
    ...{ transactionHash: transactionHash as Hex, address: address as Hex },
    ...{ topics, data: data as Buffer, subject: subjectAmong(topics, prefix === null ? null : Number(prefix)) },
  };
}
