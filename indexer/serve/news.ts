import type { Address, Hex } from "viem";
import { z } from "zod";
import { shownProfile } from "../../sdk/profiles.ts";
import { Reason } from "../../sdk/protocol.ts";
import type { EventLocation, News } from "../../sdk/wire.ts";
import type { EventNamed, LogLocation } from "../decode/events.ts";
import { locationOf } from "../store/event-columns.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import type { FeedRow } from "../store/sqlite/read-feed.ts";
import type { ReadLedgerEntry } from "../store/sqlite/read-ledger.ts";
import type { ReadRequest } from "../store/sqlite/read-requests.ts";
import { locatedCursor, locationOfCursor } from "./cursors.ts";
import { methodOf, reasonOf, statusOf } from "./labels.ts";
import { cursor } from "./parameters.ts";
import { unlessZero } from "./requests.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventAt, type Snapshot, type State } from "./state.ts";

const PAGE = 50;

/** `/news`. */
export function newsRoute(app: App, state: State): void {
  app.get(
    "/news",
    {
      config: { hot: true, cost: 20 },
      schema: {
        operationId: "listNews",
        summary:
          "What happened, newest first: attested, settled, awarded, drawn, covered, asked, named, opened and ended",
        description: `At most ${PAGE} items a page, from at most 1000 events: a page may be short or empty and still have a next one.`,
        querystring: z.strictObject({ cursor: cursor.optional() }),
        response: { 200: schemas.newsPage, 410: schemas.problem },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const below = await locationOfCursor("news", query.cursor, snapshot.feed.transactionAt);
        const { rows, last } = await snapshot.feed.newest(below, PAGE);
        const items = await Promise.all(rows.map((row) => newsOf(snapshot, row)));
        return {
          asOf: asOf(snapshot),
          items: items.filter((item) => item !== undefined),
          next: last ? locatedCursor("news", snapshot, last, last.transactionHash) : null,
        };
      }),
  );
}

/** What an event tells; undefined where that is no news. */
export async function newsOf(snapshot: Snapshot, row: FeedRow): Promise<News | undefined> {
  const { location: at, about, news } = row;
  if (news === undefined) return undefined;
  if (about && "seq" in about) {
    const entry = await snapshot.ledger.entry(about.seasonId, about.seq);
    return entry && newsOfEntry(entry);
  }
  if (about && "requestId" in about) {
    const request = await snapshot.requests.request(about.requestId);
    return request && newsOfRequest(snapshot, row, request);
  }
  if (about) {
    const attestation = await snapshot.attestations.attestation(about.uid);
    return attestation && newsOfAttestation(snapshot, row, attestation);
  }
  if (news === "seats") return seatNews(snapshot, at);
  if (news === "season") return seasonNews(snapshot, at);
  const { account, name, link } = ((await eventAt(snapshot, at)) as EventNamed<"ProfileSet">).args;
  return { news: "named", account, name: shownProfile(name, link)?.name ?? null, at };
}

async function whoIs({ profiles }: Snapshot, account: Address): Promise<{ account: Address; name: string | null }> {
  return { account, name: (await profiles.nameOf(account)) ?? null };
}

/** What a ledger entry tells. */
export function newsOfEntry(entry: ReadLedgerEntry): News {
  const { account, name, seasonId, subject: uid, delta, reason } = entry;
  const change = { account, name, uid, seasonId: String(seasonId), reason: reasonOf(reason), at: locationOf(entry) };
  return reason === Reason.penalty
    ? { news: "burned", ...change, points: String(-delta) }
    : { news: "awarded", ...change, points: String(delta) };
}

/** What an event about an attestation tells: that it was recorded or settled, or that its cover was paid. */
export async function newsOfAttestation(
  snapshot: Snapshot,
  { location: at, news }: FeedRow,
  row: ReadAttestation,
): Promise<News | undefined> {
  const { method, count, status, settled } = row;
  if (news === "cover") return coverNews(snapshot, at, row);
  if (isAt(row, at)) return { news: "attested", ...proverOf(row), method: methodOf(method), count, at };
  return settled && isAt(settled, at) ? { news: "settled", ...proverOf(row), status: statusOf(status), at } : undefined;
}

const isAt = (a: LogLocation, b: LogLocation): boolean => a.blockNumber === b.blockNumber && a.logIndex === b.logIndex;

const proverOf = ({ uid, prover, proverName, seasonId }: ReadAttestation) => ({
  ...{ uid, account: prover, name: proverName, seasonId: seasonId === null ? null : String(seasonId) },
});

/** Cover that returns to its prover is no news. */
async function coverNews(
  snapshot: Snapshot,
  at: EventLocation,
  { uid, prover }: ReadAttestation,
): Promise<News | undefined> {
  const { to, token, amount } = ((await eventAt(snapshot, at)) as EventNamed<"CoverSettled">).args;
  if (to === prover) return undefined;
  return {
    news: "coverPaid",
    ...(await whoIs(snapshot, to)),
    uid,
    token: unlessZero(token),
    amount: String(amount),
    at,
  };
}

/** What an event about a request tells: that it was asked or answered. */
export async function newsOfRequest(
  snapshot: Snapshot,
  { location: at, news }: FeedRow,
  { requestId, requester, requesterName }: ReadRequest,
): Promise<News | undefined> {
  if (news === "asked") return { news, account: requester, name: requesterName, requestId, at };
  if (news !== "answered") return undefined;
  const { args } = (await eventAt(snapshot, at)) as EventNamed<"RequestAnswered">;
  return { news, ...(await whoIs(snapshot, args.prover)), requestId, at };
}

async function seatNews(snapshot: Snapshot, at: EventLocation): Promise<News | undefined> {
  const { uid, members } = (await eventAt(snapshot, at)).args as { uid: Hex; members: readonly Address[] };
  const row = await snapshot.attestations.attestation(uid);
  return row && { news: "seatsDrawn", ...proverOf(row), seats: members.length, at };
}

async function seasonNews(snapshot: Snapshot, at: EventLocation): Promise<News | undefined> {
  const { eventName, args } = (await eventAt(snapshot, at)) as EventNamed<
    "SeasonOpened" | "SeasonFrozen" | "SeasonFinalised"
  >;
  const seasonId = String(args.seasonId);
  switch (eventName) {
    case "SeasonOpened":
      return { news: "seasonOpened", ...(await whoIs(snapshot, args.organiser)), seasonId, at };
    case "SeasonFrozen":
      return { news: "seasonFrozen", seasonId, participants: args.participants, at };
    case "SeasonFinalised":
      return { news: "seasonFinalised", ...(await whoIs(snapshot, args.poster)), seasonId, at };
  }
}
