import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";

/** A season's attestation, for statistics. Times are unix seconds. */
export interface Recorded {
  uid: Hex;
  prover: Address;
  method: number;
  units: number;
  status: number;
  recordedAt: number;
  /** Null while it is pending. */
  settledAt: number | null;
}

/** A season's point change, for statistics. */
export interface PointChange {
  account: Address;
  reason: number;
  delta: bigint;
}

/** What was looked at, and whether that is all there is. */
interface Sample<T> {
  items: T[];
  isWhole: boolean;
}

/** Reads what happened in a season between two times, unix seconds, the second excluded. Looks at `most` rows at most, the first. */
export interface NetworkReader {
  recorded(seasonId: number, from: number, until: number, most: number): Sample<Recorded>;
  changes(seasonId: number, from: number, until: number, most: number): Sample<PointChange>;
}

export function createNetworkReader(db: Db): NetworkReader {
  const lastBlock = db.prepare<[], number>("SELECT number FROM blocks ORDER BY number DESC LIMIT 1").pluck();
  const timeFrom = db
    .prepare<[number], number>("SELECT timestamp FROM blocks WHERE number >= ? ORDER BY number LIMIT 1")
    .pluck();
  const attestations = db.prepare<[number, number, number], Recorded & { seasonId: number | null }>(
    `SELECT uid, prover, method, count AS units, status, season_id AS seasonId,
       (SELECT timestamp FROM blocks WHERE number = block_number) AS recordedAt,
       (SELECT timestamp FROM blocks WHERE number = settled_block) AS settledAt
     FROM attestations WHERE block_number >= ? AND block_number < ? ORDER BY block_number, log_index LIMIT ?`,
  );
  const lastSeq = db.prepare<[number], number>("SELECT seq FROM seasons WHERE season_id = ?").pluck();
  const blockOf = db
    .prepare<[number, number], number>("SELECT block_number FROM ledger WHERE season_id = ? AND seq = ?")
    .pluck();
  const entries = db
    .prepare<[number, number, number, number], { account: Address; reason: bigint; delta: bigint }>(
      `SELECT account, reason, delta FROM ledger
       WHERE season_id = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?`,
    )
    .safeIntegers();

  /** The first block at or after a time; the one after the last where there is none. */
  const blockAt = (time: number): number =>
    firstWhere(0, (lastBlock.get() ?? -1) + 1, (number) => (timeFrom.get(number) as number) >= time);

  /** The first entry of a block at or after this one; the one after the last where there is none. */
  const seqAt = (seasonId: number, block: number): number =>
    firstWhere(1, (lastSeq.get(seasonId) ?? 0) + 1, (seq) => (blockOf.get(seasonId, seq) as number) >= block);

  return {
    recorded(seasonId, from, until, most) {
      const rows = attestations.all(blockAt(from), blockAt(until), most + 1);
      const items = rows.slice(0, most).filter((row) => row.seasonId === seasonId);
      return { items, isWhole: rows.length <= most };
    },
    changes(seasonId, from, until, most) {
      const [first, end] = [seqAt(seasonId, blockAt(from)), seqAt(seasonId, blockAt(until))];
      const items = entries
        .all(seasonId, first, end, most)
        .map(({ account, reason, delta }) => ({ account, reason: Number(reason), delta }));
      return { items, isWhole: end - first <= most };
    },
  };
}

/** The first number from `low` on for which `holds`, as it does for all after it; `end` where it holds for none before. */
function firstWhere(low: number, end: number, holds: (number: number) => boolean): number {
  while (low < end) {
    const middle = Math.floor((low + end) / 2);
    if (holds(middle)) end = middle;
    else low = middle + 1;
  }
  return low;
}
