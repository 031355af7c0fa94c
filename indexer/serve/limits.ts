import { constants } from "node:zlib";
import compress from "@fastify/compress";
import rateLimit from "@fastify/rate-limit";
import { ProblemError } from "./problems.ts";
import type { App } from "./state.ts";
import type { StreamLimits } from "./stream/hub.ts";

/** What clients may ask of the server. */
export interface Limits {
  /** Requests a minute of one address; 0 for no limit. */
  requests: number;
  stream: StreamLimits;
}

/** Generous to a page on this machine, whose visitors all come from one address. */
export const DEFAULT_LIMITS: Limits = {
  requests: 6_000,
  stream: { clients: 256, clientsOfAddress: 64, heartbeat: 15_000, patience: 30_000 },
};

const LONGEST_URL = 8_000;
const LONGEST_SHUTDOWN = 10_000;

/** Route option of what must always answer: probes and metrics. */
export const UNLIMITED = { rateLimit: false } as const;

/** Bounds what one address may ask, refuses what no route takes, and compresses answers of the routes added from now on. */
export async function limit(app: App, { requests }: Limits): Promise<void> {
  app.addHook("onRequest", async ({ headers, url }, reply) => {
    if (url.length > LONGEST_URL)
      throw new ProblemError(414, `The URL has ${url.length} characters; at most ${LONGEST_URL} are read.`);
    if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return;
    reply.header("connection", "close");
    throw new ProblemError(413, "No request has a body here.");
  });
  if (requests > 0)
    await app.register(rateLimit, {
      max: requests,
      timeWindow: 60_000,
      errorResponseBuilder: ({ ip }, { max, ttl }) =>
        new ProblemError(
          429,
          `More than ${max} requests came from ${ip} within a minute: ask again in ${Math.ceil(ttl / 1000)} s.`,
        ),
    });
  await app.register(compress, {
    encodings: ["br", "gzip"],
    syncThreshold: 65_536,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
  });
}

/** Lets requests end that are under way when the server closes, but not for ever. */
export function closeGently(app: App): void {
  let closing = false;
  let deadline: NodeJS.Timeout | undefined;
  app.addHook("preClose", async () => {
    closing = true;
    deadline = setTimeout(() => app.server.closeAllConnections(), LONGEST_SHUTDOWN);
  });
  // Connections under way were not idle when the server closed those that were.
  app.addHook("onResponse", (_request, _reply, done) => {
    if (closing) setImmediate(() => app.server.closeIdleConnections());
    done();
  });
  app.addHook("onClose", async () => clearTimeout(deadline));
}
