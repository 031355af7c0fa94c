import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { z } from "zod";
import type { Standing } from "../../sdk/wire.ts";
import { createRanking, type Ranking } from "../rank/ranking.ts";
import type { Db } from "../store/database.ts";
import { noQuery, seasonId } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, etagOf, requireSeason, type State } from "./state.ts";

const COLUMNS = ["rank", "account", "points", "verified", "pending", "refuted", "caught", "lastSeq", "lastChangeAt"];
const ROWS_AT_ONCE = 1_000;
const MOST_TABLES = 4;
const LONGEST = 60_000;

/** `/seasons/:id/standings.csv`. */
export function tableRoute(app: App, state: State): void {
  let tables = 0;

  app.get(
    "/seasons/:seasonId/standings.csv",
    {
      schema: {
        summary: "The whole ranking of a season, as of one block; the header `as-of` says which",
        description: `At most ${MOST_TABLES} at once.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: {
          200: { content: { "text/csv": { schema: z.string() } } },
          404: schemas.problem,
          503: schemas.problem,
        },
      },
    },
    async ({ params }, reply) => {
      const season = requireSeason(state, params.seasonId);
      if (tables === MOST_TABLES)
        throw new ProblemError(503, `${MOST_TABLES} tables are being downloaded already: try again later.`);
      tables++;
      const snapshot = openSnapshot(state.db.name);
      const at = asOf(state, season);
      const table = Readable.from(lines(createRanking(snapshot), Number(params.seasonId)));
      const deadline = setTimeout(() => table.destroy(), LONGEST);
      table.once("close", () => {
        clearTimeout(deadline);
        snapshot.close();
        tables--;
      });
      return reply
        .type("text/csv; charset=utf-8")
        .header("as-of", JSON.stringify(at))
        .header("etag", etagOf(at))
        .header("cache-control", "no-cache")
        .header("content-disposition", `attachment; filename="season-${params.seasonId}.csv"`)
        .send(table as never);
    },
  );
}

// A connection of its own within one transaction: the writer goes on meanwhile, and the table is of one state.
function openSnapshot(file: string): Db {
  const db = new Database(file, { readonly: true });
  db.exec("BEGIN");
  db.prepare("SELECT block_number FROM progress").get();
  return db;
}

function* lines(ranking: Ranking, season: number): Generator<string> {
  yield `${COLUMNS.join(",")}\n`;
  for (const page of pages(ranking, season)) yield page.map(line).join("");
}

function* pages(ranking: Ranking, season: number): Generator<Standing[]> {
  for (let last: Standing | undefined; ; ) {
    const after = last && { points: BigInt(last.points), lastSeq: BigInt(last.lastSeq) };
    const page = ranking.page(season, after, ROWS_AT_ONCE);
    last = page.at(-1);
    if (!last) return;
    yield page;
  }
}

const line = (standing: Standing): string =>
  `${COLUMNS.map((column) => standing[column as keyof Standing]).join(",")}\n`;
