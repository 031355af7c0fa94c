import type { Hex } from "viem";
import type { News, StreamEvents } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { FeedRow } from "../../store/sqlite/read-feed.ts";
import { receiptOf } from "../accounts.ts";
import { summaryOf } from "../attestations.ts";
import { newsOf, newsOfAttestation, newsOfEntry, newsOfRequest } from "../news.ts";
import { requestSummaryOf } from "../requests.ts";
import { asOf, type Snapshot } from "../state.ts";

const MOST_KEPT = 1_000;

/** The messages about an event; each is empty where there is none. */
interface Messages {
  /** What it changed, as it is now. */
  change: string;
  /** What happened. */
  news: string;
}

/** What a stream sends: each message about an event is built once for a state of the chain, for however many clients. */
export function createMessages() {
  let kept: { of?: Hex; messages: Map<string, Promise<Messages>> } = { messages: new Map() };

  return {
    ofEvent(snapshot: Snapshot, row: FeedRow): Promise<Messages> {
      const { hash } = snapshot.progress.cursor;
      if (kept.of !== hash) kept = { of: hash, messages: new Map() };
      const { messages } = kept;
      const id = idOf(row.location);
      const known = messages.get(id);
      if (known) return known;
      if (messages.size === MOST_KEPT) messages.clear();
      const built = build(snapshot, row);
      messages.set(id, built);
      built.catch(() => messages.delete(id));
      return built;
    },
    ofHead: (snapshot: Snapshot, last: LogLocation): string => message(last, "head", { asOf: asOf(snapshot) }),
    /** Every event above the block is undone. */
    ofReorg: (snapshot: Snapshot, last: LogLocation, blockNumber: number): string =>
      message(last, "reorg", { asOf: asOf(snapshot), blockNumber }),
  };
}

async function build(snapshot: Snapshot, row: FeedRow): Promise<Messages> {
  const { location, about } = row;
  if (about === undefined) return both(location, await newsOf(snapshot, row), "");
  if ("seq" in about) {
    const entry = await snapshot.ledger.entry(about.seasonId, about.seq);
    if (!entry) return NONE;
    return both(location, newsOfEntry(entry), message(location, "points", await receiptOf(snapshot, entry)));
  }
  if ("requestId" in about) {
    const request = await snapshot.requests.request(about.requestId);
    if (!request) return NONE;
    const change = message(location, "request", requestSummaryOf(request));
    return both(location, await newsOfRequest(snapshot, row, request), change);
  }
  const attestation = await snapshot.attestations.attestation(about.uid);
  if (!attestation) return NONE;
  const change = message(location, "status", summaryOf(attestation));
  return both(location, await newsOfAttestation(snapshot, row, attestation), change);
}

const NONE: Messages = { change: "", news: "" };

/** Only the last message of an event has its id: who is cut off between the two gets both again. */
const both = (location: LogLocation, news: News | undefined, change: string): Messages => ({
  change,
  news: !news ? "" : change === "" ? message(location, "news", news) : withoutId("news", news),
});

const idOf = ({ blockNumber, logIndex }: LogLocation): string => `${blockNumber}-${logIndex}`;

const message = <Name extends keyof StreamEvents>(last: LogLocation, event: Name, data: StreamEvents[Name]): string =>
  `id: ${idOf(last)}\n${withoutId(event, data)}`;

const withoutId = <Name extends keyof StreamEvents>(event: Name, data: StreamEvents[Name]): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
