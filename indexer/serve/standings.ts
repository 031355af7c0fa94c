import type { Address } from "viem";
import { z } from "zod";
import type { Standing } from "../../sdk/wire.ts";
import type { Position } from "../rank/standings.ts";
import { HOT, sendJson } from "./answers.ts";
import { DECIMAL, decodeCursor, encodeCursor, HASH_START, hashStart, staleCursor } from "./cursors.ts";
import { account, accountAsWritten, between, cursor, noQuery, prefix, seasonId } from "./parameters.ts";
import { InvalidParameter, ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type State } from "./state.ts";

const MOST_FOUND = 20;

/** `/seasons/:id/standings`, `…/standings/:account`, `…/search`, `…/claim/:account`. */
export function standingRoutes(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/standings",
    {
      config: HOT,
      schema: {
        summary: "The ranking of a season, page by page",
        description:
          "At most 100 standings a page. By points, descending; equal points share a rank, and go by the lower lastSeq in the list.",
        params: z.object({ seasonId }),
        querystring: z.strictObject({
          limit: between(1, 100).default(100).describe("100 unless told."),
          cursor: cursor.optional(),
          place: between(1, 1_000_000_000).optional().describe("Where in the list to begin; not with a cursor."),
        }),
        response: {
          200: schemas.standingsPage,
          404: schemas.problem,
          410: schemas.problem,
        },
      },
    },
    ({ params, query }) => {
      const season = requireSeason(state, params.seasonId);
      const { cursor, place, limit } = query;
      if (cursor !== undefined && place !== undefined)
        throw new ProblemError(
          400,
          `The parameter place is ${place}, but a cursor says already where to begin.`,
          "place",
        );
      const standings = state.ranking.of(Number(params.seasonId));
      const items =
        cursor === undefined
          ? standings.pageFrom(place ?? 1, limit)
          : standings.page(positionOf(state, params.seasonId, cursor), limit);
      const last = items.at(-1);
      return {
        asOf: asOf(state, season),
        items,
        next:
          last && last.place < season.participants
            ? encodeCursor("standings", [
                ...[params.seasonId, last.points, last.lastSeq],
                ...[season.seq, hashStart(season.ledger_hash)],
              ])
            : null,
        total: season.participants,
      };
    },
  );

  app.get(
    "/seasons/:seasonId/standings/:account",
    {
      // Mostly short, and sent as it is written.
      compress: false,
      schema: {
        summary: "An account's rank, and who stands around it",
        description: "Reads at most 101 standings.",
        params: z.object({ seasonId, account: accountAsWritten }),
        querystring: z.strictObject({
          around: between(0, 50).default(0).describe("Neighbours on each side; none unless told."),
        }),
        response: { 200: schemas.standingAnswer, 404: schemas.problem },
      },
    },
    (request, reply) => {
      const { params, query } = request;
      const season = requireSeason(state, params.seasonId);
      const standings = state.ranking.of(Number(params.seasonId));
      const { around } = query;
      // Few are written otherwise than the chain does, which is cheaper to see than a checksum is to make.
      const found =
        standings.around(params.account as Address, around) ?? standings.around(checked(params.account), around);
      if (!found) throw new ProblemError(404, `${params.account} has no points entry in season ${params.seasonId}.`);
      const { item, neighbours } = found;
      const told = state.told(season);
      sendJson(request, reply, told.etag, `{"asOf":${told.json},"item":${item},"neighbours":${neighbours}}`);
    },
  );

  app.get(
    "/seasons/:seasonId/search",
    {
      schema: {
        summary: "Accounts that begin so, in the order of their addresses",
        description: `At most ${MOST_FOUND} standings.`,
        params: z.object({ seasonId }),
        querystring: z.strictObject({ prefix }),
        response: { 200: schemas.searchAnswer, 404: schemas.problem },
      },
    },
    ({ params, query }) => {
      const season = requireSeason(state, params.seasonId);
      const id = Number(params.seasonId);
      const standings = state.ranking.of(id);
      const found = state.accounts.startingWith(id, query.prefix, MOST_FOUND);
      return {
        asOf: asOf(state, season),
        items: found.map((account) => standings.standingOf(account) as Standing),
      };
    },
  );

  app.get(
    "/seasons/:seasonId/claim/:account",
    {
      schema: {
        summary: "The proof of a final rank",
        description: "Reads one season.",
        params: z.object({ seasonId, account }),
        querystring: noQuery,
        response: { 404: schemas.problem },
      },
    },
    ({ params }) => {
      requireSeason(state, params.seasonId);
      throw new ProblemError(
        404,
        `Season ${params.seasonId} has no final ranks to claim: this deployment has no Standings contract.`,
      );
    },
  );
}

const ofAccount = z.object({ account });

/** Throws the problem of status 400 of an address whose capital letters are wrong. */
function checked(text: string): Address {
  const { data, error } = ofAccount.safeParse({ account: text });
  if (error) throw new InvalidParameter(error.issues[0] as never, { account: text });
  return data.account;
}

// Points move while a client reads on, and the order stays whole: the next page is what now stands behind the last
// account shown. Only a ledger that was undone makes a cursor worthless.
function positionOf(state: State, seasonId: string, text: string): Position {
  const [season, points, lastSeq, seq, start] = decodeCursor(
    "standings",
    [DECIMAL, DECIMAL, DECIMAL, DECIMAL, HASH_START],
    text,
  ) as [string, string, string, string, string];
  if (season !== seasonId)
    throw new ProblemError(400, `The parameter cursor is of season ${season}, not ${seasonId}.`, "cursor");
  if (!state.seasons.hadLedger(Number(season), BigInt(seq), start)) throw staleCursor();
  return { points: BigInt(points), lastSeq: BigInt(lastSeq) };
}
