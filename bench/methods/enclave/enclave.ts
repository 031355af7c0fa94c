import type { BenchMethod } from "../method.ts";
import { signed } from "./attestations.ts";
import { measure } from "./gas.ts";

export const enclave: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, admin } = site;
    const contract = await ethers.deployContract("Enclave", [campaign, [admin], 1]);
    return { contract, measure: () => measure(site, contract) };
  },
  kinds: [{ weight: 1, units: 1, write: signed }],
};
