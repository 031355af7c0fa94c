import type { Abi, Hex } from "viem";
import {
  attestationRegistryAbi,
  campaignAbi,
  coverAbi,
  inferenceRequestsAbi,
  profilesAbi,
  standingsAbi,
} from "../../../sdk/abi.ts";
import { knownMethods } from "../../../sdk/methods/index.ts";
import type { EventLocation } from "../../../sdk/wire.ts";
import { type LogLocation, selectorOf } from "../../decode/events.ts";
import { methods } from "../../methods/index.ts";
import type { IndexedMethod } from "../../methods/method.ts";
import type { Db } from "./database.ts";

/** An event as the stream and the list of news tell it. */
export interface FeedRow {
  location: EventLocation;
  /** The ledger entry that it made, the attestation that it recorded, revealed, covered or settled, or the request; undefined for any other. */
  about: { seasonId: number; seq: bigint } | { uid: Hex } | { requestId: Hex } | undefined;
  /** What kind of news it is, if any. */
  news: NewsKind | undefined;
}

/** Kinds of news, by what an event says. */
type NewsKind = "points" | "recorded" | "settled" | "cover" | "asked" | "answered" | "seats" | "name" | "season";

/** Reads events in the chain's order, a part at a time. */
export interface FeedReader {
  after(location: LogLocation, limit: number): FeedRow[];
  /** The newest events below a location that are news, of at most 1000 events; `last` is where to go on, if there may be more. */
  newest(below: LogLocation | undefined, limit: number): { rows: FeedRow[]; last: EventLocation | undefined };
  /** The last event at or below a block; undefined if there is none. */
  last(blockNumber: number): LogLocation | undefined;
  has(location: LogLocation): boolean;
  /** The transaction of the event there. */
  transactionAt(location: LogLocation): Hex | undefined;
  /** Whether there are more than `count` events after a location. */
  isFarBehind(location: LogLocation, count: number): boolean;
}

/** What says what an event is about. */
interface Said {
  topics: Buffer;
  /** The bytes of the data where a point change has its seq. */
  seq: Buffer;
}

interface Row extends EventLocation, Said {}

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

const seatEvents = ([name, { abi }]: ReturnType<typeof knownMethods>[number]): string[] =>
  signatures(abi, (methods as Record<string, IndexedMethod>)[name]?.seatEvents ?? []);

const NEWS = new Map<string, NewsKind>(
  Object.entries({
    points: [...POINTS],
    recorded: signatures(attestationRegistryAbi, ["Committed", "Attested", "BatchAttested"]),
    settled: signatures(attestationRegistryAbi, ["StatusChanged"]),
    cover: signatures(coverAbi, ["CoverSettled"]),
    asked: signatures(inferenceRequestsAbi, ["Requested"]),
    answered: signatures(inferenceRequestsAbi, ["RequestAnswered"]),
    seats: knownMethods().flatMap(seatEvents),
    name: signatures(profilesAbi, ["ProfileSet"]),
    season: [
      ...signatures(campaignAbi, ["SeasonOpened"]),
      ...signatures(standingsAbi, ["SeasonFrozen", "SeasonFinalised"]),
    ],
  } satisfies Record<NewsKind, string[]>).flatMap(([kind, found]) =>
    found.map((signature): [string, NewsKind] => [signature, kind as NewsKind]),
  ),
);

const MOST_SCANNED = 1_000;

export function createFeedReader(db: Db): FeedReader {
  // Data can be 120 KB of traces: read are the bytes only where a point change has its seq.
  const rows = (where: string, order: "ASC" | "DESC") =>
    db.prepare<[number, number, number], Row>(
      `SELECT block_number AS blockNumber, log_index AS logIndex, transaction_hash AS transactionHash, topics,
         substr(data, 89, 8) AS seq, (SELECT timestamp FROM blocks WHERE number = block_number) AS timestamp FROM events
       WHERE (block_number, log_index) ${where} (?, ?) ORDER BY block_number ${order}, log_index ${order} LIMIT ?`,
    );
  const [after, below] = [rows(">", "ASC"), rows("<", "DESC")];
  const last = db.prepare<[number], LogLocation>(
    "SELECT block_number AS blockNumber, log_index AS logIndex FROM events WHERE block_number <= ? ORDER BY block_number DESC, log_index DESC LIMIT 1",
  );
  const has = db.prepare("SELECT 1 FROM events WHERE block_number = ? AND log_index = ?");
  const transactionAt = db
    .prepare<[number, number], Hex>("SELECT transaction_hash FROM events WHERE block_number = ? AND log_index = ?")
    .pluck();
  const farther = db.prepare<[number, number, number]>(
    "SELECT 1 FROM events WHERE (block_number, log_index) > (?, ?) LIMIT 1 OFFSET ?",
  );
  return {
    after: ({ blockNumber, logIndex }, limit) => after.all(blockNumber, logIndex, limit).map(rowOf),
    newest(location, limit) {
      const found: FeedRow[] = [];
      let scanned = 0;
      let last: EventLocation | undefined;
      const from = location ?? { blockNumber: Number.MAX_SAFE_INTEGER, logIndex: 0 };
      for (const row of below.iterate(from.blockNumber, from.logIndex, MOST_SCANNED)) {
        const item = rowOf(row);
        scanned++;
        last = item.location;
        if (item.news) found.push(item);
        if (found.length === limit) break;
      }
      return { rows: found, last: found.length === limit || scanned === MOST_SCANNED ? last : undefined };
    },
    transactionAt: ({ blockNumber, logIndex }) => transactionAt.get(blockNumber, logIndex),
    last: (blockNumber) => last.get(blockNumber),
    has: ({ blockNumber, logIndex }) => has.get(blockNumber, logIndex) !== undefined,
    isFarBehind: ({ blockNumber, logIndex }, count) => farther.get(blockNumber, logIndex, count) !== undefined,
  };
}

const rowOf = ({ topics, seq, ...location }: Row): FeedRow => feedRow(location, { topics, seq });

export const feedRow = (location: EventLocation, said: Said): FeedRow => ({
  location,
  about: aboutOf(said),
  news: NEWS.get(said.topics.toString("hex", 0, 32)),
});

function aboutOf({ topics, seq }: Said): FeedRow["about"] {
  const signature = topics.toString("hex", 0, 32);
  if (POINTS.has(signature)) return { seasonId: Number(topics.readBigUInt64BE(56)), seq: seq.readBigUInt64BE() };
  if (STATUS.has(signature)) return { uid: `0x${topics.toString("hex", 32, 64)}` };
  if (REQUEST.has(signature)) return { requestId: `0x${topics.toString("hex", 32, 64)}` };
  return undefined;
}
