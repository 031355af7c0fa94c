import { readFileSync } from "node:fs";
import { createConfig } from "ponder";
import { attestationRegistryAbi, campaignAbi, modelRegistryAbi } from "../../../sdk/abi.ts";
import type { Deployment } from "../../../sdk/deployment.ts";
import { fraudProofAbi } from "../../../sdk/methods/fraudProof.ts";

const { BENCH_RPC, BENCH_DEPLOYMENT = "", BENCH_PGLITE, DATABASE_URL = "" } = process.env;
const { chainId, startBlock, contracts } = JSON.parse(readFileSync(BENCH_DEPLOYMENT, "utf8")) as Deployment;
const common = { chain: "anvil", startBlock } as const;

export default createConfig({
  database: BENCH_PGLITE
    ? { kind: "pglite", directory: BENCH_PGLITE }
    : { kind: "postgres", connectionString: DATABASE_URL },
  // As Ponder's manual has it for anvil.
  chains: { anvil: { id: chainId, rpc: BENCH_RPC, disableCache: true } },
  contracts: {
    ModelRegistry: { abi: modelRegistryAbi, address: contracts.ModelRegistry.address, ...common },
    AttestationRegistry: { abi: attestationRegistryAbi, address: contracts.AttestationRegistry.address, ...common },
    Campaign: { abi: campaignAbi, address: contracts.Campaign.address, ...common },
    FraudProof: { abi: fraudProofAbi, address: contracts.FraudProof?.address ?? "0x", ...common },
  },
});
