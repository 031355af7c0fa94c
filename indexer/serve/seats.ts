import type { Address } from "viem";
import { z } from "zod";
import type { DrawnSeat } from "../../sdk/wire.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import { locationOf } from "../store/event-columns.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import type { ServedList, ServedReader } from "../store/sqlite/read-served.ts";
import { summaryOf } from "./attestations.ts";
import { locatedCursor, locationOfCursor } from "./cursors.ts";
import { account, cursor } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventAt, eventsOf, type Snapshot, type State } from "./state.ts";

const CATCHES = 50;
const SEATS = 25;
/** Two panels of 32 members make about 300. */
const MOST_EVENTS = 1_000;

/** `/accounts/:account/catches`, `/accounts/:account/seats`. */
export function seatRoutes(app: App, state: State): void {
  const params = z.object({ account });
  const querystring = z.strictObject({ cursor: cursor.optional() });

  app.get(
    "/accounts/:account/catches",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listCatches",
        summary: "Attestations in whose refutation an account took part, newest first",
        description: `At most ${CATCHES} a page. Those that it made itself: /attestations?prover=…&status=refuted.`,
        params,
        querystring,
        response: { 200: schemas.attestationsPage, 410: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const { rows, next } = await pageOf(snapshot, "catches", params.account, query.cursor, CATCHES);
        const items = rows.map(async ({ uid }) => summaryOf(await attestationAt(snapshot, uid)));
        return { asOf: asOf(snapshot), items: await Promise.all(items), next };
      }),
  );

  app.get(
    "/accounts/:account/seats",
    {
      config: { hot: true, cost: 40 },
      schema: {
        operationId: "listSeats",
        summary: "Seats on panels that an account was drawn for, newest first, and what it did with them",
        description: `At most ${SEATS} a page, by the first ${MOST_EVENTS} events of each attestation.`,
        params,
        querystring,
        response: { 200: schemas.seatsPage, 410: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const { rows, next } = await pageOf(snapshot, "seats", params.account, query.cursor, SEATS);
        const items = rows.map((row) => seatOf(snapshot, params.account, row));
        return { asOf: asOf(snapshot), items: await Promise.all(items), next };
      }),
  );
}

type Rows = ReturnType<ServedList["of"]>;

async function pageOf(
  snapshot: Snapshot,
  name: keyof ServedReader,
  account: Address,
  cursor: string | undefined,
  limit: number,
): Promise<{ rows: Rows; next: string | null }> {
  const list = snapshot.served[name];
  const below = await locationOfCursor(name, cursor, (location) => list.uidAt(account, location));
  const rows = await list.of(account, below, limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last && rows.length > limit ? locatedCursor(name, snapshot, last, last.uid) : null };
}

async function attestationAt({ attestations }: Snapshot, uid: `0x${string}`): Promise<ReadAttestation> {
  const row = await attestations.attestation(uid);
  if (!row) throw new Error(`An account served for attestation ${uid}, which isn't recorded.`);
  return row;
}

async function seatOf(snapshot: Snapshot, account: Address, row: Rows[number]): Promise<DrawnSeat> {
  const attestation = await attestationAt(snapshot, row.uid);
  const found = await eventsOf(snapshot, row.uid, MOST_EVENTS);
  const drawn = await eventAt(snapshot, row);
  const method = drawn.method === undefined ? undefined : (methods as Record<string, IndexedMethod>)[drawn.method];
  const events = found.map(({ event }) => event);
  const use = method?.seatOf?.(drawn, events, account);
  if (!use) throw new Error(`Attestation ${row.uid} has a seat by an event that gives none.`);
  const { round, vote, lost } = use;
  return { attestation: summaryOf(attestation), round, vote, lost: String(lost), drawn: locationOf(row) };
}
