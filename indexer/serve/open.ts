import { fileURLToPath } from "node:url";
import type { FastifyBaseLogger } from "fastify";
import type { IndexerOptions } from "../options.ts";
import type { Eventual } from "../store/eventual.ts";
import type { ModelReader } from "../store/sqlite/read-models.ts";
import type { SyncStatus } from "../sync/status.ts";
import { measureAvailability } from "./availability.ts";
import { listen } from "./listen.ts";
import { createServer, type Role } from "./server.ts";
import type { App, State } from "./state.ts";

/** Where the page is built to. */
const PAGE = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** What a server is opened with, beside its options. */
interface Parts {
  state: State;
  condition: SyncStatus;
  role: () => Role;
  models: Eventual<Pick<ModelReader, "list">>;
  logger: FastifyBaseLogger;
  /** Ends what the server does by itself. */
  stopped: AbortSignal;
}

/** Options of a server, whatever its store. */
export type ServerOptions = Pick<
  IndexerOptions,
  | ("port" | "host" | "prefix" | "trustedProxies" | "content" | "uploads" | "sources" | "lookEvery")
  | ("web" | "limits" | "publicRpc" | "signal")
>;

/** A server that listens. */
export interface Opened {
  app: App;
  /** Where it is, without a slash at the end. */
  url: string;
}

/** Makes a server and has it listen. Throws when the port is taken, or the signal aborts before. */
export async function openServer(
  options: ServerOptions,
  { state, condition, role, models, logger, stopped }: Parts,
): Promise<Opened> {
  const app = await createServer({
    ...{ state, condition, role, logger },
    content: options.content,
    uploads: options.uploads,
    availability: measureAvailability({
      ...{ models, directory: options.content, sources: options.sources ?? [] },
      ...{ signal: stopped, every: options.lookEvery },
    }),
    page: options.web ?? PAGE,
    rpcUrl: options.publicRpc,
    prefix: options.prefix,
    trustedProxies: options.trustedProxies,
    limits: options.limits,
  });
  try {
    options.signal?.throwIfAborted();
    return { app, url: await listen(app, options) };
  } catch (error) {
    await app.close();
    throw error;
  }
}
