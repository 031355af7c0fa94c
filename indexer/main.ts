import { pino } from "pino";
import { createIdentities } from "./decode/identities.ts";
import { createRpc } from "./ingest/rpc.ts";
import { openForWriting, wipeDifferent } from "./open.ts";
import type { IndexerOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { openServer } from "./serve/open.ts";
import { createState } from "./serve/state.ts";
import { createAnnouncements } from "./sync/announcements.ts";
import { createFinality } from "./sync/finality.ts";
import { createHeads } from "./sync/heads.ts";
import { newStatus } from "./sync/status.ts";
import { createUncompared } from "./sync/uncompared.ts";
import { follow } from "./sync.ts";
import { upgradeApart } from "./upgrade.ts";
import { watchProgress } from "./watchdog.ts";

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
 * before it listens. With a server named for the database, it is a member of a fleet: `startWriter`.
 */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const { deployment, rpcs, db, store: place } = options;
  if (place !== undefined) {
    // PostgreSQL's modules take long to load: docs/performance.md, Imports.
    const { startWriter } = await import("./fleet.ts");
    return startWriter({ ...options, store: place });
  }
  if (db === undefined) throw new Error("Neither a file nor a server is named for the database.");
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
  const wiped = options.wipe ? wipeDifferent(db, deployment) : undefined;
  if (wiped !== undefined) warn(`${wiped} It is deleted.`);
  await upgradeApart(db, deployment, signal);
  signal.throwIfAborted();
  const store = openForWriting(db, deployment);
  const { decoder, writer } = store;
  const announcements = createAnnouncements();
  const status = newStatus();
  const state = createState({ ...store, announcements, deployment, rpc });
  const { models } = store.readers;
  const parts = { state, condition: status, role: () => "only" as const, models, logger, stopped: stop.signal };
  const { app: server, url } = await openServer({ ...options, signal }, parts).catch((error: Error) => {
    store.close();
    throw error;
  });

  const followed = follow({
    ...{ rpc, decoder, writer, status, warn, heads: createHeads(rpc) },
    faultOf: isTrusting ? () => undefined : createIdentities(deployment),
    methods: store.readers.methods,
    campaign: deployment.contracts.Campaign.address,
    uncompared: createUncompared(warn),
    localLogs: store.readers.logs.between,
    localLedgers: store.readers.seasons.ledgers,
    wipe: options.wipe ?? false,
    blooms: options.blooms ?? true,
    announce: announcements.announce,
    report: createProgress(options.terminal, (sentence) => logger.info(sentence)),
    startBlock: deployment.startBlock,
    finality: createFinality({ rpc, depth: options.finality ?? 64, warn }),
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
