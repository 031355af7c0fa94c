import { existsSync, readFileSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import type { Deployment } from "../../../sdk/deployment.ts";
import { FatalError } from "../../ingest/errors.ts";
import { configureWal } from "./wal.ts";

export type Db = Database.Database;

/** Of the tables that follow from the logs: a file of another version is folded anew. */
const VERSION = 6;
/** Of the tables in logs.sql. The oldest files whose logs look like this have schema version 4, and don't say so. */
const LOGS_VERSION = 1;
const OLDEST = 4;
const BUSY_TIMEOUT = 1_000;
const CACHE_KIB = 64 * 1024;
const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const [logs, rows] = [read("logs.sql"), read("rows.sql")];

/** Tables whose rows don't follow from others. */
const KEPT = ["logs_version", "origin", "progress", "blocks", "events"];

/**
 * Opens the file, or creates it for this deployment. Throws {@link FatalError} when it holds another deployment's rows,
 * or was written by a version that is newer, or too old. One that {@link isOutdated} must be renewed before it is read.
 * A deployment that gained a contract is the same one: nothing about an attestation comes from a method's contract before
 * `MethodAdded` names it, from where on it was followed; one that isn't named yet is followed from the next block on.
 */
export function openDatabase(file: string, deployment: Deployment): Db {
  const db = new Database(file, { timeout: BUSY_TIMEOUT });
  try {
    const difference = differenceOf(db, deployment);
    if (difference !== undefined) throw new FatalError(`The database ${file} ${difference}`);
    configureWal(db);
    db.pragma("foreign_keys = ON");
    db.pragma(`cache_size = ${-CACHE_KIB}`);
    if (versionOf(db) === 0) create(db, deployment);
    else keepDeployment(db, deployment);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a file that another thread or process may write. */
export const openReadonly = (file: string): Db => new Database(file, { readonly: true, timeout: BUSY_TIMEOUT });

/** Whether the file is of an older version, whose logs are to be folded anew. */
export const isOutdated = (db: Db): boolean => versionOf(db) !== VERSION;

/** Replaces an older version's tables with empty ones of this version; the logs stay. */
export function renew(db: Db): void {
  db.pragma("defer_foreign_keys = ON");
  // Those that refer to others were created after them.
  const found = db
    .prepare<[], { type: string; name: string; tbl_name: string }>(
      `SELECT type, name, tbl_name FROM sqlite_schema
       WHERE type IN ('table', 'view', 'index') AND name NOT LIKE 'sqlite%' ORDER BY rowid DESC`,
    )
    .all();
  const drop = (type: string, isDropped: (item: { name: string; tbl_name: string }) => boolean) => {
    for (const item of found) if (item.type === type && isDropped(item)) db.exec(`DROP ${type} ${item.name}`);
  };
  drop("view", () => true);
  drop("index", () => true);
  drop("table", ({ name }) => !KEPT.includes(name));
  if (!hasLogsVersion(db)) {
    db.exec("CREATE TABLE logs_version (version INTEGER NOT NULL) STRICT");
    db.prepare("INSERT INTO logs_version VALUES (?)").run(LOGS_VERSION);
  }
  db.exec(rows);
  db.pragma(`user_version = ${VERSION}`);
}

/** Deletes the rows of all tables except these. */
export function empty(db: Db, kept: "logs" | "origin"): void {
  const names = kept === "logs" ? KEPT : ["logs_version", "origin"];
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .pluck()
    .all();
  db.pragma("defer_foreign_keys = ON");
  for (const table of tables) if (!names.includes(table)) db.exec(`DELETE FROM ${table}`);
}

/** Deletes the file where {@link openDatabase} would refuse it; answers why, or undefined where it stays. */
export function deleteForeignDatabase(file: string, deployment: Deployment): string | undefined {
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { timeout: BUSY_TIMEOUT });
  const difference = differenceOf(db, deployment);
  db.close();
  if (difference === undefined) return undefined;
  for (const part of ["", "-wal", "-shm"]) rmSync(`${file}${part}`, { force: true });
  return `The database ${file} ${difference}`;
}

function create(db: Db, deployment: Deployment): void {
  db.transaction(() => {
    db.exec(logs);
    db.exec(rows);
    db.prepare("INSERT INTO logs_version VALUES (?)").run(LOGS_VERSION);
    db.prepare("INSERT INTO origin (id, chain_id, deployment) VALUES (1, ?, ?)").run(
      deployment.chainId,
      JSON.stringify(deployment),
    );
    db.pragma(`user_version = ${VERSION}`);
  })();
}

/** Remembers the contracts that the deployment gained. */
function keepDeployment(db: Db, deployment: Deployment): void {
  const json = JSON.stringify(deployment);
  db.prepare("UPDATE origin SET deployment = ? WHERE deployment <> ?").run(json, json);
}

const versionOf = (db: Db): number => db.pragma("user_version", { simple: true }) as number;

const hasLogsVersion = (db: Db): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'logs_version'").get() !== undefined;

const logsVersionOf = (db: Db): number =>
  hasLogsVersion(db) ? (db.prepare("SELECT version FROM logs_version").pluck().get() as number) : 1;

/** Why the database isn't this deployment's; undefined if it is, or is new. */
function differenceOf(db: Db, deployment: Deployment): string | undefined {
  const version = versionOf(db);
  if (version === 0) return undefined;
  if (version > VERSION) return `has schema version ${version}; this indexer is older and writes version ${VERSION}.`;
  if (version < OLDEST)
    return `has schema version ${version}; this indexer can take over files from version ${OLDEST} on.`;
  const ofLogs = logsVersionOf(db);
  if (ofLogs !== LOGS_VERSION)
    return `has version ${ofLogs} of the chain's logs; this indexer is older and knows version ${LOGS_VERSION}.`;
  const own = deploymentOf(db);
  if (own.chainId !== deployment.chainId)
    return `is of chain ${own.chainId}, but the deployment is on chain ${deployment.chainId}.`;
  const another = `is of another deployment on chain ${own.chainId}`;
  if (own.startBlock !== deployment.startBlock)
    return `${another}: its first block is ${own.startBlock}, and not ${deployment.startBlock}.`;
  for (const [name, { address }] of Object.entries(own.contracts)) {
    const given = deployment.contracts[name]?.address;
    if (given !== address) return `${another}: its ${name} stands at ${address}, and not at ${given ?? "no address"}.`;
  }
  return undefined;
}

const deploymentOf = (db: Db): Deployment =>
  JSON.parse(db.prepare<[], string>("SELECT deployment FROM origin").pluck().get() as string);
