import type { BenchMethod } from "../method.ts";
import { measure } from "./gas.ts";

export const zkProof: BenchMethod = {
  async deploy(site) {
    const contract = await site.ethers.deployContract("ZkProof", [site.campaign, site.bonds]);
    return { contract, measure: () => measure(site, contract) };
  },
  // Runs of generated seasons stay comparable with those before this method.
  kinds: [],
};
