import { ETHER } from "../../../test/contracts/fixtures.ts";
import type { BenchMethod } from "../method.ts";
import { BATCH, batch, traced } from "./attestations.ts";
import { measure } from "./gas.ts";

/** Its window, in seconds. */
const WINDOW = 600;

export const fraudProof: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, bonds } = site;
    const contract = await ethers.deployContract("FraudProof", [campaign, bonds, WINDOW, ETHER / 1000n]);
    return { contract, measure: () => measure(site, contract) };
  },
  kinds: [
    { weight: 20, units: 1, write: traced },
    { weight: 5, units: BATCH, write: batch },
  ],
};
