import { finished } from "node:stream";
import { z } from "zod";
import { asks } from "../answers.ts";
import { noQuery, seasonId } from "../parameters.ts";
import { ProblemError } from "../problems.ts";
import * as schemas from "../schemas.ts";
import { type App, asOf, etagOf, requireSeason, type State } from "../state.ts";
import { createTables } from "./tables.ts";

const MOST_READERS = 16;

/** `/seasons/:id/standings.csv`. */
export function tableRoute(app: App, state: State): void {
  const tables = createTables(state);
  app.addHook("preClose", async () => tables.close());
  let readers = 0;

  app.get(
    "/seasons/:seasonId/standings.csv",
    {
      config: { cost: 500, elsewhere: true },
      schema: {
        operationId: "getStandingsTable",
        summary: "The whole ranking of a season at one block, which the header `as-of` names",
        description: `Written once for each block; at most ${MOST_READERS} downloads at once.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: {
          200: { content: { "text/csv": { schema: z.string() } } },
          404: schemas.problem,
          503: schemas.problem,
        },
      },
    },
    async (request, reply) => {
      const { seasonId: id } = request.params;
      const at = await state.read(async (snapshot) => asOf(snapshot, await requireSeason(snapshot, id)));
      const present = etagOf(at);
      reply.type("text/csv; charset=utf-8").header("cache-control", "no-cache");
      if (request.method === "HEAD" || asks(request, present)) return reply.header("etag", present).send("" as never);
      if (readers === MOST_READERS)
        throw new ProblemError(503, `${MOST_READERS} tables are being downloaded already: try again later.`);
      readers++;
      const rows = await tables.open(Number(id), at.blockHash).catch((error: unknown) => {
        readers--;
        throw error;
      });
      finished(rows.stream, () => {
        readers--;
      });
      // Nobody would read it.
      if (request.raw.socket.destroyed) rows.stream.destroy();
      return reply
        .header("as-of", JSON.stringify(rows.asOf))
        .header("etag", etagOf(rows.asOf))
        .header("content-disposition", `attachment; filename="season-${id}.csv"`)
        .send(rows.stream as never);
    },
  );
}
