import type { FastifyRequest } from "fastify";
import type { AsOf } from "../../sdk/wire.ts";
import { type App, asOf, etagOf, type State } from "./state.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Many clients ask the same of this route: its answers are kept while the chain stands still. */
    hot?: boolean;
  }
}

/** Route option, see `FastifyContextConfig`. */
export const HOT = { hot: true } as const;

const MOST_KEPT = 16 * 2 ** 20;

/** An answer as it was sent. */
interface Kept {
  payload: string | Buffer;
  encoding: string | undefined;
}

/**
 * For routes added from now on whose answers the indexed block alone decides: an ETag that follows it saves sending the
 * same twice, and answers of hot routes are built once a block.
 */
export function followBlocks(app: App, state: State): void {
  const kept = createKept();

  app.addHook("preHandler", (request, reply, done) => {
    if (!request.routeOptions.config.hot) return done();
    const etag = etagOf(asOf(state));
    const answer = kept.get(etag, nameOf(request));
    if (answer === undefined) return done();
    reply.header("etag", etag).header("cache-control", "no-cache").type("application/json; charset=utf-8");
    if (answer.encoding !== undefined)
      reply.header("content-encoding", answer.encoding).header("vary", "accept-encoding");
    reply.send(answer.payload);
  });

  // From the answer itself: by now the chain may have gone on.
  app.addHook<{ asOf?: AsOf }>("preSerialization", (_request, reply, payload, done) => {
    if (payload.asOf) reply.header("etag", etagOf(payload.asOf)).header("cache-control", "no-cache");
    done(null, payload);
  });

  app.addHook("onSend", (request, reply, payload, done) => {
    const etag = reply.getHeader("etag");
    if (reply.statusCode !== 200 || typeof etag !== "string" || !asks(request, etag)) return done(null, payload);
    reply.status(304).removeHeader("content-type");
    done(null, null);
  });

  // Compression adds its hook to the route before this one does: kept are the bytes as sent.
  app.addHook("onRoute", (route) => {
    if (!route.config?.hot || route.method === "HEAD") return;
    route.onSend = [route.onSend ?? []].flat();
    route.onSend.push((request, reply, payload, done) => {
      const etag = reply.getHeader("etag");
      if (reply.statusCode === 200 && typeof etag === "string" && isWhole(payload))
        kept.put(etag, nameOf(request), {
          payload,
          encoding: reply.getHeader("content-encoding") as string | undefined,
        });
      done(null, payload);
    });
  });
}

/** Whether the client has what this ETag names. */
export const asks = ({ headers }: FastifyRequest, etag: string): boolean =>
  headers["if-none-match"]?.split(",").some((one) => one.trim() === "*" || opaque(one) === opaque(etag)) ?? false;

const opaque = (etag: string): string => etag.trim().replace(/^W\//, "");

// Browsers and what they accept are few.
const nameOf = ({ url, headers }: FastifyRequest): string => `${headers["accept-encoding"] ?? ""} ${url}`;

const isWhole = (payload: unknown): payload is string | Buffer =>
  typeof payload === "string" || Buffer.isBuffer(payload);

/** Answers under one ETag, forgotten at the next one or when they are too many bytes. */
function createKept() {
  const answers = new Map<string, Kept>();
  let etag: string | undefined;
  let size = 0;

  function clear(next: string): void {
    answers.clear();
    etag = next;
    size = 0;
  }

  return {
    get: (wanted: string, name: string): Kept | undefined => (wanted === etag ? answers.get(name) : undefined),
    put(of: string, name: string, answer: Kept): void {
      if (of !== etag || size > MOST_KEPT) clear(of);
      if (answers.has(name)) return;
      answers.set(name, answer);
      size += answer.payload.length;
    },
  };
}
