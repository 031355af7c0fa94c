import type { Address } from "viem";
import { z } from "zod";
import type { Standing } from "../../sdk/wire.ts";
import type { Position } from "../rank/standings.ts";
import { sendJson } from "./answers.ts";
import { DECIMAL, decodeCursor, encodeCursor, HASH_START, hashStart, staleCursor } from "./cursors.ts";
import { account, accountAsWritten, between, cursor, nameStart, prefix, seasonId } from "./parameters.ts";
import { InvalidParameter, ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

const MOST_FOUND = 20;

/** `/seasons/:id/standings`, `…/standings/:account`, `…/search`. */
export function standingRoutes(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/standings",
    {
      config: { hot: true, cost: 20 },
      schema: {
        operationId: "listStandings",
        summary: "The ranking of a season, page by page",
        description:
          "At most 100 standings a page. Sorted by points, descending; equal points share a rank and are sorted by lastSeq, ascending.",
        params: z.object({ seasonId }),
        querystring: z.strictObject({
          limit: between(1, 100).default(100).describe("Defaults to 100."),
          cursor: cursor.optional(),
          place: between(1, 1_000_000_000).optional().describe("First place of the page; not together with a cursor."),
        }),
        response: {
          200: schemas.standingsPage,
          404: schemas.problem,
          410: schemas.problem,
        },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const { cursor, place, limit } = query;
        if (cursor !== undefined && place !== undefined)
          throw new ProblemError(
            400,
            `The parameter place is ${place}, but a cursor says already where to begin.`,
            "place",
          );
        const after = cursor === undefined ? undefined : await positionOf(snapshot, params.seasonId, cursor);
        const standings = snapshot.standings(Number(params.seasonId));
        const items = after ? await standings.page(after, limit) : await standings.pageFrom(place ?? 1, limit);
        const last = items.at(-1);
        return {
          asOf: asOf(snapshot, season),
          items,
          next:
            last && last.place < season.participants
              ? encodeCursor("standings", snapshot, [
                  ...[params.seasonId, last.points, last.lastSeq],
                  ...[String(season.seq), hashStart(season.ledgerHash)],
                ])
              : null,
          total: season.participants,
        };
      }),
  );

  app.get(
    "/seasons/:seasonId/standings/:account",
    {
      // Mostly short, and sent without being stored.
      compress: false,
      schema: {
        operationId: "getStanding",
        summary: "An account's rank and its neighbours",
        description: "Reads at most 101 standings.",
        params: z.object({ seasonId, account: accountAsWritten }),
        querystring: z.strictObject({
          around: between(0, 50).default(0).describe("Neighbours on each side; defaults to 0."),
        }),
        response: { 200: schemas.standingAnswer, 404: schemas.problem },
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const { at, item, neighbours } = await state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const standings = snapshot.standings(Number(params.seasonId));
        const { around } = query;
        // Most addresses come with the right checksum, which costs more than a lookup: look them up as they are first.
        const found =
          (await standings.around(params.account as Address, around)) ??
          (await standings.around(checked(params.account), around));
        if (!found) throw new ProblemError(404, `${params.account} has no points entry in season ${params.seasonId}.`);
        return { at: snapshot.writtenAsOf(season), ...found };
      });
      const parts = ['{"asOf":', at.json, ',"item":', item, ',"neighbours":', ...neighbours, "}"];
      sendJson(request, reply, at.etag, parts);
    },
  );

  app.get(
    "/seasons/:seasonId/search",
    {
      config: { cost: 40 },
      schema: {
        operationId: "searchStandings",
        summary: "Accounts whose address or name starts with what is asked",
        description: `At most ${MOST_FOUND} standings: by address first, then by name. Looks at 10,000 names at most.`,
        params: z.object({ seasonId }),
        querystring: z.strictObject({ prefix: prefix.optional(), name: nameStart.optional() }),
        response: { 200: schemas.searchAnswer, 404: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const id = Number(params.seasonId);
        const { prefix, name } = query;
        if (prefix === undefined && name === undefined)
          throw new ProblemError(400, "The parameter prefix or name is missing: one of them must be given.", "prefix");
        const { accounts, profiles } = snapshot;
        const byAddress = prefix === undefined ? [] : await accounts.startingWith(id, prefix, MOST_FOUND);
        const byName = name === undefined ? [] : await profiles.startingWith(id, name, MOST_FOUND);
        const found = [...new Set([...byAddress, ...byName])].slice(0, MOST_FOUND);
        const standings = snapshot.standings(id);
        const items = found.map(async (account) => (await standings.standingOf(account)) as Standing);
        return { asOf: asOf(snapshot, season), items: await Promise.all(items) };
      }),
  );
}

const ofAccount = z.object({ account });

/** Throws the problem of status 400 of an address whose capital letters are wrong. */
function checked(text: string): Address {
  const { data, error } = ofAccount.safeParse({ account: text });
  if (error) throw new InvalidParameter(error.issues[0] as never, { account: text });
  return data.account;
}

// Points change while a client reads on. The next page is what now follows the last
// account shown. Only a ledger that was undone makes a cursor worthless.
async function positionOf({ seasons }: Snapshot, seasonId: string, text: string): Promise<Position> {
  const [season, points, lastSeq, seq, start] = decodeCursor(
    "standings",
    [DECIMAL, DECIMAL, DECIMAL, DECIMAL, HASH_START],
    text,
  ) as [string, string, string, string, string];
  if (season !== seasonId)
    throw new ProblemError(400, `The parameter cursor is of season ${season}, not ${seasonId}.`, "cursor");
  if (!(await seasons.hadLedger(Number(season), BigInt(seq), start))) throw staleCursor();
  return { points: BigInt(points), lastSeq: BigInt(lastSeq) };
}
