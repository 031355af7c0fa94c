import { setImmediate } from "node:timers/promises";
import { pino } from "pino";
import { createRpc } from "../../indexer/ingest/rpc.ts";
import { openForWriting } from "../../indexer/open.ts";
import { createServer } from "../../indexer/serve/server.ts";
import { createState } from "../../indexer/serve/state.ts";
import { createAnnouncements } from "../../indexer/sync/announcements.ts";
import { newStatus } from "../../indexer/sync/status.ts";
import { SEASON } from "../rank/population.ts";
import { deployment } from "../sync/deployment.ts";

/** The indexer's server with all that it has, once the standings that it keeps in memory are read. */
export async function openFull(file: string, accounts: number) {
  const opened = openForWriting(file, deployment);
  const { ranking } = opened;
  ranking.of(SEASON);
  do await setImmediate();
  while (ranking.held() > 0 && ranking.held() < accounts);
  // That this was all, and that nothing changed meanwhile, is known two turns later.
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  const rpc = createRpc({ nodes: [], chainId: deployment.chainId, timeout: 1, signal: new AbortController().signal });
  return createServer({
    state: createState({ ...opened, announcements: createAnnouncements(), deployment, rpc }),
    condition: newStatus(),
    content: undefined,
    rpcUrl: undefined,
    // Counted as ever, but never refused: all requests come from one address.
    limits: { requests: 1_000_000_000 },
    logger: pino({ level: "info" }),
  });
}
