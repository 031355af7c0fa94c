import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, pino } from "pino";
import { createDecoder } from "./decode/events.ts";
import { createIdentities } from "./decode/identities.ts";
import { createRpc, type Rpc } from "./ingest/rpc.ts";
import { localLedgers, localLogs, openWritten, prepareSchema } from "./open-postgres.ts";
import type { IndexerOptions, ServeOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { openServer } from "./serve/open.ts";
import { type Head, type Moments, openMoments } from "./serve/postgres/moments.ts";
import { createPostgresState } from "./serve/postgres/state.ts";
import { watchDatabase } from "./serve/postgres/watch.ts";
import type { Role } from "./serve/server.ts";
import { type Client, openClient } from "./store/postgres/client.ts";
import { createLease, type Lease, LeaseLost, type WriterCondition } from "./store/postgres/lease.ts";
import { type Place, placeOf } from "./store/postgres/place.ts";
import { StorageError } from "./store/store.ts";
import { createFinality } from "./sync/finality.ts";
import { createHeads } from "./sync/heads.ts";
import { newStatus, type SyncStatus } from "./sync/status.ts";
import { createUncompared } from "./sync/uncompared.ts";
import { follow } from "./sync.ts";
import { watchProgress } from "./watchdog.ts";

/** A running member of a fleet. */
export interface Member {
  /** Where the API is, without a slash at the end. */
  url: string;
  close(): Promise<void>;
  /** Settles when it ends: with the error that no retry fixes, or undefined after `close` or the signal. */
  ended: Promise<Error | undefined>;
}

/** Milliseconds after which another may write if the writer isn't heard of. */
const LEASE = 10_000;
const CONNECTIONS = 10;

/** What the members of a fleet have in common. */
interface Common {
  place: Place;
  logger: Logger;
  rpc: Rpc;
  status: SyncStatus;
  stop: AbortController;
}

const commonOf = (options: ServeOptions, trustNode = false, receipts = true): Common => {
  const stop = new AbortController();
  options.signal?.addEventListener("abort", () => stop.abort(), { once: true });
  return {
    place: placeOf(options.store),
    logger: pino({ level: options.logLevel ?? "info" }),
    rpc: createRpc({
      nodes: options.rpcs.map((node) => (typeof node === "string" ? { url: node } : node)),
      chainId: options.deployment.chainId,
      timeout: options.rpcTimeout ?? 20_000,
      checks: { isTrusting: trustNode, seals: trustNode ? "off" : "unknown", receipts: !trustNode && receipts },
      signal: stop.signal,
    }),
    status: newStatus(),
    stop,
  };
};

/** Starts an API server of a database that another process writes. Waits until the database can be read. */
export async function startServer(options: ServeOptions): Promise<Member> {
  const common = commonOf(options);
  const { url, close } = await openApi(options, common, () => "server");
  const { signal } = common.stop;
  const ended = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
  return {
    ...{ url, ended },
    async close() {
      common.stop.abort();
      await close();
    },
  };
}

/**
 * Starts a writer: it serves at once, and writes while it has the lease; otherwise it stands by, and takes over when the
 * writer isn't heard of any more.
 */
export async function startWriter(options: IndexerOptions & ServeOptions): Promise<Member> {
  const { trustNode = false, receipts } = options;
  const common = commonOf(options, trustNode, receipts);
  const { place, status, logger, stop } = common;
  const length = options.lease ?? LEASE;
  const client = openClient(place, length);
  let isLeading = false;
  const lease = createLease(length, () => conditionOf(status));
  try {
    await untilPrepared(client, options, common);
  } catch (error) {
    await client.close();
    throw error;
  }
  const { url, close } = await openApi(options, common, () => (isLeading ? "writer" : "standby")).catch(
    async (error: Error) => {
      await client.close();
      throw error;
    },
  );
  const leading = lead(options, common, { client, lease, length }, (now) => {
    isLeading = now;
    logger.info(now ? "This process writes." : "This process stands by.");
  });
  const stalled = watchProgress(status, options.stallAfter ?? 600_000, stop.signal);
  const ended = Promise.race([leading, stalled]).then(
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
    ...{ url, ended },
    async close() {
      stop.abort();
      await leading.catch(() => {});
      await ended;
      await close();
      await client.close();
    },
  };
}

/** Makes the schema where there is none; waits while the database can't be reached. */
async function untilPrepared(client: Client, options: IndexerOptions, { place, logger, stop }: Common): Promise<void> {
  for (;;)
    try {
      const dropped = await prepareSchema(client, place, options.deployment, options.wipe);
      if (dropped !== undefined) logger.warn(`${dropped} Its schemas were dropped.`);
      return;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      logger.warn(error.message);
      await sleep(1_000, undefined, { signal: stop.signal });
    }
}

/** The server of a member, what it reads with, and how that ends. */
async function openApi(options: ServeOptions, common: Common, role: () => Role) {
  const { place, status, stop, logger, rpc } = common;
  const moments = openMoments(place, options.connections ?? CONNECTIONS);
  const see = (head: Head) => {
    if (role() !== "writer") Object.assign(status, seenOf(head));
  };
  const fail = ({ message }: Error) => {
    if (role() === "writer") return;
    status.failure = message;
    logger.warn(message);
  };
  try {
    const watch = await watchDatabase(place, moments, { see, fail, signal: stop.signal });
    const decoder = createDecoder(options.deployment);
    const files = { name: options.store, sizes: async () => ({ database: await moments.bytes(), log: 0 }) };
    const state = createPostgresState({ moments, watch, decoder, deployment: options.deployment, rpc, files });
    const { app, url } = await openServer(options, {
      ...{ state, condition: status, role, logger, stopped: stop.signal, models: modelsOf(moments) },
    });
    return {
      url,
      async close() {
        await app.close();
        await watch.close();
        await moments.close();
      },
    };
  } catch (error) {
    stop.abort();
    await moments.close();
    throw error;
  }
}

const modelsOf = (moments: Moments) => ({
  list: (...args: Parameters<Parameters<Parameters<Moments["read"]>[0]>[0]["readers"]["models"]["list"]>) =>
    moments.read(async ({ readers }) => readers.models.list(...args)),
});

/** Writes whenever the lease is had, until the signal aborts. Throws what no other writer would repair. */
async function lead(
  options: IndexerOptions,
  { place, rpc, status, stop, logger }: Common,
  { client, lease, length }: { client: Client; lease: Lease; length: number },
  tell: (isLeading: boolean) => void,
): Promise<void> {
  const { deployment } = options;
  const isTrusting = options.trustNode ?? false;
  const warn = (message: string) => logger.warn(message);
  const finality = createFinality({ rpc, depth: options.finality ?? 64, warn });
  const uncompared = createUncompared(warn);
  while (!stop.signal.aborted) {
    const lost = new AbortController();
    let beat: NodeJS.Timeout | undefined;
    try {
      if (!(await client.use(lease.take))) {
        await sleep(length / 4, undefined, { signal: stop.signal }).catch(() => {});
        continue;
      }
      const { decoder, store, writer } = await openWritten(client, place, deployment, lease, () =>
        stop.signal.throwIfAborted(),
      );
      tell(true);
      beat = setInterval(() => {
        // Where the database can't be reached, following finds out.
        client.use(lease.keep).catch((error) => error instanceof LeaseLost && lost.abort());
      }, length / 4);
      await follow({
        ...{
          rpc,
          decoder,
          writer,
          status,
          heads: createHeads(rpc),
          signal: AbortSignal.any([stop.signal, lost.signal]),
        },
        warn,
        faultOf: isTrusting ? () => undefined : createIdentities(deployment),
        methods: () => store.reading(store.methods),
        campaign: deployment.contracts.Campaign.address,
        uncompared,
        localLogs: (from, to) => localLogs(client, from, to),
        localLedgers: () => localLedgers(client),
        wipe: options.wipe ?? false,
        blooms: options.blooms ?? true,
        // Servers hear of it from the database.
        announce: () => {},
        report: createProgress(options.terminal, (sentence) => logger.info(sentence)),
        startBlock: deployment.startBlock,
        finality,
        pollInterval: options.pollInterval ?? 1_000,
      });
    } catch (error) {
      if (stop.signal.aborted) return;
      if (!(error instanceof LeaseLost) && !(error instanceof StorageError)) throw error;
      logger.warn(error.message);
      await sleep(length / 10, undefined, { signal: stop.signal }).catch(() => {});
    } finally {
      clearInterval(beat);
      if (beat) tell(false);
      if (stop.signal.aborted) await client.use(lease.release).catch(() => {});
    }
  }
}

/** What the writer tells all servers. */
const conditionOf = ({ headBlock, caughtUpAt, failure, inconsistent }: SyncStatus): WriterCondition => ({
  ...{ headBlock, failure, inconsistent },
  caughtUpFor: caughtUpAt === undefined ? undefined : (performance.now() - caughtUpAt) / 1_000,
});

/** What a server knows of the chain: what the writer told. */
const seenOf = ({ condition, isWritten }: Head): Partial<SyncStatus> => ({
  ...{ headBlock: condition.headBlock, inconsistent: condition.inconsistent, progressAt: performance.now() },
  failure: condition.failure ?? (isWritten ? undefined : "No indexer writes the database."),
  caughtUpAt: condition.caughtUpFor === undefined ? undefined : performance.now() - condition.caughtUpFor * 1_000,
});
