import { z } from "zod";
import type { Season, SeasonState } from "../../sdk/wire.ts";
import { placeOf } from "../store/read-places.ts";
import type { SeasonRow, TaskRow } from "../store/read-seasons.ts";
import { HOT } from "./answers.ts";
import { noQuery, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, progressOf, requireSeason, type State } from "./state.ts";
import { methodOf } from "./words.ts";

const MOST_SEASONS = 100;

/** `/seasons`, `/seasons/:id`. */
export function seasonRoutes(app: App, state: State): void {
  const present = (row: SeasonRow): Season => ({
    ...rules(row, progressOf(state).cursor.timestamp),
    tasks: state.seasons.tasks(row.season_id).map(task),
  });

  app.get(
    "/seasons",
    {
      config: HOT,
      schema: {
        summary: `The newest ${MOST_SEASONS} seasons`,
        description: `At most ${MOST_SEASONS} seasons with all their tasks.`,
        querystring: noQuery,
        response: { 200: schemas.seasons },
      },
    },
    () => ({ asOf: asOf(state), items: state.seasons.seasons(MOST_SEASONS).map(present) }),
  );

  app.get(
    "/seasons/:seasonId",
    {
      config: HOT,
      schema: {
        summary: "A season's rules and state",
        description: "Reads one season and its tasks.",
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.seasonAnswer, 404: schemas.problem },
      },
    },
    ({ params }) => {
      const season = requireSeason(state, params.seasonId);
      return { asOf: asOf(state, season), item: present(season) };
    },
  );
}

function rules(row: SeasonRow, now: number): Omit<Season, "tasks"> {
  return {
    seasonId: row.season_id,
    state: stateOf(row, now),
    organiser: row.organiser,
    uri: row.uri,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    closesAt: row.closes_at,
    seed: row.seed,
    seededAt: row.seeded_at,
    verifierCap: row.verifier_cap,
    totals: {
      seq: row.seq,
      participants: row.participants,
      totalPoints: row.total_points,
      ledgerHash: row.ledger_hash,
    },
    final: null,
  };
}

function stateOf(row: SeasonRow, now: number): SeasonState {
  if (row.starts_at === null || row.ends_at === null || row.closes_at === null) return "drafted";
  if (now >= row.closes_at) return "closed";
  if (now >= row.ends_at) return "ended";
  return row.seed !== null && now >= row.starts_at ? "running" : "open";
}

const task = (row: TaskRow) => ({
  taskId: row.task_id,
  modelId: row.model_id,
  method: methodOf(row.method),
  points: row.points,
  unitsPerAccount: row.units_per_account,
  noise: row.noise,
  inputCount: row.input_count,
  inputSetRoot: row.input_set_root,
  added: placeOf(row),
});
