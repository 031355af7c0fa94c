import { constants } from "node:zlib";
import compress from "@fastify/compress";
import { ProblemError } from "./problems.ts";
import { limitRate } from "./rate.ts";
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
const CLOSED_EVERY = 20;

/** Bounds what one address may ask, refuses what no route takes, and compresses answers of the routes added from now on. */
export async function limit(app: App, { requests }: Limits): Promise<void> {
  app.addHook("onRequest", ({ headers, url }, reply, done) => {
    if (url.length > LONGEST_URL)
      return done(new ProblemError(414, `The URL has ${url.length} characters; at most ${LONGEST_URL} are read.`));
    if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return done();
    reply.header("connection", "close");
    done(new ProblemError(413, "No request has a body here."));
  });
  if (requests > 0) limitRate(app, requests);
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

/** Lets requests end that are under way when the server closes, but not for ever. */
export function closeGently(app: App): void {
  let closing: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  app.addHook("preClose", async () => {
    // Connections under way aren't idle yet when the server closes those that are.
    closing = setInterval(() => app.server.closeIdleConnections(), CLOSED_EVERY);
    deadline = setTimeout(() => app.server.closeAllConnections(), LONGEST_SHUTDOWN);
  });
  app.addHook("onClose", async () => {
    clearInterval(closing);
    clearTimeout(deadline);
  });
}
