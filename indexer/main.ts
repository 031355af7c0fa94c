import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { createIdentities } from "./decode/identities.ts";
import { createRpc } from "./ingest/rpc.ts";
import { openForWriting, wipeDifferent } from "./open.ts";
import type { IndexerOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { measureAvailability } from "./serve/availability.ts";
import { listen } from "./serve/listen.ts";
import { createServer } from "./serve/server.ts";
import { createAnnouncements } from "./sync/announcements.ts";
import { createHeads } from "./sync/heads.ts";
import { newStatus } from "./sync/status.ts";
import { follow } from "./sync.ts";
import { upgradeApart } from "./upgrade.ts";
import { watchProgress } from "./watchdog.ts";

/** Where the page is built to. */
const PAGE = fileURLToPath(new URL("../web/dist", import.meta.url));

/** A running indexer. */
export interface Indexer {
  /** Where the API is, without a slash at the end: `http://<host>:<port><prefix>`. */
  url: string;
  /** Stops everything; the database is consistent at any time. */
  close(): Promise<void>;
  /** Settles when following the chain ends: with the error that no retry fixes, or undefined after `close` or the signal. */
  ended: Promise<Error | undefined>;
}

/**
 * Starts ingest → decode → fold → store → rank → serve in this process. It answers at once and waits for nodes that are away.
 * Throws when the database is of another deployment or another process writes it, the port is taken, or the signal aborts
 * before it listens.
 */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const { deployment, rpcs } = options;
  const logger = pino({ level: options.logLevel ?? "info" });
  const warn = (message: string) => logger.warn(message);
  const stop = new AbortController();
  const { signal = stop.signal } = options;
  signal.addEventListener("abort", () => stop.abort(), { once: true });

  const isTrusting = options.trustNode ?? false;
  const rpc = createRpc({
    nodes: rpcs.map((node) => (typeof node === "string" ? { url: node } : node)),
    chainId: deployment.chainId,
    timeout: options.rpcTimeout ?? 20_000,
    checks: { isTrusting, seals: isTrusting ? "off" : "unknown", receipts: !isTrusting && (options.receipts ?? true) },
    signal: stop.signal,
  });
  const wiped = options.wipe ? wipeDifferent(options.db, deployment) : undefined;
  if (wiped !== undefined) warn(`${wiped} It is deleted.`);
  await upgradeApart(options.db, deployment, signal);
  signal.throwIfAborted();
  const store = openForWriting(options.db, deployment);
  const { decoder, writer } = store;
  const announcements = createAnnouncements();
  const status = newStatus();
  const server = await createServer({
    sources: { ...store, announcements, deployment, rpc },
    condition: status,
    content: options.content,
    uploads: options.uploads,
    availability: measureAvailability({
      ...{ models: store.readers.models, directory: options.content, sources: options.sources ?? [] },
      ...{ signal: stop.signal, every: options.lookEvery },
    }),
    page: options.web ?? PAGE,
    rpcUrl: options.publicRpc,
    prefix: options.prefix,
    trustedProxies: options.trustedProxies,
    limits: options.limits,
    logger,
  });
  let url: string;
  try {
    signal.throwIfAborted();
    url = await listen(server, options);
  } catch (error) {
    await server.close();
    store.close();
    throw error;
  }

  const followed = follow({
    ...{ rpc, decoder, writer, status, warn, heads: createHeads(rpc) },
    faultOf: isTrusting ? () => undefined : createIdentities(deployment),
    methods: store.readers.methods,
    campaign: deployment.contracts.Campaign.address,
    localLedgers: store.readers.seasons.ledgers,
    wipe: options.wipe ?? false,
    blooms: options.blooms ?? true,
    announce: announcements.announce,
    report: createProgress(options.terminal, (sentence) => logger.info(sentence)),
    startBlock: deployment.startBlock,
    finality: options.finality ?? 64,
    pollInterval: options.pollInterval ?? 1_000,
    signal: stop.signal,
  });
  const stalled = watchProgress(status, options.stallAfter ?? 600_000, stop.signal);
  const ended = Promise.race([followed, stalled]).then(
    () => undefined,
    (error: Error) => {
      stop.abort();
      status.failure = error.message;
      status.caughtUpAt = undefined;
      logger.fatal(error.message);
      return error;
    },
  );
  return {
    url,
    ended,
    async close() {
      stop.abort();
      await ended;
      await server.close();
      store.close();
    },
  };
}

// Starting this file does the same as `npm run indexer`.
if (import.meta.main) void import(new URL("start.js", import.meta.url).href);
