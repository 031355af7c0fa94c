import { z } from "zod";
import type { Season, SeasonState } from "../../sdk/wire.ts";
import type { Task } from "../fold/seasons.ts";
import { type Located, locationOf } from "../store/sqlite/event-columns.ts";
import type { ReadSeason } from "../store/sqlite/read-seasons.ts";
import { methodOf } from "./labels.ts";
import { noQuery, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

const MOST_SEASONS = 100;

/** `/seasons`, `/seasons/:id`. */
export function seasonRoutes(app: App, state: State): void {
  const present = async (snapshot: Snapshot, row: ReadSeason): Promise<Season> => ({
    ...rules(row, snapshot.progress.cursor.timestamp),
    tasks: (await snapshot.tasks(row.seasonId)).map(task),
  });

  app.get(
    "/seasons",
    {
      config: { hot: true, cost: 10 },
      schema: {
        summary: `The newest ${MOST_SEASONS} seasons`,
        description: `At most ${MOST_SEASONS} seasons with all their tasks.`,
        querystring: noQuery,
        response: { 200: schemas.seasons },
      },
    },
    () =>
      state.read(async (snapshot) => {
        const newest = await snapshot.seasons.seasons(MOST_SEASONS);
        return { asOf: asOf(snapshot), items: await Promise.all(newest.map((row) => present(snapshot, row))) };
      }),
  );

  app.get(
    "/seasons/:seasonId",
    {
      config: { hot: true, cost: 5 },
      schema: {
        summary: "A season's rules and state",
        description: "Reads one season and its tasks.",
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.seasonAnswer, 404: schemas.problem },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        return { asOf: asOf(snapshot, season), item: await present(snapshot, season) };
      }),
  );
}

function rules(row: ReadSeason, now: number): Omit<Season, "tasks"> {
  return {
    seasonId: String(row.seasonId),
    state: stateOf(row, now),
    organiser: row.organiser,
    uri: row.uri,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    closesAt: row.closesAt,
    seed: row.seed,
    seededAt: row.seededAt,
    verifierCap: row.verifierCap,
    totals: {
      seq: String(row.seq),
      participants: row.participants,
      totalPoints: String(row.totalPoints),
      ledgerHash: row.ledgerHash,
    },
    frozen: null,
    final: null,
    rewards: null,
  };
}

function stateOf(row: ReadSeason, now: number): SeasonState {
  if (row.startsAt === null || row.endsAt === null || row.closesAt === null) return "drafted";
  if (now >= row.closesAt) return "closed";
  if (now >= row.endsAt) return "ended";
  return row.seed !== null && now >= row.startsAt ? "running" : "open";
}

const task = (row: Located<Task>) => ({
  taskId: String(row.taskId),
  modelId: row.modelId,
  method: methodOf(row.method),
  points: String(row.points),
  unitsPerAccount: row.unitsPerAccount,
  noise: row.noise,
  inputCount: row.inputCount,
  inputSetRoot: row.inputSetRoot,
  added: locationOf(row),
});
