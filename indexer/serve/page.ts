import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "./state.ts";

const WELCOME = `Proofboard's indexer: a leaderboard where every point is a verified AI inference.

  /v1/seasons                  seasons, their rules and totals
  /v1/seasons/1/standings      the ranking of season 1
  /v1/seasons/1/standings.csv  the whole ranking, as a table
  /v1/attestations             attestations, and what is proven about each
  /v1/models                   published models
  /v1/audit/1                  compares the ledger of season 1 with the chain's
  /v1/activity                 attestations recorded a minute
  /openapi.json                every route
  /readyz                      whether the answers are up to date
`;

const API = /^\/(v1|ipfs|healthz|readyz|metrics|openapi\.json)(\/|$)/;

type Elsewhere = (request: FastifyRequest, reply: FastifyReply) => boolean;

/**
 * Serves a built page with a policy that lets it run its own scripts and wasm only, and ask this server and the RPC at
 * `rpcUrl` only; pointers to routes where none is built. Returns what answers a navigation to one of the page's own paths,
 * and says whether it did.
 */
export async function pageRoutes(
  app: App,
  directory: string | undefined,
  rpcUrl: string | undefined,
): Promise<Elsewhere> {
  if (directory === undefined || !existsSync(join(directory, "index.html"))) {
    app.get("/", { schema: { hide: true } }, (_, reply) => reply.type("text/plain; charset=utf-8").send(WELCOME));
    return () => false;
  }
  const policy = policyOf(rpcUrl);
  const { default: fastifyStatic } = await import("@fastify/static");
  await app.register(fastifyStatic, {
    root: directory,
    preCompressed: true,
    cacheControl: false,
    dotfiles: "ignore",
    schemaHide: true,
    setHeaders(reply, path) {
      reply.header("content-security-policy", policy).header("referrer-policy", "no-referrer");
      // The names of assets change with their content.
      const lasts = path.startsWith(join(directory, "assets"));
      reply.header("cache-control", lasts ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return ({ method, url, headers }, reply) => {
    const isNavigation = /^(GET|HEAD)$/.test(method) && headers.accept?.includes("text/html");
    if (!isNavigation || API.test(url.split("?")[0] as string)) return false;
    reply.status(200).sendFile("index.html");
    return true;
  };
}

function policyOf(rpcUrl: string | undefined): string {
  const rpc = rpcUrl === undefined ? "" : ` ${new URL(rpcUrl).origin}`;
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `connect-src 'self'${rpc}`,
    "img-src 'self' data:",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
