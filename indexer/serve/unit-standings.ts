import { z } from "zod";
import { rankAfter } from "../../sdk/ledger.ts";
import type { UnitStanding, UnitStandingsPage } from "../../sdk/wire.ts";
import { modelSubject, taskSubject, type Use, type UsePosition } from "../store/sqlite/read-uses.ts";
import { ADDRESS, decodeCursor, encodeCursor, SMALL } from "./cursors.ts";
import { between, cursor, hash, seasonId, taskId } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

/** Places that can be paged to: they are counted anew for each page. */
const MOST_PLACES = 10_000;

const querystring = z.strictObject({
  limit: between(1, 100).default(100).describe("Defaults to 100."),
  cursor: cursor.optional(),
});
type Query = z.infer<typeof querystring>;

const description = `At most 100 accounts a page, of the first ${MOST_PLACES}. Equal numbers of units share a rank.`;

/** `/seasons/:id/tasks/:task/standings`, `/seasons/:id/models/:model/standings`. */
export function unitStandingRoutes(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/tasks/:taskId/standings",
    {
      config: { hot: true, cost: 20 },
      schema: {
        operationId: "listTaskStandings",
        summary: "Accounts by verified units of a season's task",
        description,
        params: z.object({ seasonId, taskId }),
        querystring,
        response: { 200: schemas.unitStandingsPage, 404: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const tasks = await snapshot.tasks(season.seasonId);
        const task = tasks.find((one) => String(one.taskId) === params.taskId);
        if (!task) throw new ProblemError(404, `Season ${params.seasonId} has no task ${params.taskId}.`);
        return {
          asOf: asOf(snapshot, season),
          ...(await pageOf(snapshot, taskSubject(season.seasonId, task.taskId), query)),
        };
      }),
  );

  app.get(
    "/seasons/:seasonId/models/:modelId/standings",
    {
      config: { hot: true, cost: 20 },
      schema: {
        operationId: "listModelStandingsInSeason",
        summary: "Accounts by verified units of all tasks that a season has with a model",
        description,
        params: z.object({ seasonId, modelId: hash }),
        querystring,
        response: { 200: schemas.unitStandingsPage, 404: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const tasks = await snapshot.tasks(season.seasonId);
        if (!tasks.some(({ modelId }) => modelId === params.modelId))
          throw new ProblemError(404, `Season ${params.seasonId} has no task with the model ${params.modelId}.`);
        const subject = modelSubject(season.seasonId, params.modelId);
        return { asOf: asOf(snapshot, season), ...(await pageOf(snapshot, subject, query)) };
      }),
  );
}

async function pageOf(
  snapshot: Snapshot,
  subject: string,
  { limit, cursor }: Query,
): Promise<Omit<UnitStandingsPage, "asOf">> {
  const { uses } = snapshot;
  const after = cursor === undefined ? undefined : positionOf(subject, cursor);
  const before = after ? await uses.placesUpTo(subject, after, MOST_PLACES) : 0;
  const rows = await uses.accountsOf(subject, after, Math.min(limit, MOST_PLACES - before));
  const total = await uses.provers(subject);
  const [first] = rows;
  const ahead = first ? await uses.ahead(subject, first.seasonVerified, MOST_PLACES) : 0;
  const items = rankedFrom(rows, before + 1, ahead + 1);
  const last = items.at(-1);
  const goesOn = last !== undefined && last.place < Math.min(total, MOST_PLACES);
  return {
    items,
    total,
    next: goesOn ? encodeCursor("units", snapshot, [subject, last.verified, last.account]) : null,
  };
}

/** Accounts of consecutive places, in order, of which the first has this rank. */
function rankedFrom(rows: readonly Use[], place: number, rank: number): UnitStanding[] {
  let ahead: UnitStanding | undefined;
  return rows.map(({ account, name, seasonVerified: verified, seasonRefuted: refuted }, i) => {
    const equal = ahead && { points: ahead.verified, rank: ahead.rank };
    ahead = {
      rank: equal ? rankAfter(equal, verified, place + i) : rank,
      place: place + i,
      account,
      name,
      verified,
      refuted,
    };
    return ahead;
  });
}

/** Counts change while a client reads on: the next page is what now follows the last account shown. */
function positionOf(subject: string, text: string): UsePosition {
  const [of, verified, account] = decodeCursor("units", [/./, SMALL, ADDRESS], text) as [string, string, `0x${string}`];
  if (of !== subject) throw new ProblemError(400, `The parameter cursor is of ${of}, not ${subject}.`, "cursor");
  return { seasonVerified: Number(verified), account };
}
