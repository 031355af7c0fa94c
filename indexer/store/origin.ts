import type { Deployment } from "../../sdk/deployment.ts";
import { optionalContracts } from "./version.ts";

/**
 * Why a database that was written for the deployment `own` isn't this one's; undefined where it is. A deployment that
 * gained a contract is the same one: nothing about an attestation comes from a method's contract before `MethodAdded`
 * names it, from where on it was followed; one that isn't named yet is followed from the next block on. Core contracts
 * that it gained are followed from the deployment's first block, or their events would be missing: `logsVersion` says
 * which were known.
 */
export function deploymentDifference(own: Deployment, deployment: Deployment, logsVersion: number): string | undefined {
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
    optionalContracts(logsVersion).find(
      ([name, wasRead]) => name in deployment.contracts && !(wasRead && name in own.contracts),
    ) ?? [];
  return missing && `has no events of ${missing}, which the deployment names: it was written without that contract.`;
}
