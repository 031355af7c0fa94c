import { pino } from "pino";
import { createDecoder } from "../../../indexer/decode/events.ts";
import { createPastStandings } from "../../../indexer/rank/postgres/standings.ts";
import { openMoments } from "../../../indexer/serve/postgres/moments.ts";
import { createPostgresState } from "../../../indexer/serve/postgres/state.ts";
import { watchDatabase } from "../../../indexer/serve/postgres/watch.ts";
import { createServer } from "../../../indexer/serve/server.ts";
import type { App, Sources } from "../../../indexer/serve/state.ts";
import type { Soon } from "../../../indexer/store/eventual.ts";
import { createReaders } from "../../../indexer/store/postgres/readers.ts";
import { newStatus } from "../../../indexer/sync/status.ts";
import type { Block } from "../node.ts";
import { logsOf } from "../opened.ts";
import { openPostgres } from "../store/postgres/opened.ts";
import { deployment } from "../story.ts";
import { openServed, rpc } from "./served.ts";

/** A database in any store that a test writes block by block, and what serves it. */
export interface ServedAnywhere extends Pick<Sources, "readers" | "history"> {
  /** The chain as it is folded. */
  blocks: Block[];
  /** Follows the chain to these blocks: rolls back to where they part, and appends the rest. */
  become(blocks: Block[]): Soon<void>;
  /** Starts a server of the database. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Opens a database in a file, or at the URL of a PostgreSQL store. */
export const openAnywhere = (blocks: Block[], store: string | undefined): Soon<ServedAnywhere> =>
  store === undefined ? openServed(blocks) : openServedPostgres(blocks, store);

async function openServedPostgres(blocks: Block[], url: string): Promise<ServedAnywhere> {
  const { writer, client, place, close } = await openPostgres(url);
  await writer.start(blocks[1] as Block);
  await writer.complete();
  const moments = openMoments(place, 4);
  const stop = new AbortController();
  const watch = await watchDatabase(place, moments, { see: () => {}, fail: () => {}, signal: stop.signal });
  const files = { name: url, sizes: async () => ({ database: await moments.bytes(), log: 0 }) };
  const state = createPostgresState({
    ...{ moments, watch, decoder: createDecoder(deployment), deployment, rpc, files },
  });
  const parts = await client.use(async (db) => ({ readers: createReaders(db), history: createPastStandings(db) }));
  const apps: App[] = [];
  const served: ServedAnywhere = {
    ...parts,
    blocks: blocks.slice(0, 2),
    async become(next) {
      const parting = next.findIndex(({ hash }, i) => hash !== served.blocks[i]?.hash);
      const from = parting === -1 ? next.length : parting;
      if (from < served.blocks.length) await writer.rollback(from - 1);
      for (const block of next.slice(from))
        await writer.append({ headers: [block], logs: logsOf(block), finalized: 0 });
      served.blocks = next;
      await watch.look();
    },
    async listen() {
      const logger = pino({ level: "silent" });
      const condition = newStatus();
      const app = await createServer({ state, condition, content: undefined, rpcUrl: undefined, logger });
      apps.push(app);
      return app.listen({ host: "127.0.0.1", port: 0 });
    },
    async close() {
      for (const app of apps) await app.close();
      stop.abort();
      await watch.close();
      await moments.close();
      await close();
    },
  };
  await served.become(blocks);
  return served;
}
