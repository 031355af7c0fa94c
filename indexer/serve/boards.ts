import { z } from "zod";
import type { UsedBy, UsedFor } from "../../sdk/wire.ts";
import type { Total } from "../store/sqlite/read-uses.ts";
import { hash, noQuery, seasonId } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type State } from "./state.ts";

const MOST = 50;

/** For what units are counted. */
const by = z.enum(["seasons", "requests"]).default("seasons").meta({ description: "What the order goes by." });

/** `/boards/models`, `/boards/publishers`, `/models/:id/standings`, `/seasons/:id/catchers`. */
export function boardRoutes(app: App, state: State): void {
  app.get(
    "/boards/models",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listModelBoard",
        summary: "Models by verified use, in seasons or by requests",
        description: `At most ${MOST} models with a verified unit, the most first.`,
        querystring: z.strictObject({ by }),
        response: { 200: schemas.modelBoard },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const rows = await snapshot.uses.models(query.by, MOST);
        const items = rows.map((row) => ({
          modelId: row.subject,
          publisher: row.publisher,
          name: row.name,
          ...usedFor(row),
        }));
        return { asOf: asOf(snapshot), items };
      }),
  );

  app.get(
    "/boards/publishers",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listPublisherBoard",
        summary: "Publishers by verified use of their models, in seasons or by requests",
        description: `At most ${MOST} publishers with a verified unit, the most first.`,
        querystring: z.strictObject({ by }),
        response: { 200: schemas.publisherBoard },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const rows = await snapshot.uses.publishers(query.by, MOST);
        return {
          asOf: asOf(snapshot),
          items: rows.map((row) => ({ publisher: row.publisher, name: row.name, ...usedFor(row) })),
        };
      }),
  );

  app.get(
    "/models/:modelId/standings",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listModelStandings",
        summary: "Accounts by units of a model that were verified in seasons",
        description: `At most ${MOST} accounts, of all seasons together, the most first.`,
        params: z.object({ modelId: hash }),
        querystring: noQuery,
        response: { 200: schemas.modelStandings, 404: schemas.problem },
      },
    },
    ({ params: { modelId } }) =>
      state.read(async (snapshot) => {
        if (!(await snapshot.models.model(modelId))) throw new ProblemError(404, `There is no model ${modelId}.`);
        const rows = await snapshot.uses.accountsOf(modelId, undefined, MOST);
        const items = rows.map(
          ({ account, name, seasonVerified, seasonRefuted, requestVerified, requestRefuted }): UsedBy => ({
            account,
            name,
            seasons: { verified: seasonVerified, refuted: seasonRefuted },
            requests: { verified: requestVerified, refuted: requestRefuted },
          }),
        );
        return { asOf: asOf(snapshot), items };
      }),
  );

  app.get(
    "/seasons/:seasonId/catchers",
    {
      config: { hot: true, cost: 5 },
      schema: {
        operationId: "listCatchers",
        summary: "Accounts by how many wrong answers of a season they caught",
        description: `At most ${MOST} accounts, the most first.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.catchers, 404: schemas.problem },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        return { asOf: asOf(snapshot, season), items: await snapshot.accounts.catchers(season.seasonId, MOST) };
      }),
  );
}

const usedFor = (row: Total): { seasons: UsedFor; requests: UsedFor } => ({
  seasons: { verified: row.seasonVerified, refuted: row.seasonRefuted, provers: row.seasonProvers },
  requests: { verified: row.requestVerified, refuted: row.requestRefuted, provers: row.requestProvers },
});
