import { existsSync, readFileSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import type { Deployment } from "../../sdk/deployment.ts";
import { FatalError } from "../ingest/errors.ts";
import { configureWal } from "./wal.ts";

export type Db = Database.Database;

const VERSION = 5;
const BUSY_TIMEOUT = 1_000;
const CACHE_KIB = 64 * 1024;
const schema = readFileSync(new URL("schema.sql", import.meta.url), "utf8");

/**
 * Opens the file, or creates it for this deployment. Throws {@link FatalError} when it holds another deployment's rows
 * or was written by another version. A deployment that gained a contract is the same one: nothing about an attestation
 * comes from a method's contract before `MethodAdded` names it, from where on it was followed; one that isn't named yet
 * is followed from the next block on.
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
    db.exec(schema);
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

const versionOf = (db: Db): unknown => db.pragma("user_version", { simple: true });

/** What makes the database another than the deployment's; undefined where it is its own, or new. */
function differenceOf(db: Db, deployment: Deployment): string | undefined {
  const version = versionOf(db);
  if (version === 0) return undefined;
  if (version !== VERSION) return `has schema version ${version}; this indexer writes version ${VERSION}.`;
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
