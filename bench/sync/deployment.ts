import { getAddress, keccak256, numberToHex } from "viem";
import { type Deployment, parseDeployment } from "../../sdk/deployment.ts";

const contract = (n: number) => ({
  address: getAddress(keccak256(numberToHex(n)).slice(0, 42)),
  transactionHash: keccak256(numberToHex(n, { size: 2 })),
});

/** Where the contracts of the chain that is indexed stand. */
export const deployment: Deployment = parseDeployment({
  chainId: 31337,
  startBlock: 1,
  contracts: {
    AccessManager: contract(0),
    ModelRegistry: contract(1),
    AttestationRegistry: contract(2),
    Bonds: contract(3),
    Campaign: contract(4),
    Quorum: contract(5),
    FraudProof: contract(6),
  },
});
