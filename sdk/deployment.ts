import { checksum as getAddress, validate as isAddress } from "ox/Address";
import { validate as isHash } from "ox/Hash";
import type { Address, Hex } from "viem";

/** The contracts that every deployment names. */
export const coreContractNames = [
  "AccessManager",
  "ModelRegistry",
  "AttestationRegistry",
  "Bonds",
  "Campaign",
] as const;

/** A contract's address, and the transaction that deployed it. */
export interface DeployedContract {
  address: Address;
  transactionHash: Hex;
}

/** How to find Proofboard on a chain: what `deployments/<chainId>.json` says. */
export interface Deployment {
  chainId: number;
  /** The first block that can hold an event of these contracts. */
  startBlock: number;
  contracts: DeployedContracts;
  /** A block explorer's https URL, whose pages have the paths of EIP-3091; readers are linked there, nothing is fetched. */
  explorer?: string | undefined;
}

/** Contracts by name: the core ones, those of verification methods, and any others that were deployed with them. */
export type DeployedContracts = Readonly<Record<string, DeployedContract>> &
  Readonly<Record<(typeof coreContractNames)[number], DeployedContract>>;

/**
 * Checks a deployment read from JSON and checksums its addresses; contracts that nobody here knows are kept. Throws a
 * sentence that quotes what is malformed.
 */
export function parseDeployment(value: unknown): Deployment {
  const { chainId, startBlock, contracts, explorer } = asRecord(value, "The deployment");
  if (!isCount(chainId) || chainId === 0)
    throw new Error(`The deployment's chainId is ${quote(chainId)}; it must be a positive integer.`);
  if (!isCount(startBlock))
    throw new Error(`The deployment's startBlock is ${quote(startBlock)}; it must be a block number.`);
  if (explorer !== undefined && explorer !== null && !isHttps(explorer))
    throw new Error(`The deployment's explorer is ${quote(explorer)}; it must be an https URL.`);
  const named = asRecord(contracts, "The deployment's contracts");
  const names = new Set([...coreContractNames, ...Object.keys(named)]);
  const parsed = [...names].map((name) => [name, parseContract(name, named[name])] as const);
  return {
    ...{ chainId, startBlock, contracts: Object.fromEntries(parsed) as unknown as DeployedContracts },
    ...(isHttps(explorer) && { explorer }),
  };
}

function parseContract(name: string, value: unknown): DeployedContract {
  if (value === undefined) throw new Error(`The deployment names no ${name}.`);
  const { address, transactionHash } = asRecord(value, `The deployment's ${name}`);
  if (typeof address !== "string" || !isAddress(address))
    throw new Error(`The deployment's ${name} has the address ${quote(address)}; that is not an address.`);
  if (typeof transactionHash !== "string" || !isHash(transactionHash))
    throw new Error(
      `The deployment's ${name} has the transactionHash ${quote(transactionHash)}; that is not a 32-byte hash.`,
    );
  return { address: getAddress(address), transactionHash };
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${what} is ${quote(value)}; it must be a JSON object.`);
  return value as Record<string, unknown>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether a value is an https URL without a user's name or password. */
function isHttps(value: unknown): value is string {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return protocol === "https:" && username === "" && password === "";
}

const quote = (value: unknown): string => JSON.stringify(value) ?? "missing";
