import { readFileSync } from "node:fs";
import type { WriteStream } from "node:tty";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { checksum as getAddress, validate as isAddress } from "ox/Address";
import { type Deployment, parseDeployment } from "../sdk/deployment.ts";
import type { NodeAccess } from "./ingest/access.ts";
import { trustedBy } from "./serve/clients.ts";
import { DEFAULT_LIMITS, type Limits } from "./serve/limits.ts";
import type { Uploads } from "./serve/uploads.ts";
import { placeOf } from "./store/postgres/place.ts";

/** Options of an indexer. */
export interface IndexerOptions {
  /** Nodes of one chain by their JSON-RPC URLs, with headers where they want some; the first that answers is used. */
  rpcs: readonly (string | NodeAccess)[];
  deployment: Deployment;
  /** Path of the SQLite file; created if there is none. */
  db?: string | undefined;
  /** URL of the PostgreSQL database, `postgres://…`, instead of a file; its parameter `schema` defaults to `proofboard`. */
  store?: string | undefined;
  /** Milliseconds after which another may write where the writer of a PostgreSQL database isn't heard of; defaults to 10000. */
  lease?: number | undefined;
  /** Most connections that read a PostgreSQL database; defaults to 10. */
  connections?: number | undefined;
  /** Port; 0 takes a free one. */
  port: number;
  /** Address that is listened on, IPv4 or IPv6, or a name of one; defaults to 127.0.0.1. */
  host?: string | undefined;
  /** Path under which everything is served, as `/board`; none by default. */
  prefix?: string | undefined;
  /** Networks of proxies that may name their clients in `x-forwarded-for`, as `10.0.0.0/8`; none by default. */
  trustedProxies?: readonly string[] | undefined;
  /** Directory of files named by their CIDs, served at `/ipfs/<cid>`. */
  content?: string | undefined;
  /** Bytes that an organiser may put into `content`, and who may beside those whom the chain names; nothing by default. */
  uploads?: Omit<Uploads, "directory"> | undefined;
  /** URLs, published whole, of servers that are asked whether they serve models' files, beside this one; none by default. */
  sources?: readonly string[] | undefined;
  /** Milliseconds between two looks for models' files; defaults to 600000. */
  lookEvery?: number | undefined;
  /** Directory of the built page, served at `/`; defaults to `web/dist` of this checkout. */
  web?: string | undefined;
  /** Limits for clients; defaults to `DEFAULT_LIMITS`. */
  limits?: Partial<Limits> | undefined;
  /** Blocks below the head that a reorganisation may still change; defaults to 64. */
  finality?: number | undefined;
  /** RPC URL that is published for browsers; none by default, since those of `rpcs` may contain a key. */
  publicRpc?: string | undefined;
  /** Pause between looks at the chain, in milliseconds; defaults to 1000. */
  pollInterval?: number | undefined;
  /** Longest wait for a node's answer, in milliseconds; defaults to 20000. */
  rpcTimeout?: number | undefined;
  /** Deletes the data of another chain, deployment or version instead of refusing the database. */
  wipe?: boolean | undefined;
  /** Whether logs are compared with the headers' bloom filters; defaults to true. False only for chains whose headers have none. */
  blooms?: boolean | undefined;
  /** Believes nodes without recomputing headers' hashes, receipts roots and the names that contracts compute. */
  trustNode?: boolean | undefined;
  /** Whether logs are held against receipts roots where nodes offer receipts; defaults to true. */
  receipts?: boolean | undefined;
  /** Milliseconds without any success after which `ended` settles with `Stalled`; defaults to 600000, 0 for never. */
  stallAfter?: number | undefined;
  /** Terminal that shows the progress of a backfill; none by default. */
  terminal?: WriteStream | undefined;
  /** pino's level; defaults to `info`. */
  logLevel?: string | undefined;
  /** Stops following the chain, and an upgrade of the database; `close` is still to be called. */
  signal?: AbortSignal | undefined;
}

/** Options of a server of a PostgreSQL database that another process writes; nodes are asked for audits only. */
export type ServeOptions = Omit<IndexerOptions, "db" | "store"> & { store: string };

/** Options of a command that needs no node. */
export interface MaintainOptions {
  deployment: Deployment;
  /** Path of the SQLite file. */
  db?: string | undefined;
  /** URL of the PostgreSQL database, instead of a file. */
  store?: string | undefined;
}

