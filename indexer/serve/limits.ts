import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { constants } from "node:zlib";
import compress from "@fastify/compress";
import type { FastifyRequest } from "fastify";
import { clientOf } from "./clients.ts";
import { watchLateness } from "./lateness.ts";
import { ProblemError } from "./problems.ts";
import { createBudgets } from "./rate.ts";
import type { App } from "./state.ts";
import type { StreamLimits } from "./stream/hub.ts";
import { createTurns } from "./turns.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What an answer costs, in units of 0.1 ms of the server's time: about that of a small answer, which costs 1. */
    cost?: Cost;
    /** The work is done by a thread, a file or a node: it takes its turn to begin, but the next needn't wait for its end. */
    elsewhere?: boolean;
    /** The route reads the request's body. */
    takesBody?: boolean;
    /** Requests are neither counted nor refused. */
    unlimited?: boolean;
  }
}

type Cost = number | ((request: FastifyRequest) => number);

/** Limits for clients. */
export interface Limits {
  /** Requests a minute from one address, of the cheapest kind; 0 for no limit. */
  requests: number;
  /** Milliseconds after which a connection is closed on which nothing moves. */
  silence: number;
  /** Milliseconds between two times that `/metrics` is computed. */
  metricsEvery: number;
  stream: StreamLimits;
}

/** High enough for a page on this machine, whose visitors all have one address. */
export const DEFAULT_LIMITS: Limits = {
  requests: 6_000,
  silence: 60_000,
  metricsEvery: 1_000,
  stream: { clients: 256, clientsOfAddress: 64, clientsOfNetwork: 128, heartbeat: 15_000, patience: 30_000 },
};

/** Route option for what must always answer: probes. */
export const UNLIMITED = { unlimited: true } as const;

const LONGEST_URL = 8_000;
/** Requests that wait on one connection for answers to others. */
const MOST_PIPELINED = 100;
/** Most units that work elsewhere takes of the server's own time. */
const BEGINNING = 20;
/** Milliseconds until a refusal is told: who asks again at once then can't keep the process busy with refusals. */
const REFUSED_AFTER = 250;

/**
 * Cuts a connection on which more requests are pipelined than answers are waited for: each costs memory until the ones
 * before it are answered, and no client that honours limits sends so many.
 */
export function cutPipelines(app: App): void {
  const unanswered = new WeakMap<Socket, number>();
  app.addHook("onRequest", ({ raw: { socket } }, reply, done) => {
    // A response has its socket at once, unless others come before it.
    if (reply.raw.socket !== null) return done();
    const count = (unanswered.get(socket) ?? 0) + 1;
    unanswered.set(socket, count);
    if (count > MOST_PIPELINED) {
      socket.destroy();
      reply.hijack();
      return;
    }
    reply.raw.once("close", () => unanswered.set(socket, (unanswered.get(socket) as number) - 1));
    done();
  });
}

/** Refuses what no route takes: bodies where none is read, long URLs, requests without a host. */
export function refuseMalformed(app: App): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { headers, raw } = request;
    const { url = "", httpVersion } = raw;
    if (url.length > LONGEST_URL)
      return done(new ProblemError(414, `The URL has ${url.length} characters; at most ${LONGEST_URL} are read.`));
    // RFC 9112, 3.2.
    if (headers.host === undefined && httpVersion === "1.1")
      return done(new ProblemError(400, "The request has no host header."));
    if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return done();
    if (request.routeOptions.config?.takesBody) return done();
    reply.header("connection", "close");
    done(new ProblemError(413, "No request has a body here."));
  });
}

/**
 * Limits what each address may ask of the routes added from now on: every request takes 1 from its budget, and costly
 * work the rest of its cost before it waits for its turn. An answer that is kept is no work. `storeLateness` is how late the
 * store answers, in milliseconds.
 */
export function limitWork(app: App, perMinute: number, storeLateness: () => number): void {
  const budgets = perMinute > 0 ? createBudgets(perMinute) : undefined;
  const { lateness: loopLateness, stop } = watchLateness();
  const lateness = () => Math.max(loopLateness(), storeLateness());
  let connections = 0;
  app.server.on("connection", () => connections++);
  const turns = createTurns(lateness, () => connections);
  app.addHook("onClose", async () => stop());

  function refusal(request: FastifyRequest, cost: number): ProblemError | undefined {
    const seconds = budgets?.take(clientOf(request), cost);
    if (seconds === undefined) return undefined;
    const weight = cost > 1 ? `, where this one counts as ${cost}` : "";
    const detail = `More than ${perMinute} requests came from ${request.ip} within a minute${weight}: ask again in ${seconds} s.`;
    return new ProblemError(429, detail, undefined, seconds);
  }

  async function begin(request: FastifyRequest, units: number, here: number): Promise<() => void> {
    const refused = units > 1 ? refusal(request, units - 1) : undefined;
    if (refused) throw refused;
    return turns.wait(clientOf(request), here, () => request.raw.socket.destroyed);
  }

  // Looked up by path: a request's route options are made anew whenever they are read.
  const unlimited = new Set<string>();
  if (budgets)
    app.addHook("onRequest", (request, _, done) => {
      if (unlimited.has(request.raw.url ?? "")) return done();
      const refused = refusal(request, 1);
      if (refused) setTimeout(done, REFUSED_AFTER, refused);
      else done();
    });

  app.addHook("onRoute", (route) => {
    const { cost, elsewhere } = route.config ?? {};
    if (route.config?.unlimited) unlimited.add(route.url);
    if (cost === undefined) return;
    const { handler } = route;
    route.handler = async function (request, reply) {
      const units = typeof cost === "number" ? cost : cost(request);
      const leave = await begin(request, units, elsewhere ? Math.min(units, BEGINNING) : units).catch(
        async (error: unknown) => {
          await sleep(REFUSED_AFTER);
          throw error;
        },
      );
      if (elsewhere) leave();
      try {
        return await handler.call(this, request, reply);
      } finally {
        if (!elsewhere) leave();
      }
    };
  });
}

/** Compresses the answers of routes added from now on. */
export async function compressAnswers(app: App): Promise<void> {
  await app.register(compress, {
    encodings: ["br", "gzip"],
    // No request has a body.
    globalDecompression: false,
    // Below it, compressing takes longer than sending.
    threshold: 4_096,
    syncThreshold: 65_536,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
  });
}
