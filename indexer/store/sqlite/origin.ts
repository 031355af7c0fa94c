import type { Deployment } from "../../../sdk/deployment.ts";
import type { Db } from "./database.ts";
import { optionalContracts, versionDifference, versionOf } from "./schema.ts";

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

/**
 * Why the database isn't this deployment's, or of no version that can be read; undefined if it is, or is new.
 * A deployment that gained a contract is the same one: nothing about an attestation comes from a method's contract before
 * `MethodAdded` names it, from where on it was followed; one that isn't named yet is followed from the next block on.
 * Core contracts that it gained are followed from the deployment's first block, or their events would be missing.
 */
export function differenceOf(db: Db, deployment: Deployment): string | undefined {
  if (versionOf(db) === 0) return undefined;
  return versionDifference(db) ?? deploymentDifference(db, deployment);
}

function deploymentDifference(db: Db, deployment: Deployment): string | undefined {
  const own: Deployment = JSON.parse(db.prepare<[], string>("SELECT deployment FROM origin").pluck().get() as string);
  if (own.chainId !== deployment.chainId)
    return `is of chain ${own.chainId}, but the deployment is on chain ${deployment.chainId}.`;
  const another = `is of another deployment on chain ${own.chainId}`;
  if (own.startBlock !== deployment.startBlock)
    return `${another}: its first block is ${own.startBlock}, and not ${deployment.startBlock}.`;
  for (const [name, { address }] of Object.entries(own.contracts)) {
    const given = deployment.contracts[name]?.address;
    if (given !== address) return `${another}: its ${name} stands at ${address}, and not at ${given ?? "no address"}.`;
  }
  const [missing] =
    optionalContracts(db).find(
      ([name, wasRead]) => name in deployment.contracts && !(wasRead && name in own.contracts),
    ) ?? [];
  return missing && `has no events of ${missing}, which the deployment names: it was written without that contract.`;
}