export interface RewindOptions extends MaintainOptions {
  /** The last block that may stay. */
  to: number;
}

export interface BackupOptions {
  /** Path of the SQLite file. */
  db: string;
  /** Path of the copy; there may be no such file. */
  to: string;
}

/** What the command line asks for. */
export type Command =
  | { name: "run"; options: IndexerOptions }
  | { name: "serve"; options: ServeOptions }
  | { name: "rewind"; options: RewindOptions }
  | { name: "rebuild"; options: MaintainOptions }
  | { name: "check"; options: MaintainOptions }
  | { name: "backup"; options: BackupOptions };

export const USAGE = `usage: indexer --rpc URL… | --rpc-env NAME… --deployment FILE --db FILE | --store URL [--host ADDRESS] [--port N]
               [--prefix /PATH] [--trust-proxy NETWORK …] [--content DIR] [--content-quota MIB]
               [--organiser ADDRESS …] [--source URL …] [--finality N] [--public-rpc URL] [--web DIR]
               [--rate-limit N] [--wipe] [--no-blooms] [--no-receipts] [--trust-node] [--watchdog SECONDS] [--poll MS]
               [--timeout MS] [--lease SECONDS] [--connections N]
       indexer serve --deployment FILE --store URL             serve a PostgreSQL database that another process writes
       indexer rewind --to BLOCK --deployment FILE --db FILE   undo every block above BLOCK, also final ones
       indexer rebuild --deployment FILE --db FILE             compute all rows again from the stored logs, without a node
       indexer check --deployment FILE --db FILE               compare all rows with those that follow from the stored logs
       indexer backup --db FILE --to FILE                      copy the database, also while an indexer writes it

--store      a PostgreSQL database, postgres://…[?schema=NAME], instead of a file; also from the environment variable
             DATABASE_URL, which other users of this machine can't read. rewind and rebuild take it, too
--lease      the writer of a PostgreSQL database that isn't heard of for so many seconds is followed by another; defaults
             to 10
--connections  most connections that read a PostgreSQL database; defaults to 10
--rpc-env    a node whose URL is in the environment variable NAME, and its headers, if any, in NAME_HEADERS, a line each:
             "name: value"
--public-rpc the RPC that is published for browsers; none by default
--host       the address to listen on; defaults to 127.0.0.1, which only this machine reaches
--prefix     serves everything under this path
--trust-proxy  believes the proxies of this network, as 10.0.0.0/8, who the client is; repeat it for more
--content-quota  takes content by PUT from organisers, each at most so many MiB; without it none is taken
--organiser  an account that may put content, beside those that drafted a season or published a model; repeat it for more
--source     a server that is asked whether it serves models' files, beside this one; its whole URL is published; repeat it
             for more
--wipe       deletes the data of another chain, deployment or version; without it such a database is refused
--no-blooms  for chains whose headers carry no bloom filters: logs that a node leaves out are detected later, or never
--no-receipts  doesn't ask for receipts, by which every log is proven where nodes offer them
--trust-node  believes nodes: recomputes no header's hash, no receipts root, and no name that a contract computes
--watchdog   exits with 3 after so many seconds without any success; defaults to 600, 0 never does
--poll       pause between looks at the chain; defaults to 1000 ms
--timeout    longest wait for a node's answer; defaults to 20000 ms
Exit codes: 0 stopped by a signal or done, 1 can't go on or found a difference, 2 wrong use, 3 stalled.`;

/** The command was used wrongly. */
export class UsageError extends Error {
  override name = "UsageError";
}

