import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { asks } from "../answers.ts";
import { accountCard, seasonCard, siteCard } from "../cards.ts";
import { ON_CARD, topOf } from "../embed.ts";
import { account, noQuery, seasonId } from "../parameters.ts";
import { ProblemError } from "../problems.ts";
import type { App, State } from "../state.ts";
import { createPictures, etagOfPicture } from "./pictures.ts";

/** Seconds for which networks and browsers may show a picture without asking again. */
const FRESH = 60;
/** Drawing takes as long as a page of costly answers. */
const config = { cost: 100, elsewhere: true };

/**
 * `/card.png`, `/card/:season.png` and `/card/:season/:account.png`: pictures of the site, of a season's first standings, and of an
 * account's, as previews of links show them.
 */
export function pictureRoutes(app: App, state: State): void {
  const pictures = createPictures();
  app.addHook("preClose", async () => pictures.close());

  async function send(svg: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const etag = etagOfPicture(svg);
    reply.headers({
      ...{ etag, "cache-control": `public, max-age=${FRESH}`, "content-security-policy": "default-src 'none'" },
    });
    if (asks(request, etag)) return reply.status(304).send();
    return reply.type("image/png").send(Buffer.from(await pictures.png(svg)));
  }

  app.get(
    "/card.png",
    { config, schema: { hide: true, querystring: noQuery } },
    async (request, reply) => send(siteCard(), request as never, reply as never) as never,
  );

  app.get(
    "/card/:seasonId.png",
    { config, schema: { hide: true, params: z.object({ seasonId }), querystring: noQuery } },
    async (request, reply) => {
      const svg = await state.read(async (snapshot) =>
        seasonCard(await topOf(snapshot, request.params.seasonId, ON_CARD)),
      );
      return send(svg, request as never, reply as never) as never;
    },
  );

  app.get(
    "/card/:seasonId/:account.png",
    { config, schema: { hide: true, params: z.object({ seasonId, account }), querystring: noQuery } },
    async (request, reply) => {
      const { params } = request;
      const svg = await state.read(async (snapshot) => {
        const top = await topOf(snapshot, params.seasonId, 0);
        const standing = await snapshot.standings(Number(params.seasonId)).standingOf(params.account);
        if (!standing)
          throw new ProblemError(404, `${params.account} has no points entry in season ${params.seasonId}.`);
        return accountCard(top, standing);
      });
      return send(svg, request as never, reply as never) as never;
    },
  );
}
