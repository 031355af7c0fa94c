import { fraudProofDeployment } from "../../../scripts/methods/fraudProof.ts";
import type { BenchMethod } from "../method.ts";
import { BATCH, batch, traced } from "./attestations.ts";
import { measure } from "./gas.ts";

/** Its window, in seconds. */
const WINDOW = 600;

export const fraudProof: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, bonds } = site;
    const { bondPerAttestation, bondPerUnit } = fraudProofDeployment.production;
    const parameters = [campaign, bonds, WINDOW, bondPerAttestation, bondPerUnit];
    const contract = await ethers.deployContract("FraudProof", parameters);
    return { contract, measure: () => measure(site, contract) };
  },
  kinds: [
    { weight: 20, units: 1, write: traced },
    { weight: 5, units: BATCH, write: batch },
  ],
};
