import { z } from "zod";
import type { Season, SeasonRewards, SeasonState } from "../../sdk/wire.ts";
import { decodeTerms } from "../decode/terms.ts";
import { claimUntil, type Rewards } from "../fold/rewards.ts";
import type { Task } from "../fold/seasons.ts";
import { type Located, locationOf } from "../store/event-columns.ts";
import type { ReadSeason } from "../store/sqlite/read-seasons.ts";
import { methodOf } from "./labels.ts";
import { noQuery, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

const MOST_SEASONS = 100;

/** `/seasons`, `/seasons/:id`. */
export function seasonRoutes(app: App, state: State): void {
  const present = async (snapshot: Snapshot, row: ReadSeason): Promise<Season> => {
    const { seasonId, participants } = row;
    const end = await snapshot.ends.end(seasonId);
    const rewards = await snapshot.ends.rewards(seasonId);
    return {
      ...rules(row, snapshot.progress.cursor.timestamp),
      tasks: (await snapshot.tasks(seasonId)).map(task),
      frozen: end?.frozen ?? null,
      final: end?.poster && end.finalised ? { poster: end.poster, participants, finalised: end.finalised } : null,
      rewards: rewards ? rewardsOf(rewards, end?.finalisedAt ?? null) : null,
    };
  };

  app.get(
    "/seasons",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listSeasons",
        summary: `The newest ${MOST_SEASONS} seasons`,
        description: `At most ${MOST_SEASONS} seasons with their tasks and ends; drafts are none.`,
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
        operationId: "getSeason",
        summary: "A season's rules and state",
        description: "Reads one season, its tasks and its end.",
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

function rules(row: ReadSeason, now: number): Omit<Season, "tasks" | "frozen" | "final" | "rewards"> {
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
  };
}

function stateOf(row: ReadSeason, now: number): SeasonState {
  if (row.startsAt === null || row.endsAt === null || row.closesAt === null) return "drafted";
  if (now >= row.closesAt) return "closed";
  if (now >= row.endsAt) return "ended";
  return row.seed !== null && now >= row.startsAt ? "running" : "open";
}

function rewardsOf({ terms, claimed, posterPaid, returned }: Rewards, finalisedAt: number | null): SeasonRewards {
  const { token, pool, posterBudget, perAccount, claimPeriod, prizes } = decodeTerms(terms);
  return {
    token,
    pool: String(pool),
    posterBudget: String(posterBudget),
    perAccount: String(perAccount),
    claimPeriod,
    prizes: prizes.map(({ places, amount }) => ({ places, amount: String(amount) })),
    terms,
    claimUntil: finalisedAt === null ? null : claimUntil(finalisedAt, { claimPeriod }),
    claimed,
    posterPaid,
    returned,
  };
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
