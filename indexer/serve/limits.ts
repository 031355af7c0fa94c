import { constants } from "node:zlib";
import compress from "@fastify/compress";
import { ProblemError } from "./problems.ts";
import { limitRate } from "./rate.ts";
import type { App } from "./state.ts";
import type { StreamLimits } from "./stream/hub.ts";

/** Limits for clients. */
export interface Limits {
  /** Requests a minute from one address; 0 for no limit. */
  requests: number;
  stream: StreamLimits;
}

/** High enough for a page on this machine, whose visitors all have one address. */
export const DEFAULT_LIMITS: Limits = {
  requests: 6_000,
  stream: { clients: 256, clientsOfAddress: 64, heartbeat: 15_000, patience: 30_000 },
};

const LONGEST_URL = 8_000;
const LONGEST_SHUTDOWN = 10_000;
const CLOSED_EVERY = 20;

/** Limits each address's requests, refuses bodies and long URLs, and compresses the answers of routes added from now on. */
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

/** Lets requests under way end when the server closes, for at most 10 seconds. */
export function closeGently(app: App): void {
  let closing: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  app.addHook("preClose", async () => {
    // Connections under way become idle after the server has closed the idle ones.
    closing = setInterval(() => app.server.closeIdleConnections(), CLOSED_EVERY);
    deadline = setTimeout(() => app.server.closeAllConnections(), LONGEST_SHUTDOWN);
  });
  app.addHook("onClose", async () => {
    clearInterval(closing);
    clearTimeout(deadline);
  });
}
