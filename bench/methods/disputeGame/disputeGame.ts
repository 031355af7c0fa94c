import { disputeGameDeployment } from "../../../scripts/methods/disputeGame.ts";
import type { BenchMethod } from "../method.ts";
import { measure } from "./gas.ts";

/** Its window and clocks, in seconds. */
const WINDOW = 600;

export const disputeGame: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, bonds } = site;
    const { gasPrice, bondPerUnit } = disputeGameDeployment.production;
    const contract = await ethers.deployContract("DisputeGame", [
      campaign,
      bonds,
      WINDOW,
      WINDOW,
      gasPrice,
      bondPerUnit,
    ]);
    return { contract, measure: () => measure(site, contract) };
  },
  // Generated seasons are compared with those measured before.
  kinds: [],
};
