import { type Address, encodeFunctionData, isAddressEqual, zeroAddress } from "viem";
import { type Call, callOf } from "../../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../../sdk/client.ts";
import { RevertError, revertDataOf } from "../../sdk/errors.ts";
import type { Standing } from "../../sdk/ledger.ts";
import { prizeOf, shareOf } from "../../sdk/rewards.ts";
import {
  badgesContract,
  type Claim,
  claimUntil,
  decodeTerms,
  isMinted,
  type ProvedStanding,
  readSeasonEnd,
  rewardsContract,
  type SeasonEnd,
  standingsContract,
  type Terms,
} from "../../sdk/seasonEnd.ts";
import { verifyStanding } from "../../sdk/standings.ts";
import type { ClaimAnswer, ClaimedReward, FinalStanding, SeasonRewards } from "../../sdk/wire.ts";
import { ContradictionError } from "./contradiction.ts";

/** An account's final standing and what follows from it, all of it held against the contracts. */
export interface CheckedClaim {
  standing: Standing;
  /** Undefined without rewards. `claim` pays the account, which sends it itself, `until` a time in unix seconds. */
  reward: { amount: bigint; state: ClaimedReward["state"]; until: number; claim: Call } | undefined;
  /** Undefined where the deployment has no badges. */
  badge: { isMinted: boolean; mint: Call } | undefined;
}

/** What is checked, and who is asked. */
interface Asked {
  client: Client;
  seasonId: bigint;
  account: Address;
  rewards: Pick<SeasonRewards, "terms" | "token"> | null;
  /** What the server answers for the account at a place of the final order. */
  answerAt: (place: number) => Promise<ClaimAnswer>;
}

/**
 * Holds what the server says of an account's claim against the contracts. Throws a {@link ContradictionError} where they say
 * something else, and other errors where they can't be asked.
 */
export async function checkClaim(answer: ClaimAnswer, asked: Asked): Promise<CheckedClaim> {
  const { client, seasonId, account, rewards } = asked;
  const proved = await provedStanding(asked, answer);
  const { standing, proof } = proved;
  if (!isAddressEqual(standing.account, account))
    throw new ContradictionError(`The server answers for ${standing.account} instead of ${account}.`);
  const reward =
    rewards && answer.reward ? await checkReward(asked, proved, termsOf(rewards), answer.reward) : undefined;
  if (!hasContract(client, badgesContract)) return { standing, reward, badge: undefined };
  const badges = contractOf(client, badgesContract);
  const mint = callOf({ ...badges, functionName: "mint", args: [seasonId, standing, proof] });
  return { standing, reward, badge: { mint, isMinted: await isMinted(client, seasonId, standing.place) } };
}

/** A standing of the server's as the contracts take it, if its proof leads to the root that Standings keeps. */
async function provedStanding(
  { client, seasonId }: Pick<Asked, "client" | "seasonId">,
  { standing: told, proof }: { standing: FinalStanding; proof: ClaimAnswer["proof"] | null },
): Promise<ProvedStanding> {
  const standings = contractOf(client, standingsContract);
  let proved: ProvedStanding;
  let first: number;
  try {
    if (proof === null) throw new TypeError("There is no proof.");
    proved = { standing: { ...told, points: BigInt(told.points), lastSeq: BigInt(told.lastSeq) }, proof };
    first = told.place - proof.index;
    encodeFunctionData({ ...standings, functionName: "isFinal", args: [seasonId, proved.standing, proof] });
    encodeFunctionData({ ...standings, functionName: "finalRootOf", args: [seasonId, first] });
  } catch (cause) {
    throw new ContradictionError("The server's proof can't be read.", { cause });
  }
  const root = await client.rpc.readContract({
    ...{ ...standings, functionName: "finalRootOf", args: [seasonId, first] as const },
  });
  if (!verifyStanding(root, first, proved.standing, proved.proof))
    throw new ContradictionError(
      `The server places ${told.account} at ${told.place} with ${told.points} points; its proof doesn't lead to the root that the contract keeps, ${root}.`,
    );
  return proved;
}

