import { z } from "zod";
import { partOf } from "../../sdk/methods/index.ts";
import { Reason, Status } from "../../sdk/protocol.ts";
import type { NetworkAnswer, NetworkMethod, NetworkTenth } from "../../sdk/wire.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import type { PointChange, Recorded } from "../store/sqlite/read-network.ts";
import { attestationStatuses, methodOf, statusNumber } from "./labels.ts";
import { noQuery, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventsOf, requireSeason, type Snapshot, type State } from "./state.ts";

const PARTS = 10;
// Of each part.
const MOST_ATTESTATIONS = 400;
const MOST_ENTRIES = 400;
const MOST_PANELS = 40;
const MOST_EVENTS = 200;

/** `/seasons/:id/network`. */
export function networkRoute(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/network",
    {
      config: { hot: true, cost: 500 },
      schema: {
        operationId: "getSeasonNetwork",
        summary: "How a season tests the network: times to a verdict, missed seats, caught lies, who took part when",
        description:
          `The season's time from start to close in ${PARTS} equal parts. Of each, at most the first ${MOST_ATTESTATIONS} attestations and ` +
          `${MOST_ENTRIES} ledger entries are looked at, and the seats of ${MOST_PANELS} attestations.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.networkAnswer, 404: schemas.problem },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const parts = partsOf(season, snapshot.progress.cursor.timestamp);
        const looked = await Promise.all(parts.map((part) => look(snapshot, season.seasonId, part)));
        const recorded = looked.flatMap((part) => part.recorded);
        const panels = looked.flatMap((part) =>
          part.recorded.filter(({ method }) => missedIn(method)).slice(0, MOST_PANELS),
        );
        return {
          asOf: asOf(snapshot, season),
          isWhole: looked.every(({ tenth }) => tenth.isWhole),
          burned: String(looked.reduce((sum, { burned }) => sum + burned, 0n)),
          methods: await methodsOf(snapshot, recorded, panels),
          tenths: looked.map(({ tenth }) => tenth),
        } satisfies NetworkAnswer;
      }),
  );
}

interface Part {
  startsAt: number;
  endsAt: number;
}

/** The parts of a season's time that have begun; none while it is drafted. */
function partsOf({ startsAt, closesAt }: { startsAt: number | null; closesAt: number | null }, now: number): Part[] {
  if (startsAt === null || closesAt === null) return [];
  const at = (part: number) => startsAt + Math.floor(((closesAt - startsAt) * part) / PARTS);
  return Array.from({ length: PARTS }, (_, i) => ({ startsAt: at(i), endsAt: at(i + 1) })).filter(
    (part) => part.startsAt <= now,
  );
}

async function look(
  { network }: Snapshot,
  season: number,
  { startsAt, endsAt }: Part,
): Promise<{ recorded: Recorded[]; burned: bigint; tenth: NetworkTenth }> {
  const attestations = await network.recorded(season, startsAt, endsAt, MOST_ATTESTATIONS);
  const changes = await network.changes(season, startsAt, endsAt, MOST_ENTRIES);
  return {
    recorded: attestations.items,
    burned: -pointsOf(changes.items, Reason.penalty),
    tenth: {
      ...{ startsAt, endsAt, attestations: attestations.items.length },
      provers: new Set(attestations.items.map(({ prover }) => prover)).size,
      verifiers: new Set(accountsWith(changes.items, Reason.verifier)).size,
      isWhole: attestations.isWhole && changes.isWhole,
    },
  };
}

const accountsWith = (changes: readonly PointChange[], reason: number) =>
  changes.filter((change) => change.reason === reason).map(({ account }) => account);

const pointsOf = (changes: readonly PointChange[], reason: number): bigint =>
  changes.reduce((sum, change) => (change.reason === reason ? sum + change.delta : sum), 0n);

async function methodsOf(
  snapshot: Snapshot,
  recorded: readonly Recorded[],
  panels: readonly Recorded[],
): Promise<NetworkMethod[]> {
  const ids = [...new Set(recorded.map(({ method }) => method))].sort((a, b) => a - b);
  return Promise.all(
    ids.map(async (id) => {
      const own = recorded.filter(({ method }) => method === id);
      return {
        method: methodOf(id),
        statuses: attestationStatuses.flatMap((status) => {
          const those = own.filter((one) => one.status === statusNumber(status));
          const units = those.reduce((sum, one) => sum + one.units, 0);
          return those.length === 0 ? [] : [{ status, attestations: those.length, units }];
        }),
        toVerified: spreadOf(
          own.flatMap(({ status, recordedAt, settledAt }) =>
            status === Status.verified && settledAt !== null ? [settledAt - recordedAt] : [],
          ),
        ),
        missedSeats: await missedSeatsOf(
          snapshot,
          id,
          panels.filter(({ method }) => method === id),
        ),
      };
    }),
  );
}

/** Median and 90th percentile by the nearest rank; null of nothing. */
export function spreadOf(values: readonly number[]): NetworkMethod["toVerified"] {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { median: at(0.5), p90: at(0.9) };
}

const missedIn = (method: number) => partOf<IndexedMethod>(methods, method)?.missedSeats;

async function missedSeatsOf(
  snapshot: Snapshot,
  method: number,
  panels: readonly Recorded[],
): Promise<NetworkMethod["missedSeats"]> {
  const missed = missedIn(method);
  if (missed === undefined) return null;
  let [seats, lost] = [0, 0n];
  for (const { uid } of panels) {
    const events = await eventsOf(snapshot, uid, MOST_EVENTS);
    for (const amount of missed(events.map(({ event }) => event))) {
      seats++;
      lost += amount;
    }
  }
  return { attestations: panels.length, seats, lost: String(lost) };
}
