import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import type { Deployment } from "../../sdk/deployment.ts";
import { FatalError } from "../ingest/rpc.ts";

export type Db = Database.Database;

const VERSION = 3;
const schema = readFileSync(new URL("schema.sql", import.meta.url), "utf8");

/**
 * Opens the file, or creates it for this deployment. Throws {@link FatalError} when it holds another deployment's rows
 * or was written by another version.
 */
export function openDatabase(file: string, deployment: Deployment): Db {
  const db = new Database(file);
  try {
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = NORMAL");
    db.pragma("foreign_keys = ON");
    const version = db.pragma("user_version", { simple: true });
    if (version === 0) create(db, deployment);
    else if (version !== VERSION)
      throw new FatalError(
        `The database ${file} has schema version ${version}; this indexer writes version ${VERSION}.`,
      );
    checkDeployment(db, file, deployment);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
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

function checkDeployment(db: Db, file: string, deployment: Deployment): void {
  const origin = db.prepare("SELECT chain_id, deployment FROM origin").get() as {
    chain_id: number;
    deployment: string;
  };
  if (origin.chain_id !== deployment.chainId)
    throw new FatalError(
      `The database ${file} is of chain ${origin.chain_id}, but the deployment is on chain ${deployment.chainId}.`,
    );
  if (origin.deployment !== JSON.stringify(deployment))
    throw new FatalError(`The database ${file} is of another deployment on chain ${origin.chain_id}.`);
}
