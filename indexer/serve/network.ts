import type { FastifyRequest } from "fastify";
import type { Hex } from "viem";
import { z } from "zod";
import { partOf } from "../../sdk/methods/index.ts";
import { Reason, Status } from "../../sdk/protocol.ts";
import type { NetworkAnswer, NetworkMethod, NetworkTenth } from "../../sdk/wire.ts";
import type { Model } from "../fold/models.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import type { PointChange, Recorded } from "../store/sqlite/read-network.ts";
import { attestationOf } from "./attestations.ts";
import { type Availability, availabilityOf } from "./availability.ts";
import { createGas, type GasSample, gasOf } from "./gas.ts";
import { attestationStatuses, methodOf, statusNumber } from "./labels.ts";
import { noQuery, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventsOf, requireSeason, type Snapshot, type State } from "./state.ts";

const PARTS = 10;
// Of each part.
const MOST_ATTESTATIONS = 400;
const MOST_ENTRIES = 400;
const MOST_PANELS = 40;
const MOST_SAMPLED = 2;
const MOST_EVENTS = 200;

/** What follows from one state of the chain, and what is to be asked of a node and of who measured. */
interface Looked {
  answer: Omit<NetworkAnswer, "methods" | "content">;
  methods: (Omit<NetworkMethod, "gas"> & { samples: GasSample[] })[];
  models: Model[];
}

/** `/seasons/:id/network`: in part not of the chain, so it is made anew for each who asks. */
export function networkRoute(app: App, state: State, availability: Availability): void {
  const gas = createGas(state.rpc);
  let kept: { of?: Hex; seasons: Map<string, Promise<Looked>> } = { seasons: new Map() };

  /** What a state of the chain shows, looked at once. */
  function lookOnce(snapshot: Snapshot, seasonId: string): Promise<Looked> {
    const { hash } = snapshot.progress.cursor;
    if (kept.of !== hash) kept = { of: hash, seasons: new Map() };
    const { seasons } = kept;
    const looked = seasons.get(seasonId) ?? lookAt(snapshot, seasonId);
    seasons.set(seasonId, looked);
    looked.catch(() => seasons.delete(seasonId));
    return looked;
  }

  // What was looked at already only has to be written.
  function costOf({ params }: FastifyRequest): number {
    const isPresent = kept.of !== undefined && kept.of === state.present()?.progress.cursor.hash;
    return isPresent && kept.seasons.has((params as { seasonId: string }).seasonId) ? 5 : 500;
  }

  app.get(
    "/seasons/:seasonId/network",
    {
      config: { cost: costOf },
      schema: {
        operationId: "getSeasonNetwork",
        summary:
          "How a season tests the network: times to a verdict, missed seats, caught lies, gas a unit, who took part when, who serves the models",
        description:
          `The season's time from start to close in ${PARTS} equal parts. Of each, at most the first ${MOST_ATTESTATIONS} attestations and ` +
          `${MOST_ENTRIES} ledger entries are looked at, the seats of ${MOST_PANELS} attestations, and for gas the transactions of ` +
          `${MOST_SAMPLED} final ones of each method, whose receipts a node is asked for.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.networkAnswer, 404: schemas.problem },
      },
    },
    async ({ params }): Promise<NetworkAnswer> => {
      const { answer, methods, models } = await state.read((snapshot) => lookOnce(snapshot, params.seasonId));
      const transactions = methods.flatMap(({ samples }) => samples.flatMap((sample) => sample.transactions));
      const used = await gas.of(transactions.map(({ hash }) => hash));
      return {
        ...answer,
        methods: methods.map(({ samples, ...method }) => ({ ...method, gas: gasOf(samples, used) })),
        content: models.map((model) => availabilityOf(model, availability)),
      };
    },
  );
}

async function lookAt(snapshot: Snapshot, id: string): Promise<Looked> {
  const season = await requireSeason(snapshot, id);
  const parts = partsOf(season, snapshot.progress.cursor.timestamp);
  const looked = await Promise.all(parts.map((part) => look(snapshot, season.seasonId, part)));
  const recorded = looked.map((part) => part.recorded);
  const modelIds = new Set((await snapshot.tasks(season.seasonId)).map(({ modelId }) => modelId));
  const models = await Promise.all([...modelIds].map((modelId) => snapshot.models.model(modelId)));
  return {
    answer: {
      asOf: asOf(snapshot, season),
      isWhole: looked.every(({ tenth }) => tenth.isWhole),
      burned: String(looked.reduce((sum, { burned }) => sum + burned, 0n)),
      tenths: looked.map(({ tenth }) => tenth),
    },
    methods: await methodsOf(snapshot, recorded),
    models: models.filter((model) => model !== undefined),
  };
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

/** @param parts What was recorded in each part of the season's time. */
async function methodsOf(snapshot: Snapshot, parts: readonly Recorded[][]): Promise<Looked["methods"]> {
  const ids = [...new Set(parts.flat().map(({ method }) => method))].sort((a, b) => a - b);
  return Promise.all(
    ids.map(async (id) => {
      const byPart = parts.map((part) => part.filter(({ method }) => method === id));
      const own = byPart.flat();
      const panels = byPart.flatMap((part) => part.slice(0, MOST_PANELS));
      const final = byPart.flatMap((part) => part.filter(({ settledAt }) => settledAt !== null).slice(0, MOST_SAMPLED));
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
        missedSeats: await missedSeatsOf(snapshot, id, panels),
        samples: await Promise.all(final.map((one) => sampleOf(snapshot, one))),
      };
    }),
  );
}

/** What a transaction is for, where it is for several things. */
const TELLING = ["committed", "batchAttested", "revealed", "settled", "awarded"];

/** The transactions that an attestation's steps are of, each once. */
async function sampleOf(snapshot: Snapshot, { uid, units }: Recorded): Promise<GasSample> {
  const row = (await snapshot.attestations.attestation(uid)) as ReadAttestation;
  const { steps } = await attestationOf(snapshot, row);
  const transactions = [...Map.groupBy(steps, ({ at }) => at.transactionHash)].map(async ([hash, own]) => {
    const names = own.map(({ step }) => step as string);
    const shared = await snapshot.logs.attestationsIn((own[0] as (typeof own)[number]).at);
    const step = TELLING.find((name) => names.includes(name)) ?? (names[0] as string);
    return { hash, step, shared: Math.max(1, shared) };
  });
  return { units, transactions: await Promise.all(transactions) };
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
