import { Readable } from "node:stream";
import { z } from "zod";
import { clientOf } from "../clients.ts";
import * as schemas from "../schemas.ts";
import type { App } from "../state.ts";
import type { Hub } from "./hub.ts";

const TYPE = "text/event-stream; charset=utf-8";

const DESCRIPTION = `Server-sent events: \`points\` (data: a Receipt), \`status\` (an AttestationSummary) and \`request\` (an
InferenceRequestSummary) in their current state, \`news\` (a News: what happened; only with \`news=true\`), \`reorg\` (a StreamReorg: every event above the block is undone; what replaced it
follows) and \`head\` (a StreamHead: answers are now of this block). The id is the position of the last event sent, \`<block>-<logIndex>\`; a client that reconnects with it misses nothing. The number
of clients is limited, and clients that stop reading are disconnected.`;

/** `/stream`. */
export function streamRoute(app: App, hub: Hub): void {
  app.get(
    "/stream",
    {
      config: { cost: 20 },
      schema: {
        operationId: "streamEvents",
        summary: "Live events, as server-sent events",
        description: DESCRIPTION.replaceAll("\n", " "),
        headers: z.object({
          "last-event-id": z.string().optional().describe("Id of the last event received; used before `lastEventId`."),
        }),
        querystring: z.strictObject({
          lastEventId: z.string().optional().describe("Id of the last event received."),
          news: z.enum(["true", "false"], "true or false is asked").optional().describe("Whether to send `news`."),
        }),
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
      const { texts, leave } = await hub.join(clientOf(request), lastId, () => reply.raw.destroy(), {
        wantsNews: request.query.news === "true",
      });
      // It may have gone before it was let in.
      if (reply.raw.closed) leave();
      else reply.raw.once("close", leave);
      return reply.send(Readable.from(texts) as never);
    },
  );
}
