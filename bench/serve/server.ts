import Fastify from "fastify";
import { pino } from "pino";
import { createRpc } from "../../indexer/ingest/rpc.ts";
import { openForWriting } from "../../indexer/open.ts";
import { createServer } from "../../indexer/serve/server.ts";
import { createAnnouncements } from "../../indexer/store/announcements.ts";
import { newStatus } from "../../indexer/sync/parts.ts";
import { deployment } from "../sync/deployment.ts";

// The indexer's server on the database that is named, with all that it has; without one, Fastify with nothing but an
// empty route.
const [file] = process.argv.slice(2);
const app = file === undefined ? empty() : await served(file);
process.once("SIGTERM", () => process.exit());
console.log(`Listening at ${await app.listen({ host: "127.0.0.1", port: 0 })}`);

function empty() {
  const bare = Fastify();
  bare.get("/", () => ({}));
  return bare;
}

async function served(path: string) {
  const { db, chain, decoder, ranking } = openForWriting(path, deployment);
  const rpc = createRpc({ urls: [], chainId: deployment.chainId, timeout: 1, signal: new AbortController().signal });
  return createServer({
    sources: { db, chain, announcements: createAnnouncements(), decoder, deployment, ranking, rpc },
    condition: newStatus(),
    content: undefined,
    rpcUrl: undefined,
    // Counted as ever, but never refused: all requests come from one address.
    limits: { requests: 1_000_000_000 },
    logger: pino({ level: "info" }),
  });
}
