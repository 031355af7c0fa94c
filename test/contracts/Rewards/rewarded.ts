import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { TypedDataEncoder } from "ethers";
import type { Standing } from "../../../sdk/ledger.ts";
import { cutStandings } from "../../../sdk/standings.ts";
import { frozenSeason } from "../Standings/ended.ts";

const DAY = 86_400;

/** Of the season's six accounts, ranks 1, 2, 2, 4, 5, 5: the second and third share 301, the last two 10. */
export const prizes = [
  { places: 1, amount: 600 },
  { places: 1, amount: 200 },
  { places: 1, amount: 101 },
  { places: 2, amount: 10 },
];

/** Rewards by rank; give what differs. */
export const termsOf = (token: { target: unknown }, terms: object = {}) => ({
  ...{ token: token.target as string, pool: 921, posterBudget: 50, perAccount: 7, claimPeriod: 30 * DAY, prizes },
  ...terms,
});

/** The pool is shared by points: 100, 50, 50, 10 of 210, and nothing for the last two. */
export const byPoints = { pool: 1_000, prizes: [] };

/** A token of which the organiser has 10,000, and Rewards that may take them. */
export async function deployRewards(
  ethers: HardhatEthers,
  { organiser, standings }: { organiser: HardhatEthersSigner; standings: { target: unknown } },
) {
  const rewards = await ethers.deployContract("Rewards", [standings.target as string]);
  const token = await ethers.deployContract("MockToken");
  await token.mint(organiser, 10_000);
  await token.connect(organiser).approve(rewards, 10_000);
  return { rewards, token };
}

/** A season with rewards, frozen, not yet final. */
export async function rewardedSeason(ethers: HardhatEthers, helpers: NetworkHelpers, differing: object = {}) {
  let deployed: Awaited<ReturnType<typeof deployRewards>> | undefined;
  const p = await frozenSeason(ethers, helpers, async (drafted) => {
    deployed = await deployRewards(ethers, drafted);
    await deployed.rewards.connect(drafted.organiser).escrow(1, termsOf(deployed.token, differing));
  });
  const { rewards, token } = deployed as NonNullable<typeof deployed>;
  return { ...p, rewards, token, terms: termsOf(token, differing), chunks: cutStandings(p.order, 4) };
}

type Rewarded = Awaited<ReturnType<typeof rewardedSeason>>;

/** The same, final: `prover` posted the order in two chunks. */
export async function finalSeason(ethers: HardhatEthers, helpers: NetworkHelpers, differing: object = {}) {
  const p = await rewardedSeason(ethers, helpers, differing);
  for (const { first, standings } of p.chunks)
    await p.standings.connect(p.prover).post(
      1,
      first,
      standings.map(({ account }) => account),
    );
  return p;
}

const NOBODY = {
  standing: { place: 0, rank: 0, account: `0x${"00".repeat(20)}`, points: 0n, lastSeq: 0n },
  proof: { index: 0, count: 0, siblings: [] },
};

/** What proves the standing at a place. */
export function proofAt({ chunks }: Pick<Rewarded, "chunks">, place: number) {
  const chunk = chunks.find(({ first, standings }) => place >= first && place < first + standings.length);
  if (chunk === undefined) return NOBODY;
  return { standing: chunk.standings[place - chunk.first] as Standing, proof: chunk.proof(place) };
}

/** The claim of the account at a place; `next` is the place of the next rank's first account, by default the right one. */
export function claimAt(p: Pick<Rewarded, "chunks" | "order">, place: number, next?: number) {
  const own = proofAt(p, place);
  const following = p.order.find(({ rank }) => rank > own.standing.rank)?.place ?? 0;
  const { standing, proof } = proofAt(p, next ?? following);
  return { ...own, next: standing, nextProof: proof };
}

/** A claim as an account signs it: domain, types and message. */
async function typedClaim(
  { rewards }: Pick<Rewarded, "rewards">,
  claim: { seasonId?: number; account: string; to: string; amount: number },
) {
  const network = await rewards.runner?.provider?.getNetwork();
  const fields = { seasonId: "uint256", account: "address", to: "address", amount: "uint256" };
  return [
    {
      name: "Proofboard Rewards",
      version: "1",
      chainId: network?.chainId ?? null,
      verifyingContract: await rewards.getAddress(),
    },
    { Claim: Object.entries(fields).map(([name, type]) => ({ name, type })) },
    { seasonId: 1, ...claim },
  ] satisfies Parameters<typeof TypedDataEncoder.hash>;
}

/** What an account has to sign. */
export const digestOf = async (...args: Parameters<typeof typedClaim>) =>
  TypedDataEncoder.hash(...(await typedClaim(...args)));

/** An account's signature of a claim. */
export const signClaim = async (
  p: Pick<Rewarded, "rewards">,
  account: HardhatEthersSigner,
  claim: { seasonId?: number; account?: string; to: string; amount: number },
) => account.signTypedData(...(await typedClaim(p, { account: account.address, ...claim })));
