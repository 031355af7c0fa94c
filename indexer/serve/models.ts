import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import type { Model } from "../../sdk/wire.ts";
import type { Place } from "../decode/events.ts";
import { eventsOf } from "../store/events.ts";
import type { ModelRow } from "../store/read-models.ts";
import { placeOf } from "../store/read-places.ts";
import { HOT } from "./answers.ts";
import { decodeCursor, encodeCursor, HASH_START, hashStart, SMALL, staleCursor } from "./cursors.ts";
import { cursor, hash, noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, type State } from "./state.ts";

const PAGE = 50;
// Anyone may add hints: the first ones of a sane length are shown.
const MOST_URIS = 16;
const LONGEST_URI = 1_000;

/** `/models`, `/models/:id`. */
export function modelRoutes(app: App, state: State): void {
  app.get(
    "/models",
    {
      config: HOT,
      schema: {
        summary: "Published models, newest first",
        description: `At most ${PAGE} models a page, each with the first ${MOST_URIS} hints where its file may be.`,
        querystring: z.strictObject({ cursor: cursor.optional() }),
        response: { 200: schemas.modelsPage, 410: schemas.problem },
      },
    },
    ({ query }) => {
      const below = query.cursor === undefined ? undefined : placeBelow(state, query.cursor);
      const rows = state.models.list(below, PAGE);
      const last = rows.length === PAGE ? rows.at(-1) : undefined;
      return {
        asOf: asOf(state),
        items: rows.map((row) => modelOf(state, row)),
        next: last ? encodeCursor("models", [last.block_number, last.log_index, hashStart(last.model_id)]) : null,
      };
    },
  );

  app.get(
    "/models/:modelId",
    {
      config: HOT,
      schema: {
        summary: "A published model",
        description: "Reads one model and its first hints.",
        params: z.object({ modelId: hash }),
        querystring: noQuery,
        response: { 200: schemas.modelAnswer, 404: schemas.problem },
      },
    },
    ({ params }) => {
      const row = state.models.model(params.modelId);
      if (!row) throw new ProblemError(404, `There is no model ${params.modelId}.`);
      return { asOf: asOf(state), item: modelOf(state, row) };
    },
  );
}

function modelOf(state: State, row: ModelRow): Model {
  return {
    modelId: row.model_id,
    publisher: row.publisher,
    artifactHash: row.artifact_hash,
    cid: cidOfSha256(row.artifact_hash),
    runtimeId: row.runtime_id,
    layoutHash: row.layout_hash,
    weightsRoot: row.weights_root,
    verifyingKeyHash: row.verifying_key_hash,
    measurement: row.measurement,
    kind: row.weights_root === ZERO_HASH ? "float" : "integer",
    layout: row.layout === null ? null : (JSON.parse(row.layout) as Model["layout"]),
    uris: urisOf(state, row),
    published: placeOf(row),
  };
}

const urisOf = (state: State, row: ModelRow): string[] =>
  eventsOf(state.db, state.decoder, row.model_id, MOST_URIS).flatMap(({ event }) =>
    (event.eventName === "ModelPublished" || event.eventName === "UriAdded") &&
    event.args.uri !== "" &&
    event.args.uri.length <= LONGEST_URI
      ? [event.args.uri]
      : [],
  );

function placeBelow(state: State, text: string): Place {
  const [block, log, start] = decodeCursor("models", [SMALL, SMALL, HASH_START], text) as [string, string, string];
  const place = { blockNumber: Number(block), logIndex: Number(log) };
  if (!state.models.modelAt(place)?.startsWith(start)) throw staleCursor();
  return place;
}
