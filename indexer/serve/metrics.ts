import { setTimeout as sleep } from "node:timers/promises";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import manifest from "../../package.json" with { type: "json" };
import { type SyncStatus, unixSeconds } from "../sync/status.ts";
import { latencyIn, type Observe } from "./latency.ts";
import type { Role } from "./server.ts";
import type { App, EarlySnapshot, State } from "./state.ts";

/** What is told beside the chain, and at most how often, in milliseconds. */
interface Telling {
  condition: SyncStatus;
  role: () => Role;
  streams: () => number;
  every: number;
}

/** Of more seasons than these, the newest, nothing is told one by one: a label's values are kept by whoever reads them. */
const MOST_SEASONS = 20;

/** `/metrics`, in Prometheus' format. */
export function metricsRoute(app: App, state: State, { condition, role, streams, every }: Telling): Observe {
  const registry = new Registry();
  const registers = [registry];
  /** As it is when the metrics are asked for. */
  let chain: Chain | undefined;
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read() ?? 0);
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const bySeason = (name: string, help: string, read: (season: Chain["seasons"][number]) => number) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: ["season"],
      collect() {
        this.reset();
        for (const season of chain?.seasons ?? []) this.set({ season: String(season.seasonId) }, read(season));
      },
    });
  const cursor = () => chain?.progress?.cursor;
  new Gauge({ name: "proofboard_build_info", help: "The indexer's version.", registers, labelNames: ["version"] }).set(
    { version: manifest.version },
    1,
  );
  new Gauge({
    name: "proofboard_role",
    help: "What this process is to the database.",
    registers,
    labelNames: ["role"],
    collect() {
      this.reset();
      this.set({ role: role() }, 1);
    },
  });
  gauge("proofboard_head_block", "Last block of the chain.", () => condition.headBlock);
  gauge("proofboard_indexed_block", "Last block folded.", () => cursor()?.number);
  gauge("proofboard_finalized_block", "Last block that can't be reorganised.", () => chain?.progress?.finalized);
  gauge("proofboard_verified_block", "Last block whose ledgers were found equal to the chain's.", () => {
    return chain?.progress?.verified.number;
  });
  gauge("proofboard_head_lag_blocks", "Blocks of the chain that are not folded yet.", () =>
    Math.max((condition.headBlock ?? 0) - (cursor()?.number ?? 0), 0),
  );
  gauge("proofboard_indexed_block_timestamp_seconds", "Time of the last block folded.", () => cursor()?.timestamp);
  gauge("proofboard_caught_up_timestamp_seconds", "When the head of the chain was last reached; 0 before.", () =>
    condition.caughtUpAt === undefined ? 0 : unixSeconds(condition.caughtUpAt),
  );
  gauge("proofboard_inconsistent", "1 when events contradict the chain.", () => (condition.inconsistent ? 1 : 0));
  gauge("proofboard_logs_proven", "1 while logs are held against receipts' roots, whichever node tells them.", () =>
    state.rpc.provesLogs() ? 1 : 0,
  );
  gauge("proofboard_streams", "Clients of the stream.", streams);
  gauge("proofboard_database_bytes", "Size of the database.", () => chain?.sizes.database);
  gauge("proofboard_wal_bytes", "Size of the database's write-ahead log.", () => chain?.sizes.log);
  bySeason("proofboard_ledger_entries", "Point changes of a season.", ({ seq }) => Number(seq));
  bySeason("proofboard_accounts", "Accounts ranked in a season.", ({ participants }) => participants);
  bySeason("proofboard_epochs", "Epochs of a season whose ranks are kept.", ({ epochs }) => epochs);
  gauge("proofboard_accounts_in_memory", "Accounts whose standings are read from memory.", state.held);
  gauge("proofboard_ranking_built", "1 once the ranking can be read.", () => (chain?.isBuilt ? 1 : 0));
  gauge("proofboard_progress_timestamp_seconds", "When following the chain last succeeded in anything.", () =>
    Math.floor(unixSeconds(condition.progressAt)),
  );
  counter("proofboard_reorgs_total", "Reorganisations followed.", () => condition.reorgs);
  counter("proofboard_events_total", "Events folded.", () => condition.events);
  new Counter({
    name: "proofboard_rpc_errors_total",
    help: "Failed requests to nodes, by kind.",
    registers,
    labelNames: ["kind"],
    collect() {
      this.reset();
      for (const [kind, failures] of state.rpc.failures()) this.inc({ kind }, failures);
    },
  });
  const compute = atMostEvery(every, async () => {
    chain = { ...(await state.readEarly(chainOf)), sizes: await state.files.sizes() };
    return registry.metrics();
  });
  app.get("/metrics", { schema: { hide: true } }, async (_, reply) =>
    reply.type(registry.contentType).send(await compute()),
  );
  return latencyIn(registry);
}

type Chain = Awaited<ReturnType<typeof chainOf>> & { sizes: Awaited<ReturnType<State["files"]["sizes"]>> };

/** What is told of the chain. */
async function chainOf({ progress, isBuilt, seasons, history }: EarlySnapshot) {
  const newest = await seasons.seasons(MOST_SEASONS);
  const counted = newest.map(async (season) => {
    const epochs = isBuilt ? await history.epochs(season.seasonId) : [];
    return { ...season, epochs: epochs.length };
  });
  return { progress, isBuilt, seasons: await Promise.all(counted) };
}

/**
 * Does work at most once in so many milliseconds, for all who ask. Who asks too early waits: no answer is older than its
 * question.
 */
function atMostEvery<Result>(ms: number, work: () => Promise<Result>): () => Promise<Result> {
  let nextAt = 0;
  let next: Promise<Result> | undefined;

  async function begin(): Promise<Result> {
    await sleep(Math.max(nextAt - performance.now(), 0));
    // Who asks from here on may need what this doesn't see.
    next = undefined;
    nextAt = performance.now() + ms;
    return work();
  }

  return () => {
    next ??= begin();
    return next;
  };
}