/** The terms that the server tells; whether they are the season's, the contract says. */
function termsOf({ terms: encoded, token }: Pick<SeasonRewards, "terms" | "token">): Terms {
  let terms: Terms;
  try {
    terms = decodeTerms(encoded);
  } catch (cause) {
    throw new ContradictionError("The server's terms of the rewards can't be read.", { cause });
  }
  if (terms.token.toLowerCase() === token.toLowerCase()) return terms;
  throw new ContradictionError(`The server says that ${token} is paid; by its terms it's ${terms.token}.`);
}

async function checkReward(asked: Asked, proved: ProvedStanding, terms: Terms, told: ClaimedReward) {
  const { client, seasonId, account } = asked;
  const { standing } = proved;
  const end = await readSeasonEnd(client, seasonId);
  const { amount, claim } =
    terms.prizes.length === 0
      ? { amount: shareOf(terms.pool, standing.points, end.totalPoints), claim: { ...proved, ...NOBODY } }
      : await checkPrize(asked, proved, terms, told, end);
  const rewards = contractOf(client, rewardsContract);
  const call = callOf({ ...rewards, functionName: "claim", args: [seasonId, terms, claim, account, "0x"] });
  const state = await stateOf(client, call, { seasonId, account, place: standing.place });
  // Whoever claimed with a later rank than the next was paid less.
  const isRight = state === "claimed" ? BigInt(told.amount) <= amount : told.amount === String(amount);
  if (!isRight)
    throw new ContradictionError(`The server says that the reward is ${told.amount}; by the terms it's ${amount}.`);
  return { amount, state, until: claimUntil(end, terms), claim: call };
}

const NOBODY: Pick<Claim, "next" | "nextProof"> = {
  next: { place: 0, rank: 0, account: zeroAddress, points: 0n, lastSeq: 0n },
  nextProof: { index: 0, count: 0, siblings: [] },
};

/** The contract pays less where a later rank than the next is shown: so the last place before it must be the account's rank. */
async function checkPrize(
  asked: Asked,
  proved: ProvedStanding,
  terms: Terms,
  { next: told, nextProof }: ClaimedReward,
  { participants }: SeasonEnd,
): Promise<{ amount: bigint; claim: Claim }> {
  const { rank, place } = proved.standing;
  const next = told && (await provedStanding(asked, { standing: told, proof: nextProof }));
  const last = next ? next.standing.place - 1 : participants;
  const wrong = () => new ContradictionError(`The server hides the rank after ${rank}: the contract would pay less.`);
  if (last < place || (next && next.standing.rank !== next.standing.place)) throw wrong();
  if (last !== place) {
    const { standing } = await provedStanding(asked, await asked.answerAt(last));
    if (standing.place !== last || standing.rank !== rank) throw wrong();
  }
  const following = next ? { next: next.standing, nextProof: next.proof } : NOBODY;
  return { amount: prizeOf(terms.prizes, rank, last), claim: { ...proved, ...following } };
}

const STATES: Readonly<Record<string, ClaimedReward["state"]>> = {
  RewardAlreadyClaimed: "claimed",
  ClaimsOver: "over",
  NoReward: "nothing",
};

/** What the contract would do with the claim now. */
async function stateOf(
  client: Client,
  { name, to, data }: Call,
  { seasonId, account, place }: { seasonId: bigint; account: Address; place: number },
): Promise<ClaimedReward["state"]> {
  try {
    await client.rpc.call({ account, to, data });
    return "claimable";
  } catch (cause) {
    const reason = revertDataOf(cause);
    if (reason === undefined) throw cause;
    const error = new RevertError(name, reason, { cause });
    if (error.errorName === "WrongTerms")
      throw new ContradictionError("The server tells other terms of the rewards than the organiser escrowed.");
    const state = STATES[error.errorName ?? ""];
    if (state === undefined) throw error;
    if (state !== "over") return state;
    const rewards = contractOf(client, rewardsContract);
    const isClaimed = { ...rewards, functionName: "isClaimed", args: [seasonId, place] } as const;
    return (await client.rpc.readContract(isClaimed)) ? "claimed" : "over";
  }
}
