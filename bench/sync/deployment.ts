import { type Address, getAddress, keccak256, numberToHex } from "viem";
import { coreContractNames, type Deployment, parseDeployment } from "../../sdk/deployment.ts";
import { knownMethods } from "../../sdk/methods/index.ts";

const contract = (n: number) => ({
  address: getAddress(keccak256(numberToHex(n)).slice(0, 42)),
  transactionHash: keccak256(numberToHex(n, { size: 2 })),
});

const names = [...coreContractNames, ...knownMethods().map(([, { name }]) => name)];

/** The contracts of the chain that is indexed. */
export const deployment: Deployment = parseDeployment({
  chainId: 31337,
  startBlock: 1,
  contracts: Object.fromEntries(names.map((name, n) => [name, contract(n)])),
});

/** The address of one of them. */
export function at(name: string): Address {
  const found = deployment.contracts[name];
  if (found === undefined) throw new Error(`The benchmark's chain has no ${name} contract.`);
  return found.address;
}
