import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { createDecoder } from "./decode/events.ts";
import { createRpc } from "./ingest/rpc.ts";
import { type IndexerOptions, parseOptions, USAGE, UsageError } from "./options.ts";
import { createRanking } from "./rank/ranking.ts";
import { createServer } from "./serve/server.ts";
import { createAnnouncements } from "./store/announcements.ts";
import { createChain } from "./store/chain.ts";
import { openDatabase } from "./store/database.ts";
import { createSeasonReader } from "./store/read-seasons.ts";
import type { SyncStatus } from "./sync/parts.ts";
import { follow } from "./sync.ts";

/** Where the page is built to. */
const PAGE = fileURLToPath(new URL("../web/dist", import.meta.url));

/** A running indexer. */
export interface Indexer {
  /** Where the API listens: `http://127.0.0.1:<port>`. */
  url: string;
  /** Ends everything it started; the database is whole at any time. */
  close(): Promise<void>;
  /** Settles when following the chain ends: with the error that no retry mends, or undefined after `close`. */
  ended: Promise<Error | undefined>;
}

/**
 * Starts ingest → decode → store → rank → serve in this process. It answers at once and waits for nodes that are away.
 * Throws when the database is of another chain or deployment, or the port is taken.
 */
export async function startIndexer(options: IndexerOptions): Promise<Indexer> {
  const { deployment, rpcs } = options;
  const logger = pino({ level: options.logLevel ?? "info" });
  const stop = new AbortController();
  const campaign = deployment.contracts.Campaign.address;

  const rpc = createRpc({
    urls: rpcs,
    chainId: deployment.chainId,
    timeout: options.rpcTimeout ?? 20_000,
    signal: stop.signal,
  });
  const decoder = createDecoder(deployment);
  const db = openDatabase(options.db, deployment);
  const chain = createChain(db, decoder, campaign);
  const ranking = createRanking(db);
  const announcements = createAnnouncements();
  const seasons = createSeasonReader(db);
  const status: SyncStatus = {
    headBlock: undefined,
    caughtUpAt: undefined,
    progressAt: Date.now(),
    failure: undefined,
    inconsistent: false,
    reorgs: 0,
    events: 0,
  };
  const server = await createServer({
    sources: { db, chain, announcements, decoder, deployment, ranking, rpc },
    condition: status,
    content: options.content,
    page: options.web ?? PAGE,
    rpcUrl: options.publicRpc ?? rpcs.find(isLocal),
    limits: options.limits,
    logger,
  });
  const url = await server.listen({ host: "127.0.0.1", port: options.port }).catch((error: NodeJS.ErrnoException) => {
    db.close();
    throw error.code === "EADDRINUSE" ? new Error(`Port ${options.port} is taken.`) : error;
  });

  const ended = follow({
    ...{ rpc, decoder, chain, campaign, status },
    localLedgers: seasons.ledgers,
    wipe: options.wipe ?? false,
    blooms: options.blooms ?? true,
    completeBackfill: () => {},
    announce: announcements.announce,
    report: () => {},
    startBlock: deployment.startBlock,
    finality: options.finality ?? 64,
    pollInterval: options.pollInterval ?? 1_000,
    warn: (message) => logger.warn(message),
    signal: stop.signal,
  }).then(
    () => undefined,
    (error: Error) => {
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
      db.close();
    },
  };
}

// An RPC URL elsewhere may carry its operator's key: only one on this machine is shown without being told.
const isLocal = (url: string): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);

/** The indexer as a command: exit code 0 when told to end, 1 when it can't go on, 2 on wrong use. */
async function run(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) return console.log(USAGE);
  try {
    const indexer = await startIndexer(parseOptions(args));
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void indexer.close());
    console.log(`Indexer at ${indexer.url}`);
    const failure = await indexer.ended;
    if (failure) {
      process.exitCode = 1;
      await indexer.close();
    }
  } catch (error) {
    console.error((error as Error).message);
    if (error instanceof UsageError) console.error(USAGE);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

if (import.meta.main) await run(process.argv.slice(2));
