import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Readiness } from "../../sdk/wire.ts";
import type { SyncStatus } from "../sync.ts";
import { noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, progressOf, type State } from "./state.ts";

const STALLED_AFTER = 30_000;

/** `/healthz`, `/readyz`, `/metrics`. */
export function operationRoutes(app: App, state: State, condition: SyncStatus): void {
  app.get(
    "/healthz",
    {
      schema: {
        summary: "The process runs",
        querystring: noQuery,
        response: { 200: schemas.health, 400: schemas.problem },
      },
    },
    () => ({ status: "ok" as const }),
  );

  app.get(
    "/readyz",
    {
      schema: {
        summary: "Whether the answers are up to date",
        querystring: noQuery,
        response: { 200: schemas.readiness, 400: schemas.problem, 503: schemas.problem },
      },
    },
    (): Readiness => {
      const reason = unreadiness(condition);
      if (reason !== undefined) throw new ProblemError(503, reason);
      const { cursor } = progressOf(state);
      return { status: "ready", blockNumber: cursor.number, headBlock: condition.headBlock ?? cursor.number };
    },
  );

  metricsRoute(app, state, condition);
}

function unreadiness({ caughtUpAt, failure, inconsistent }: SyncStatus): string | undefined {
  if (inconsistent) return `The events read contradict the chain: ${failure}`;
  if (caughtUpAt === undefined) return failure ?? "Syncing: the head of the chain is not reached yet.";
  const silence = Date.now() - caughtUpAt;
  if (silence < STALLED_AFTER) return undefined;
  return `Stalled: the head of the chain was last reached ${Math.round(silence / 1000)} s ago. ${failure ?? ""}`.trim();
}

function metricsRoute(app: App, state: State, condition: SyncStatus): void {
  const registry = new Registry();
  const registers = [registry];
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
  const block = () => state.chain.progress()?.cursor.number;
  gauge("proofboard_head_block", "Last block of the chain.", () => condition.headBlock);
  gauge("proofboard_indexed_block", "Last block folded.", block);
  gauge("proofboard_finalized_block", "Last block that can't be reorganised.", () => state.chain.progress()?.finalized);
  gauge("proofboard_verified_block", "Last block whose ledgers were found equal to the chain's.", () => {
    return state.chain.progress()?.verified.number;
  });
  gauge("proofboard_inconsistent", "1 when events contradict the chain.", () => (condition.inconsistent ? 1 : 0));
  counter("proofboard_reorgs_total", "Reorganisations followed.", () => condition.reorgs);
  counter("proofboard_events_total", "Events folded.", () => condition.events);
  counter("proofboard_rpc_errors_total", "Failed requests to nodes.", () => state.rpc.errors());
  const latency = new Histogram({
    name: "proofboard_request_seconds",
    help: "Time to answer a request.",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers,
  });
  app.addHook("onResponse", (request, reply, done) => {
    latency.observe({ route: request.routeOptions.url ?? "none", status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });

  app.get("/metrics", { schema: { hide: true } }, async (_, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