const database = { deployment: { type: "string" }, db: { type: "string" }, store: { type: "string" } } as const;
const runs = {
  ...database,
  rpc: { type: "string", multiple: true },
  "rpc-env": { type: "string", multiple: true },
  host: { type: "string" },
  port: { type: "string" },
  prefix: { type: "string" },
  "trust-proxy": { type: "string", multiple: true },
  content: { type: "string" },
  "content-quota": { type: "string" },
  organiser: { type: "string", multiple: true },
  source: { type: "string", multiple: true },
  finality: { type: "string" },
  "public-rpc": { type: "string" },
  web: { type: "string" },
  "rate-limit": { type: "string" },
  wipe: { type: "boolean" },
  "no-blooms": { type: "boolean" },
  "no-receipts": { type: "boolean" },
  "trust-node": { type: "boolean" },
  watchdog: { type: "string" },
  poll: { type: "string" },
  timeout: { type: "string" },
  lease: { type: "string" },
  connections: { type: "string" },
} as const;
/** What only a writer takes. */
const WRITES = [
  "db",
  "wipe",
  "finality",
  "no-blooms",
  "no-receipts",
  "trust-node",
  "watchdog",
  "poll",
  "lease",
] as const;
const rewinds = { ...database, to: { type: "string" } } as const;
const backups = { db: { type: "string" }, to: { type: "string" } } as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line; throws {@link UsageError} with a sentence that names the argument. */
export function parseCommand(args: readonly string[], environment: Environment = process.env): Command {
  const [name, ...rest] = args;
  if (name === "serve") return { name, options: serveOptions(rest, environment) };
  if (name === "rewind") return { name, options: rewindOptions(rest, environment) };
  if (name === "rebuild" || name === "check")
    return { name, options: databaseOptions(parse(rest, database), environment) };
  if (name === "backup") return { name, options: backupOptions(rest) };
  return { name: "run", options: runOptions(args, environment) };
}

function runOptions(args: readonly string[], environment: Environment): IndexerOptions {
  const values = parse(args, runs);
  if (!values.rpc && !values["rpc-env"]) throw new UsageError("--rpc is missing: which node shall be asked?");
  return optionsOf(values, environment);
}

function serveOptions(args: readonly string[], environment: Environment): ServeOptions {
  const values = parse(args, runs);
  for (const name of WRITES)
    if (values[name] !== undefined) throw new UsageError(`--${name} is for an indexer that writes: serve only reads.`);
  const { store, ...options } = optionsOf(values, environment);
  if (store === undefined) throw new UsageError("--store is missing: which database shall be served?");
  return { ...options, store };
}

function optionsOf(values: ReturnType<typeof parse<typeof runs>>, environment: Environment): IndexerOptions {
  const named = (values["rpc-env"] ?? []).map((name) => nodeIn(environment, name));
  const rpcs = [...(values.rpc ?? []).map((url) => urlOf(url, `"${shown(url)}"`)), ...named];
  return {
    rpcs,
    ...databaseOptions(values, environment),
    lease: values.lease === undefined ? undefined : 1_000 * Math.max(wholeNumber("lease", values.lease, 3_600), 1),
    connections:
      values.connections === undefined ? undefined : Math.max(wholeNumber("connections", values.connections, 1_000), 1),
    host: values.host,
    port: wholeNumber("port", values.port ?? "4000", 65_535),
    prefix: values.prefix === undefined ? undefined : pathPrefix(values.prefix),
    trustedProxies: networks(values["trust-proxy"] ?? []),
    content: values.content,
    uploads: uploadsOf(values),
    sources: (values.source ?? []).map((url) => publicUrl("source", url)),
    finality: wholeNumber("finality", values.finality ?? "64", 1_000_000),
    publicRpc: values["public-rpc"] === undefined ? undefined : publicUrl("public-rpc", values["public-rpc"]),
    web: values.web,
    limits: {
      requests: wholeNumber("rate-limit", values["rate-limit"] ?? String(DEFAULT_LIMITS.requests), 1_000_000_000),
    },
    wipe: values.wipe,
    blooms: !values["no-blooms"],
    receipts: !values["no-receipts"],
    trustNode: values["trust-node"],
    stallAfter: 1_000 * wholeNumber("watchdog", values.watchdog ?? "600", 1_000_000),
    pollInterval: wholeNumber("poll", values.poll ?? "1000", 60_000),
    rpcTimeout: wholeNumber("timeout", values.timeout ?? "20000", 600_000),
  };
}

function uploadsOf(values: {
  content?: string | undefined;
  "content-quota"?: string | undefined;
  organiser?: string[] | undefined;
}): IndexerOptions["uploads"] {
  const { content, "content-quota": quota, organiser = [] } = values;
  if (quota === undefined && organiser.length > 0)
    throw new UsageError("--organiser is for --content-quota, which is missing.");
  if (quota === undefined) return undefined;
  if (content === undefined) throw new UsageError("--content-quota is for --content, which is missing.");
  const organisers = organiser.map((text) => {
    if (!isAddress(text)) throw new UsageError(`--organiser is "${text}"; an address is asked.`);
    return getAddress(text);
  });
  return { quota: wholeNumber("content-quota", quota, 1_000_000) * 2 ** 20, organisers };
}

