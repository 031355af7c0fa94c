import type { Abi, Hex } from "viem";
import { attestationRegistryAbi, campaignAbi, coverAbi, inferenceRequestsAbi } from "../../../sdk/abi.ts";
import { type LogLocation, selectorOf } from "../../decode/events.ts";
import type { Db } from "./database.ts";

/** An event as the stream sends it. */
export interface FeedRow {
  location: LogLocation;
  /** The ledger entry that it made, the attestation that it recorded, revealed, covered or settled, or the request; undefined for any other. */
  about: { seasonId: number; seq: bigint } | { uid: Hex } | { requestId: Hex } | undefined;
}

/** Reads events in the chain's order, a part at a time. */
export interface FeedReader {
  after(location: LogLocation, limit: number): FeedRow[];
  /** The last event at or below a block; undefined if there is none. */
  last(blockNumber: number): LogLocation | undefined;
  has(location: LogLocation): boolean;
  /** Whether there are more than `count` events after a location. */
  isFarBehind(location: LogLocation, count: number): boolean;
}

interface Row {
  block_number: number;
  log_index: number;
  topics: Buffer;
  seq: Buffer;
}

const signatures = (abi: Abi, names: readonly string[]) =>
  abi.flatMap((item) => (item.type === "event" && names.includes(item.name) ? [selectorOf(item).slice(2)] : []));
const POINTS = new Set(signatures(campaignAbi, ["PointsAwarded", "PointsBurned"]));
const STATUS = new Set([
  ...signatures(attestationRegistryAbi, ["Committed", "Attested", "BatchAttested", "StatusChanged"]),
  ...signatures(coverAbi, ["CoverLocked", "CoverSettled"]),
]);
const REQUEST = new Set(
  signatures(inferenceRequestsAbi, [
    ...["Requested", "RequestAccepted", "AcceptanceLapsed", "RequestAnswered", "AnswerDelivered"],
    ...["AnswerSettled", "CalledBack", "RequestCancelled"],
  ]),
);

export function createFeedReader(db: Db): FeedReader {
  // Data can be 120 KB of traces: read are the bytes only where a point change has its seq.
  const after = db.prepare<[number, number, number], Row>(
    `SELECT block_number, log_index, topics, substr(data, 89, 8) AS seq FROM events
     WHERE (block_number, log_index) > (?, ?) ORDER BY block_number, log_index LIMIT ?`,
  );
  const last = db.prepare<[number], Pick<Row, "block_number" | "log_index">>(
    "SELECT block_number, log_index FROM events WHERE block_number <= ? ORDER BY block_number DESC, log_index DESC LIMIT 1",
  );
  const has = db.prepare("SELECT 1 FROM events WHERE block_number = ? AND log_index = ?");
  const farther = db.prepare<[number, number, number]>(
    "SELECT 1 FROM events WHERE (block_number, log_index) > (?, ?) LIMIT 1 OFFSET ?",
  );
  return {
    after: ({ blockNumber, logIndex }, limit) => after.all(blockNumber, logIndex, limit).map(feedRow),
    last(blockNumber) {
      const row = last.get(blockNumber);
      return row && { blockNumber: row.block_number, logIndex: row.log_index };
    },
    has: ({ blockNumber, logIndex }) => has.get(blockNumber, logIndex) !== undefined,
    isFarBehind: ({ blockNumber, logIndex }, count) => farther.get(blockNumber, logIndex, count) !== undefined,
  };
}

const feedRow = (row: Row): FeedRow => ({
  location: { blockNumber: row.block_number, logIndex: row.log_index },
  about: aboutOf(row),
});

/** What an event is about, by its topics and the 8 bytes of its data from the 89th on. */
export function aboutOf({ topics, seq }: Pick<Row, "topics" | "seq">): FeedRow["about"] {
  const signature = topics.toString("hex", 0, 32);
  if (POINTS.has(signature)) return { seasonId: Number(topics.readBigUInt64BE(56)), seq: seq.readBigUInt64BE() };
  if (STATUS.has(signature)) return { uid: `0x${topics.toString("hex", 32, 64)}` };
  if (REQUEST.has(signature)) return { requestId: `0x${topics.toString("hex", 32, 64)}` };
  return undefined;
}
