import type { Readiness } from "../../sdk/wire.ts";
import type { SyncStatus } from "../sync/status.ts";
import { UNLIMITED } from "./limits.ts";
import { noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import type { App, State } from "./state.ts";

const STALLED_AFTER = 30_000;

// Not compressed: see docs/performance.md, Start.
const PROBE = { config: UNLIMITED, compress: false } as const;

/** `/healthz`, `/readyz`. */
export function operationRoutes(app: App, state: State, condition: SyncStatus): void {
  app.get(
    "/healthz",
    {
      ...PROBE,
      schema: {
        operationId: "getHealth",
        summary: "The process runs",
        description: "Reads nothing.",
        querystring: noQuery,
        response: { 200: schemas.health },
      },
    },
    () => ({ status: "ok" as const }),
  );

  app.get(
    "/readyz",
    {
      ...PROBE,
      schema: {
        operationId: "getReadiness",
        summary: "Whether the answers are up to date",
        description:
          "503 while syncing, while stalled, while the events read contradict the chain, and until the ranking is built. Reads one row.",
        querystring: noQuery,
        response: { 200: schemas.readiness, 503: schemas.problem },
      },
    },
    async (): Promise<Readiness> => {
      const reason = unreadiness(condition);
      if (reason !== undefined) throw new ProblemError(503, reason);
      const { cursor } = await state.read(async ({ progress }) => progress);
      return { status: "ready", blockNumber: cursor.number, headBlock: condition.headBlock ?? cursor.number };
    },
  );
}

function unreadiness({ caughtUpAt, failure, inconsistent }: SyncStatus): string | undefined {
  if (inconsistent) return `The events read contradict the chain: ${failure}`;
  if (caughtUpAt === undefined) return failure ?? "Syncing: the head of the chain is not reached yet.";
  const silence = performance.now() - caughtUpAt;
  if (silence < STALLED_AFTER) return undefined;
  return `Stalled: the head of the chain was last reached ${Math.round(silence / 1000)} s ago. ${failure ?? ""}`.trim();
}
