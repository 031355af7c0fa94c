import { setImmediate } from "node:timers/promises";
import { pino } from "pino";
import type { Event } from "../../../indexer/decode/events.ts";
import type { Rpc } from "../../../indexer/ingest/rpc.ts";
import type { Limits } from "../../../indexer/serve/limits.ts";
import { createServer, type ServerOptions } from "../../../indexer/serve/server.ts";
import { type App, createState, type Sources, type State } from "../../../indexer/serve/state.ts";
import { createAnnouncements } from "../../../indexer/sync/announcements.ts";
import type { SyncStatus } from "../../../indexer/sync/status.ts";
import { type Block, chainOf } from "../node.ts";
import { assembled, decoder, logsOf, type OpenedChain } from "../opened.ts";
import { scratch } from "../running.ts";
import { chaptersOf, deployment } from "../story.ts";

/** A database that a test writes block by block, and what serves it. */
export interface Served extends Pick<OpenedChain, "history" | "ranking" | "readers" | "writer"> {
  state: State;
  condition: SyncStatus;
  /** The chain as it is folded. */
  blocks: Block[];
  /** Follows the chain to these blocks: rolls back to where they part, and appends the rest. */
  become(blocks: Block[]): void;
  /** Starts a server of the database. */
  listen(options?: Partial<Omit<ServerOptions, "limits">> & { limits?: Partial<Limits> }): Promise<string>;
  close(): Promise<void>;
}

/** The chain that a list of choices tells; chains of lists that begin alike begin alike. */
export const chainTold = (choices: readonly (readonly number[])[], salt = ""): Block[] =>
  chainOf(chaptersOf(choices), salt, 0);

/** A node that was never needed. */
export const rpc = { failures: () => new Map([["timeout", 3]]), provesLogs: () => true } as unknown as Rpc;

/** With `late`, the store answers the server after so many turns of the event loop, as another process would. */
export function openServed(blocks: Block[], { complete = true, late = 0 } = {}): Served {
  const files = scratch();
  const opened = assembled(files.path("db"), 10_000);
  const { db, writer } = opened;
  const announcements = createAnnouncements();
  const sources = { ...(late > 0 ? delayed(opened, late) : opened), announcements, deployment, rpc };
  const apps: App[] = [];
  writer.start(blocks[1] as Block);
  if (complete) writer.complete();

  const served: Served = {
    ...opened,
    state: createState(sources),
    condition: {
      ...{ headBlock: undefined, caughtUpAt: undefined, progressAt: performance.now(), failure: undefined },
      ...{ inconsistent: false, reorgs: 0, events: 0 },
    },
    blocks: blocks.slice(0, 2),
    become(next) {
      const parting = next.findIndex(({ hash }, i) => hash !== served.blocks[i]?.hash);
      const from = parting === -1 ? next.length : parting;
      if (from < served.blocks.length) {
        writer.rollback(from - 1);
        announcements.announce({ kind: "reorganised", cursor: next[from - 1] as Block, from });
      }
      for (const block of next.slice(from)) {
        writer.append({ headers: [block], logs: logsOf(block), finalized: 0 });
        announcements.announce({ kind: "appended", cursor: block, from: block.number });
      }
      served.blocks = next;
    },
    async listen(options = {}) {
      const { condition } = served;
      const logger = pino({ level: "silent" });
      const app = await createServer({
        state: createState(sources),
        condition,
        content: undefined,
        rpcUrl: undefined,
        logger,
        ...options,
      });
      apps.push(app);
      return app.listen({ host: "127.0.0.1", port: 0 });
    },
    async close() {
      for (const app of apps) await app.close();
      db.close();
      files.remove();
    },
  };
  served.become(blocks);
  return served;
}

/** What reads, but later. */
function delayed({ readers, writer, ranking, history, decoder, files }: OpenedChain, turns: number) {
  type Answers = Record<string, (...args: unknown[]) => unknown>;
  const slow = (reader: object): object =>
    Object.fromEntries(
      Object.entries(reader).map(([name, part]) => [
        name,
        typeof part === "function" ? slowly(reader as Answers, name) : slow(part),
      ]),
    );
  const slowly =
    (reader: Answers, name: string) =>
    async (...args: unknown[]) => {
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      return reader[name]?.(...args);
    };
  return {
    ...{ decoder, files },
    readers: slow(readers) as Sources["readers"],
    writer: slow(writer) as Sources["writer"],
    ranking: { held: ranking.held, of: (season: number) => slow(ranking.of(season)) as never },
    history: slow(history) as Sources["history"],
  };
}

/** A block's events. */
export const eventsIn = (block: Block): Event[] => logsOf(block).map((log) => decoder.decode(log));
