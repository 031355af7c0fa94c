import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasPreview, previewOf, withPreview } from "./preview.ts";
import type { App, State } from "./state.ts";

const WELCOME = `Proofboard's indexer: a leaderboard where every point is a verified AI inference.

  /v1/seasons                  seasons, their rules and totals
  /v1/seasons/1/standings      the ranking of season 1
  /v1/seasons/1/standings.csv  the whole ranking, as a table
  /v1/attestations             attestations, and what is proven about each
  /v1/models                   published models
  /v1/boards/models            models by verified use
  /v1/requests                 requests for inferences, their answers and cover
  /v1/audit/1                  compares the ledger of season 1 with the chain's
  /v1/activity                 attestations recorded a minute
  /embed/top/1                 the first ten of season 1, for a frame of another page
  /embed/card/1.png            the first five of season 1, as a picture
  /openapi.json                every route
  /readyz                      whether the answers are up to date
`;

const API = /^\/(v1|ipfs|healthz|readyz|metrics|openapi\.json)(\/|$)/;

type Elsewhere = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** Where the page is built to, and what it needs. */
interface PageOptions {
  directory: string | undefined;
  /** RPC URL that the page may ask. */
  rpcUrl: string | undefined;
  /** Path under which the page and the API are served; empty for none. */
  prefix: string;
}

/**
 * Serves a built page with a policy that lets it run its own scripts and wasm only, and ask this server and the RPC at
 * `rpcUrl` only, its auditor any RPC; pointers to routes where none is built. Its head tells other sites what a link to it is
 * about. Returns what answers a navigation to one of the page's own paths, and says whether it did.
 */
export async function pageRoutes(
  app: App,
  state: State,
  { directory, rpcUrl, prefix }: PageOptions,
): Promise<Elsewhere> {
  if (directory === undefined || !existsSync(join(directory, "index.html"))) {
    const welcome = WELCOME.replaceAll(/^ {2}\//gm, `  ${prefix}/`);
    app.get("/", { schema: { hide: true } }, (_, reply) => reply.type("text/plain; charset=utf-8").send(welcome));
    return () => false;
  }
  const html = atPrefix(readFileSync(join(directory, "index.html"), "utf8"), prefix);
  const headers = { "content-security-policy": policyOf(rpcUrl), "referrer-policy": "no-referrer" };
  // A worker has the policy of its own file: this one alone may ask an RPC that the visitor names.
  const auditor = { "content-security-policy": "default-src 'none'; script-src 'self'; connect-src http: https:" };
  const { default: fastifyStatic } = await import("@fastify/static");
  await app.register(fastifyStatic, {
    root: directory,
    index: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: "ignore",
    schemaHide: true,
    setHeaders(reply, path) {
      const own = /^audit\.worker\b/.test(basename(path)) ? auditor : {};
      for (const [name, value] of Object.entries({ ...headers, ...own })) reply.header(name, value);
      // The names of assets change with their content.
      const lasts = path.startsWith(join(directory, "assets"));
      reply.header("cache-control", lasts ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  const sendPage = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const shown = withPreview(html, await previewOf(state, request.url), request, prefix);
    return reply
      .status(200)
      .headers({ ...headers, "cache-control": "no-cache" })
      .type("text/html; charset=utf-8")
      .send(shown);
  };
  for (const path of ["/", "/index.html"])
    app.get(path, { schema: { hide: true } }, (request, reply) => sendPage(request as never, reply as never) as never);
  return (request, reply) => {
    const {
      method,
      url,
      headers: { accept },
    } = request;
    const path = url.split("?")[0] as string;
    // Sites that preview links take anything.
    const takesPage = accept?.includes("text/html") || ((accept ?? "*/*") === "*/*" && hasPreview(path));
    if (!/^(GET|HEAD)$/.test(method) || !takesPage || API.test(path)) return false;
    void sendPage(request, reply);
    return true;
  };
}

/** The page as it is below the prefix, at whatever depth: its assets, which are built with relative URLs, and where it finds the API. */
const atPrefix = (html: string, prefix: string): string =>
  html
    .replaceAll(/(src|href)="\.\//g, `$1="${prefix}/`)
    .replace('<meta name="prefix" content=""', `<meta name="prefix" content="${prefix}"`);

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
