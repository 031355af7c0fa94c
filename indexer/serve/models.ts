import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import type { Model } from "../../sdk/wire.ts";
import { type Model as ModelRow, parameterCounts } from "../fold/models.ts";
import { type Located, locationOf } from "../store/event-columns.ts";
import { locatedCursor, locationOfCursor } from "./cursors.ts";
import { cursor, hash, noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventsOf, type Snapshot, type State } from "./state.ts";

const PAGE = 50;
// Anyone may add hints. The first ones of a reasonable length are shown.
const MOST_URIS = 16;
const LONGEST_URI = 1_000;

/** `/models`, `/models/:id`. */
export function modelRoutes(app: App, state: State): void {
  app.get(
    "/models",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listModels",
        summary: "Published models, newest first",
        description: `At most ${PAGE} models a page, each with the first ${MOST_URIS} hints to where its file may be.`,
        querystring: z.strictObject({ cursor: cursor.optional() }),
        response: { 200: schemas.modelsPage, 410: schemas.problem },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const below = await locationOfCursor("models", query.cursor, snapshot.models.modelAt);
        const rows = await snapshot.models.list(below, PAGE);
        const last = rows.length === PAGE ? rows.at(-1) : undefined;
        return {
          asOf: asOf(snapshot),
          items: await Promise.all(rows.map((row) => modelOf(snapshot, row))),
          next: last ? locatedCursor("models", snapshot, last, last.modelId) : null,
        };
      }),
  );

  app.get(
    "/models/:modelId",
    {
      config: { hot: true, cost: 5 },
      schema: {
        operationId: "getModel",
        summary: "A published model",
        description: "Reads one model and its first hints.",
        params: z.object({ modelId: hash }),
        querystring: noQuery,
        response: { 200: schemas.modelAnswer, 404: schemas.problem },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const row = await snapshot.models.model(params.modelId);
        if (!row) throw new ProblemError(404, `There is no model ${params.modelId}.`);
        return { asOf: asOf(snapshot), item: await modelOf(snapshot, row) };
      }),
  );
}

/** An integer model has a root of weights that are on chain, a graph model one of parameter rows. */
export function kindOf({ weightsRoot, parameterRows }: Pick<ModelRow, "weightsRoot" | "parameterRows">): Model["kind"] {
  if (parameterRows !== null) return "graph";
  return weightsRoot === ZERO_HASH ? "float" : "integer";
}

async function modelOf(snapshot: Snapshot, row: Located<ModelRow>): Promise<Model> {
  return {
    modelId: row.modelId,
    publisher: row.publisher,
    artifactHash: row.artifactHash,
    cid: cidOfSha256(row.artifactHash),
    runtimeId: row.runtimeId,
    layoutHash: row.layoutHash,
    weightsRoot: row.weightsRoot,
    verifyingKeyHash: row.verifyingKeyHash,
    measurement: row.measurement,
    kind: kindOf(row),
    layout: row.layout === null ? null : (JSON.parse(row.layout) as Model["layout"]),
    parameterRows: parameterCounts(row),
    uris: await urisOf(snapshot, row),
    published: locationOf(row),
  };
}

async function urisOf(snapshot: Snapshot, row: Located<ModelRow>): Promise<string[]> {
  const events = await eventsOf(snapshot, row.modelId, MOST_URIS);
  return events.flatMap(({ event }) =>
    (event.eventName === "ModelPublished" || event.eventName === "UriAdded") &&
    event.args.uri !== "" &&
    event.args.uri.length <= LONGEST_URI
      ? [event.args.uri]
      : [],
  );
}
