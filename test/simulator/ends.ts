import { type Abi, type Address, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { badgesAbi, campaignAbi, rewardsAbi, standingsAbi } from "../../sdk/abi.ts";
import type { DeployedContract } from "../../sdk/deployment.ts";
import { rankAll, type Standing } from "../../sdk/ledger.ts";
import { cutStandings, type StandingsChunk } from "../../sdk/standings.ts";
import type { Anvil } from "./anvil.ts";
import type { Random } from "./random.ts";
import type { Act, Moment, Scene } from "./scene.ts";

/** Accounts of a chunk. */
const SIZE = 3;
const DAY = 86_400;

const NOBODY = { place: 0, rank: 0, account: `0x${"00".repeat(20)}` as Address, points: 0n, lastSeq: 0n };
const NO_PROOF = { index: 0, count: 0, siblings: [] as Hex[] };

const addressOf = (
  { deployment: { contracts } }: Pick<Scene, "deployment">,
  name: "Standings" | "Rewards" | "Badges",
) => (contracts[name] as DeployedContract).address;

/** Rewards of a season: by rank, or by points. */
const termsOf = ({ token }: Scene, seasonId: bigint) => {
  const prizes = [
    { places: 2, amount: 400n },
    { places: 3, amount: 60n },
  ];
  const isByRank = seasonId % 2n === 0n;
  const common = { token, posterBudget: 20n, perAccount: 3n, claimPeriod: DAY };
  return isByRank ? { ...common, pool: 980n, prizes } : { ...common, pool: 1_000n, prizes: [] };
};

/** Escrows a season's rewards while it is a draft. */
export function escrow(scene: Scene, seasonId: bigint): Act {
  const data = encodeFunctionData({
    ...{ abi: rewardsAbi, functionName: "escrow", args: [seasonId, termsOf(scene, seasonId)] },
  });
  return { from: scene.accounts[0] as Address, to: addressOf(scene, "Rewards"), data };
}

/** The next steps of a season that closed, by what the chain holds: none of one that didn't. */
export async function endSeason(
  scene: Scene,
  seasonId: bigint,
  { request, random, moment }: { request: Anvil["request"]; random: Random; moment: Moment },
): Promise<Act[]> {
  const { Campaign } = scene.deployment.contracts;
  const [Standings, Rewards, Badges] = (["Standings", "Rewards", "Badges"] as const).map((name) =>
    addressOf(scene, name),
  ) as [Address, Address, Address];
  const read = async <Result>(to: Address, abi: Abi, functionName: string, args: readonly unknown[]) => {
    const data = encodeFunctionData({ abi, functionName, args });
    const answer = await request<Hex>("eth_call", { to, data }, "latest");
    return decodeFunctionResult({ abi, functionName, data: answer }) as Result;
  };

  const { closesAt } = await read<{ closesAt: number }>(Campaign.address, campaignAbi, "seasonOf", [seasonId]);
  if (moment.time < closesAt) return [];
  const from = random.pick(scene.accounts);
  const end = await read<{ frozen: boolean; finalisedAt: number }>(Standings, standingsAbi, "endOf", [seasonId]);
  if (!end.frozen) {
    const data = encodeFunctionData({ abi: standingsAbi, functionName: "freeze", args: [seasonId] });
    return [{ from, to: Standings, data }];
  }
  const entries = await read<bigint[]>(Campaign.address, campaignAbi, "entriesOf", [seasonId, scene.accounts]);
  const order = rankAll(
    scene.accounts.flatMap((account, i) => {
      const entry = entries[i] as bigint;
      return entry === 0n ? [] : [{ account, points: entry >> 64n, lastSeq: BigInt.asUintN(64, entry) }];
    }),
  );
  const chunks = cutStandings(order, SIZE);
  if (end.finalisedAt === 0) {
    // Two posters; now and then one begins anew.
    const poster = scene.accounts[random.between(1, 2)] as Address;
    const { count } = await read<{ count: number }>(Standings, standingsAbi, "draftOf", [seasonId, poster]);
    const chunk = chunks[random.chance(0.2) ? 0 : count / SIZE];
    if (!chunk) return [];
    const accounts = chunk.standings.map(({ account }) => account);
    const data = encodeFunctionData({
      ...{ abi: standingsAbi, functionName: "post", args: [seasonId, chunk.first, accounts] },
    });
    return [{ from: poster, to: Standings, data }];
  }
  if (order.length === 0) return [];
  const own = random.pick(order);
  const proved = { standing: own, proof: chunkOf(chunks, own).proof(own.place) };
  const terms = termsOf(scene, seasonId);
  const next = terms.prizes.length === 0 ? undefined : order.find(({ rank }) => rank > own.rank);
  const claim = {
    ...proved,
    next: next ?? NOBODY,
    nextProof: next ? chunkOf(chunks, next).proof(next.place) : NO_PROOF,
  };
  const pay = encodeFunctionData({ abi: rewardsAbi, functionName: "payPoster", args: [seasonId, terms] });
  const take = encodeFunctionData({
    ...{ abi: rewardsAbi, functionName: "claim", args: [seasonId, terms, claim, own.account, "0x"] },
  });
  const mint = encodeFunctionData({ abi: badgesAbi, functionName: "mint", args: [seasonId, own, proved.proof] });
  return [
    { from: own.account, to: Rewards, data: take },
    random.chance(0.7) ? { from, to: Badges, data: mint } : { from, to: Rewards, data: pay },
  ];
}

const chunkOf = (chunks: readonly StandingsChunk[], { place }: Standing): StandingsChunk =>
  chunks[Math.floor((place - 1) / SIZE)] as StandingsChunk;
