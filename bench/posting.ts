import { crowdOf, enterCrowd } from "../test/contracts/Standings/crowd.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, runSeason, type Site } from "./site.ts";

const CHUNK = 1_000;

/** Posting the final order of a season: the second of two chunks, an account. */
export async function measurePosting(site: Site): Promise<Gas> {
  const { ethers, campaign, networkHelpers } = site;
  const standings = await ethers.deployContract("Standings", [campaign]);
  await runSeason(site, 1);
  const seasonId = await campaign.seasonCount();
  const order = crowdOf(2 * CHUNK);
  await enterCrowd(networkHelpers, campaign, seasonId, order);
  await networkHelpers.time.increaseTo((await campaign.seasonOf(seasonId)).closesAt);
  await standings.freeze(seasonId);
  const accounts = order.map(({ account }) => account);
  await standings.post(seasonId, 1, accounts.slice(0, CHUNK));
  const gas = await gasOf(await standings.post(seasonId, CHUNK + 1, accounts.slice(CHUNK)));
  return { "post-1000-per-account": Math.round(gas / CHUNK) };
}
