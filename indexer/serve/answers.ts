import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler } from "fastify";
import type { AsOf } from "../../sdk/wire.ts";
import { FOR_BROWSERS } from "./browsers.ts";
import { type App, etagOf, type State } from "./state.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Popular route: its answers are kept until the next block. */
    hot?: boolean;
  }
}

const ALWAYS = Object.entries({ "cache-control": "no-cache", ...FOR_BROWSERS }).flat();
const MOST_KEPT = 16 * 2 ** 20;
const BYTES_OF_HEADERS = 1_000;

/** An answer as it was sent. */
interface Kept {
  status: number;
  headers: OutgoingHttpHeaders;
  payload: Buffer;
}

/** What the others do when the answer is made that they wait for. */
type Waiting = ((made: Kept | undefined) => void)[];

/**
 * For routes added from now on whose answers depend only on the indexed block: their ETag names it, so that nothing is
 * sent twice, and answers of hot routes are built once a block.
 */
export function followBlocks(app: App, state: State): void {
  const kept = createKept();
  /** By the requests that answers are being made for, and by their names: those that were begun since the chain changed. */
  const making = new WeakMap<FastifyRequest, Waiting>();
  const current = new Map<string, Waiting>();
  // Who waited for this block to come isn't answered of the one before.
  const stop = state.announcements.subscribe(() => current.clear());
  app.addHook("onClose", async () => stop());

  // From the answer itself: the chain may have changed since.
  app.addHook<{ asOf?: AsOf }>("preSerialization", (_request, reply, payload, done) => {
    if (payload.asOf) reply.header("etag", etagOf(payload.asOf)).header("cache-control", "no-cache");
    done(null, payload);
  });

  app.addHook("onSend", (request, reply, payload, done) => {
    if (request.headers["if-none-match"] === undefined) return done(null, payload);
    const etag = reply.getHeader("etag");
    if (reply.statusCode !== 200 || typeof etag !== "string" || !asks(request, etag)) return done(null, payload);
    reply.status(304).removeHeader("content-type");
    done(null, null);
  });

  // Compression has added its hook to the route before: kept is what was sent. The rate was limited before, too.
  app.addHook("onRoute", (route) => {
    if (!route.config?.hot || route.method === "HEAD") return;
    route.onRequest = [...[route.onRequest ?? []].flat(), sendKept];
    route.onSend = [...[route.onSend ?? []].flat(), keep];
  });

  const sendKept: onRequestHookHandler = (request, reply, done) => {
    const name = nameOf(request);
    if (request.headers["if-none-match"] !== undefined) return done();
    const present = state.present();
    const answer = present && kept.get(present.writtenAsOf().etag, name);
    if (answer) return send(answer, reply);
    // One is made for all who ask meanwhile.
    const others = current.get(name);
    if (others) {
      others.push((made) => (made ? send(made, reply) : done()));
      return;
    }
    const waiting: Waiting = [];
    making.set(request, waiting);
    current.set(name, waiting);
    reply.raw.once("close", () => isMade(request));
    done();
  };

  function isMade(request: FastifyRequest, answer?: Kept): void {
    const waiting = making.get(request);
    if (!waiting) return;
    making.delete(request);
    const name = nameOf(request);
    if (current.get(name) === waiting) current.delete(name);
    for (const goOn of waiting) goOn(answer);
  }

  const keep: onSendHookHandler = (request, reply, payload, done) => {
    const etag = reply.getHeader("etag");
    const { statusCode: status } = reply;
    const isKept = status === 200 && typeof etag === "string";
    // Where one is refused for now, the others would be, too.
    if (!isWhole(payload) || !(isKept || status === 503)) {
      done(null, payload);
      isMade(request);
      return;
    }
    const bytes = Buffer.from(payload as string);
    const headers = { ...reply.getHeaders(), "content-length": bytes.length } as OutgoingHttpHeaders;
    const answer = { status, headers, payload: bytes };
    if (isKept) kept.put(etag, nameOf(request), answer);
    done(null, bytes);
    isMade(request, answer);
  };
}

function send({ status, headers, payload }: Kept, reply: FastifyReply): void {
  reply.hijack();
  reply.raw.writeHead(status, headers).end(payload);
}

/**
 * Sends an answer that is already JSON, in parts and in ASCII characters only, without running the hooks that would
 * serialise it; only status 304 if the client has it.
 */
export function sendJson(
  request: Pick<FastifyRequest, "headers">,
  reply: Pick<FastifyReply, "hijack" | "raw">,
  etag: string,
  parts: readonly string[],
): void {
  reply.hijack();
  if (asks(request, etag)) {
    reply.raw.writeHead(304, ["etag", etag, ...ALWAYS]).end();
    return;
  }
  // V8 takes longer to write a text that `+` or a template put together: docs/performance.md, Requests.
  const json = parts.join("");
  reply.raw
    .writeHead(200, [
      "content-type",
      "application/json; charset=utf-8",
      "content-length",
      json.length,
      "etag",
      etag,
      ...ALWAYS,
    ])
    .end(json, "latin1");
}

/** Whether the client already has the answer with this ETag. */
export const asks = ({ headers }: Pick<FastifyRequest, "headers">, etag: string): boolean =>
  headers["if-none-match"]?.split(",").some((one) => one.trim() === "*" || opaque(one) === opaque(etag)) ?? false;

const opaque = (etag: string): string => etag.trim().replace(/^W\//, "");

// There are few different values.
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
      size += name.length + answer.payload.length + BYTES_OF_HEADERS;
    },
  };
}
