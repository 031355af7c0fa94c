import type { Deployment } from "../../../sdk/deployment.ts";
import { deploymentDifference } from "../origin.ts";
import type { Db } from "./database.ts";
import { logsVersionOf, versionDifference, versionOf } from "./schema.ts";

/** Notes whose rows a new file holds. */
export function setDeployment(db: Db, deployment: Deployment): void {
  db.prepare("INSERT INTO origin (id, chain_id, deployment) VALUES (1, ?, ?)").run(
    deployment.chainId,
    JSON.stringify(deployment),
  );
}

/** Remembers the contracts that the deployment gained. */
export function keepDeployment(db: Db, deployment: Deployment): void {
  const json = JSON.stringify(deployment);
  db.prepare("UPDATE origin SET deployment = ? WHERE deployment <> ?").run(json, json);
}

/** Why the database isn't this deployment's, or of no version that can be read; undefined if it is, or is new. */
export function differenceOf(db: Db, deployment: Deployment): string | undefined {
  if (versionOf(db) === 0) return undefined;
  const difference = versionDifference(db);
  if (difference !== undefined) return difference;
  const own: Deployment = JSON.parse(db.prepare<[], string>("SELECT deployment FROM origin").pluck().get() as string);
  return deploymentDifference(own, deployment, logsVersionOf(db));
}
