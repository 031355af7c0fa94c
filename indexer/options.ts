import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Deployment, parseDeployment } from "../sdk/deployment.ts";
import { DEFAULT_LIMITS, type Limits } from "./serve/limits.ts";

/** What an indexer is told. */
export interface IndexerOptions {
  /** JSON-RPC URLs of nodes of one chain; the first that answers is used. */
  rpcs: readonly string[];
  deployment: Deployment;
  /** Path of the SQLite file; created if there is none. */
  db: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Directory of files named by their CIDs, served at `/ipfs/<cid>`. */
  content?: string | undefined;
  /** Directory of the built page, served at `/`; `web/dist` of this checkout unless told. */
  web?: string | undefined;
  /** What clients may ask of the server, where it is not what `DEFAULT_LIMITS` says. */
  limits?: Partial<Limits> | undefined;
  /** A block is final only this many blocks below the head; 64 unless told. */
  finality?: number | undefined;
  /** RPC URL that browsers may use; without it the first of `rpcs` that is on this machine, since others may hold a key. */
  publicRpc?: string | undefined;
  /** Pause between looks at the chain, in milliseconds; 1000 unless told. */
  pollInterval?: number | undefined;
  /** Longest wait for a node's answer, in milliseconds; 20000 unless told. */
  rpcTimeout?: number | undefined;
  /** Empties a database of another chain, deployment or version rather than refuse it. */
  wipe?: boolean | undefined;
  /** Whether logs are held against the headers' bloom filters: yes unless told, and no only where headers have none. */
  blooms?: boolean | undefined;
  /** pino's level; `info` unless told. */
  logLevel?: string | undefined;
}

export const USAGE = `usage: indexer --rpc URL [--rpc URL …] --deployment FILE --db FILE [--port N] [--content DIR]
               [--finality N] [--public-rpc URL] [--web DIR] [--rate-limit N]`;

/** The command was used wrongly. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Reads the command line; throws {@link UsageError} with a sentence that names the argument. */
export function parseOptions(args: readonly string[]): IndexerOptions {
  const values = parse(args);
  const rpcs = values.rpc ?? [];
  if (rpcs.length === 0) throw new UsageError("--rpc is missing: which node shall be asked?");
  for (const url of values["public-rpc"] === undefined ? rpcs : [...rpcs, values["public-rpc"]]) checkUrl(url);
  if (values.deployment === undefined) throw new UsageError("--deployment is missing: which contracts shall be read?");
  if (values.db === undefined) throw new UsageError("--db is missing: which file shall hold the database?");
  return {
    rpcs,
    deployment: readDeployment(values.deployment),
    db: values.db,
    port: wholeNumber("port", values.port ?? "4000", 65_535),
    content: values.content,
    finality: wholeNumber("finality", values.finality ?? "64", 1_000_000),
    publicRpc: values["public-rpc"],
    web: values.web,
    limits: {
      requests: wholeNumber("rate-limit", values["rate-limit"] ?? String(DEFAULT_LIMITS.requests), 1_000_000_000),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rpc: { type: "string", multiple: true },
        deployment: { type: "string" },
        db: { type: "string" },
        port: { type: "string" },
        content: { type: "string" },
        finality: { type: "string" },
        "public-rpc": { type: "string" },
        web: { type: "string" },
        "rate-limit": { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkUrl(text: string): void {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`"${text}" is not an http or https URL.`);
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most)
    throw new UsageError(`--${name} is "${text}"; a whole number up to ${most} is asked.`);
  return value;
}

function readDeployment(file: string): Deployment {
  try {
    return parseDeployment(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new UsageError(`The deployment ${file} can't be read: ${(error as Error).message}`);
  }
}
