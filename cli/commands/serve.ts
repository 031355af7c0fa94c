import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "../command.ts";
import { UsageError } from "../usage.ts";

/** The indexer, in a checkout of the project. */
const INDEXER = fileURLToPath(new URL("../../indexer/start.js", import.meta.url));

/** Options that are handed on as they are. */
const options = {
  store: { value: "URL", help: "postgres://… of a database that an indexer writes; or DATABASE_URL" },
  host: { value: "ADDRESS", help: "the address to listen on; defaults to 127.0.0.1" },
  port: { value: "N", help: "the port; defaults to 4000" },
  prefix: { value: "/PATH", help: "serves everything under this path" },
  "trust-proxy": { value: "NETWORK", help: "believes these proxies who the client is; may be repeated" },
  "public-rpc": { value: "URL", help: "the RPC that is published for browsers" },
  web: { value: "DIR", help: "the built page; defaults to web/dist" },
  connections: { value: "N", help: "most connections to the database; defaults to 10" },
  "rate-limit": { value: "N", help: "requests a minute for a client; 0 for no limit" },
};

export const serve: Command = {
  positionals: [],
  summary: "serve the API of a PostgreSQL database that an indexer writes",
  details: `Starts the indexer's "serve", which holds nothing: any number of them may run, also against streaming replicas. --deployment and --store are needed; --rpc is for audits and money, which ask a node. The store's URL is best given by DATABASE_URL, which other users of the machine can't read. It ends by Ctrl-C. docs/operate.md says more.`,
  options,
  repeatable: ["trust-proxy"],
  async run({ options: given, further, settings }) {
    if (!existsSync(INDEXER))
      throw new Error("This installation has no indexer: run serve from a checkout of Proofboard.");
    if (settings.deployment === undefined) throw new UsageError('"serve" needs --deployment FILE.');
    const names = Object.keys(options).filter((name) => given[name] !== undefined);
    const handed = names.flatMap((name) =>
      [given[name] as string, ...(further[name] ?? [])].flatMap((value) => [`--${name}`, value]),
    );
    const rpc = settings.rpc === undefined ? [] : ["--rpc", settings.rpc];
    const words = ["serve", "--deployment", settings.deployment, ...rpc, ...handed];
    const server = spawn(process.execPath, [INDEXER, ...words], { stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => server.kill(signal));
    const [code] = await once(server, "exit");
    return { good: code === 0, text: "", json: undefined };
  },
};