function rewindOptions(args: readonly string[], environment: Environment): RewindOptions {
  const values = parse(args, rewinds);
  if (values.to === undefined) throw new UsageError("--to is missing: which block shall be the last?");
  return { ...databaseOptions(values, environment), to: wholeNumber("to", values.to, Number.MAX_SAFE_INTEGER) };
}

function backupOptions(args: readonly string[]): BackupOptions {
  const { db, to } = parse(args, backups);
  if (db === undefined) throw new UsageError("--db is missing: which database shall be copied?");
  if (to === undefined) throw new UsageError("--to is missing: which file shall be the copy?");
  return { db, to };
}

function databaseOptions(
  values: { deployment?: string | undefined; db?: string | undefined; store?: string | undefined },
  environment: Environment,
): MaintainOptions {
  const { db } = values;
  if (values.deployment === undefined) throw new UsageError("--deployment is missing: which contracts shall be read?");
  if (db !== undefined && values.store !== undefined)
    throw new UsageError("--db and --store are both given: which shall be the database?");
  const store = db === undefined ? (values.store ?? environment.DATABASE_URL) : undefined;
  if (db === undefined && !store) throw new UsageError("--db is missing: which file shall hold the database?");
  const deployment = readDeployment(values.deployment);
  return store ? { deployment, store: storeUrl(store) } : { deployment, db };
}

/** Says nothing of the URL: it holds a password. */
function storeUrl(text: string): string {
  try {
    placeOf(text);
    return text;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parse<Options extends NonNullable<ParseArgsConfig["options"]>>(args: readonly string[], options: Options) {
  const values = parsed(args, options);
  // As of a variable that isn't set; an empty host, say, would be every address.
  for (const [name, value] of Object.entries(values))
    if ([value].flat().includes("")) throw new UsageError(`--${name} is empty.`);
  return values;
}

function parsed<Options extends NonNullable<ParseArgsConfig["options"]>>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // What is quoted may be a URL whose option was forgotten, or is in one word with it.
    const message = (error as Error).message
      .replace(/(?<=^Unexpected argument ').*(?=')/s, shown)
      .replace(/(?<=^Unknown option '[\w-]*)[^\w-].*(?=')/s, "…");
    throw new UsageError(message);
  }
}

/** A node by the environment variables that hold its URL and headers, of which errors say the names only. */
function nodeIn(environment: Environment, name: string): NodeAccess {
  const url = environment[name];
  if (!url) throw new UsageError(`--rpc-env ${name}: there is no environment variable ${name}, or it is empty.`);
  const lines = (environment[`${name}_HEADERS`] ?? "").split("\n").map((line) => line.trim());
  const headers = lines.flatMap((line, i) => (line === "" ? [] : [headerOf(line, `Line ${i + 1} of ${name}_HEADERS`)]));
  return { url: urlOf(url, `The environment variable ${name}`), headers: Object.fromEntries(headers) };
}

/** Name and value as HTTP has them (RFC 9110, 5.1 and 5.5). */
function headerOf(line: string, what: string): [string, string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+): *([\t\x20-\x7e\x80-\xff]+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`${what} is not "name: value".`);
  return [name.toLowerCase(), value];
}

function urlOf(text: string, what: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${what} is not an http or https URL.`);
}

/** Without what may be a password or key. */
const shown = (url: string): string => url.replace(/^.*@/s, "…@").replace(/([^:/])[/?#].*$/s, "$1/…");

function publicUrl(name: string, text: string): string {
  const { username, password } = new URL(urlOf(text, `"${shown(text)}"`));
  if (username || password) throw new UsageError(`--${name} has a user name or password, which all could read.`);
  return text;
}

function pathPrefix(text: string): string {
  if (!/^(\/[\w.~-]+)+$/.test(text) || /\/\.\.?(\/|$)/.test(text))
    throw new UsageError(`--prefix is "${text}"; a path is asked that begins with a slash and doesn't end with one.`);
  return text;
}

function networks(given: readonly string[]): readonly string[] {
  try {
    trustedBy(given);
    return given;
  } catch (error) {
    throw new UsageError(`--trust-proxy is wrong: ${(error as Error).message}`);
  }
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
