import type { Hex } from "viem";
import type { StreamEvents } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { FeedRow } from "../../store/sqlite/read-feed.ts";
import { receiptOf } from "../accounts.ts";
import { summaryOf } from "../attestations.ts";
import { requestSummaryOf } from "../requests.ts";
import { asOf, type Snapshot } from "../state.ts";

const MOST_KEPT = 1_000;

/** What a stream sends: each message about an event is built once for a state of the chain, for however many clients. */
export function createMessages() {
  let kept: { of?: Hex; texts: Map<string, Promise<string>> } = { texts: new Map() };

  return {
    /** The message about an event; empty where there is none. */
    ofEvent(snapshot: Snapshot, row: FeedRow): Promise<string> {
      const { hash } = snapshot.progress.cursor;
      if (kept.of !== hash) kept = { of: hash, texts: new Map() };
      const { texts } = kept;
      const id = idOf(row.location);
      const known = texts.get(id);
      if (known) return known;
      if (texts.size === MOST_KEPT) texts.clear();
      const text = build(snapshot, row);
      texts.set(id, text);
      text.catch(() => texts.delete(id));
      return text;
    },
    ofHead: (snapshot: Snapshot, last: LogLocation): string => message(last, "head", { asOf: asOf(snapshot) }),
    /** Every event above the block is undone. */
    ofReorg: (snapshot: Snapshot, last: LogLocation, blockNumber: number): string =>
      message(last, "reorg", { asOf: asOf(snapshot), blockNumber }),
  };
}

async function build(snapshot: Snapshot, { location, about }: FeedRow): Promise<string> {
  if (about === undefined) return "";
  if ("seq" in about) {
    const entry = await snapshot.ledger.entry(about.seasonId, about.seq);
    return entry ? message(location, "points", await receiptOf(snapshot, entry)) : "";
  }
  if ("requestId" in about) {
    const request = await snapshot.requests.request(about.requestId);
    return request ? message(location, "request", requestSummaryOf(request)) : "";
  }
  const attestation = await snapshot.attestations.attestation(about.uid);
  return attestation ? message(location, "status", summaryOf(attestation)) : "";
}

const idOf = ({ blockNumber, logIndex }: LogLocation): string => `${blockNumber}-${logIndex}`;

const message = <Name extends keyof StreamEvents>(last: LogLocation, event: Name, data: StreamEvents[Name]): string =>
  `id: ${idOf(last)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
