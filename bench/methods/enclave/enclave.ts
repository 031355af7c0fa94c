import type { BenchMethod } from "../method.ts";
import { measure } from "./gas.ts";

export const enclave: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, admin } = site;
    const contract = await ethers.deployContract("Enclave", [campaign, [admin], 1]);
    return { contract, measure: () => measure(site, contract) };
  },
  // Generated seasons are compared with those measured before.
  kinds: [],
};
