import { Readable } from "node:stream";
import { z } from "zod";
import * as schemas from "../schemas.ts";
import type { App } from "../state.ts";
import type { Hub } from "./hub.ts";

const TYPE = "text/event-stream; charset=utf-8";

const DESCRIPTION = `Server-sent events: \`points\` (data: a Receipt) and \`status\` (a AttestationSummary) as they stand by now, \`reorg\` (a
StreamReorg: every event above the block is undone, and what replaced it follows) and \`head\` (a StreamHead: answers are of this block
now). The id is the place of the last event told of, \`<block>-<logIndex>\`; a client that comes back with it misses nothing. Each
client is a place in the stored events; at most so many at once, and one that stops reading is cut off.`;

/** `/stream`. */
export function streamRoute(app: App, hub: Hub): void {
  app.get(
    "/stream",
    {
      schema: {
        summary: "What happens on the chain, as it happens",
        description: DESCRIPTION.replaceAll("\n", " "),
        headers: z.object({ "last-event-id": z.string().optional().describe("Where to go on; before `lastEventId`.") }),
        querystring: z.strictObject({ lastEventId: z.string().optional().describe("Where to go on: an event's id.") }),
        response: {
          200: { content: { "text/event-stream": { schema: z.string() } } },
          410: schemas.problem,
          503: schemas.problem,
        },
      },
    },
    async (request, reply) => {
      reply.type(TYPE).header("cache-control", "no-store").header("x-accel-buffering", "no");
      if (request.method === "HEAD") return reply.send("" as never);
      const lastId = request.headers["last-event-id"] || request.query.lastEventId;
      const { texts, leave } = hub.join(request.ip, lastId, () => reply.raw.destroy());
      reply.raw.once("close", leave);
      return reply.send(Readable.from(texts) as never);
    },
  );
}
