import { type Address, encodeFunctionData, type Hex, type LocalAccount } from "viem";
import { rewardsAbi } from "../../../sdk/abi.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../../../sdk/client.ts";
import type { Standing } from "../../../sdk/ledger.ts";
import {
  badgeId,
  badgesContract,
  type Claim,
  claimOf,
  claimTypedData,
  claimUntil,
  type FinalOrder,
  isMinted,
  proofAt,
  readFinalOrder,
  readTerms,
  rewardsContract,
  standingOf,
  type Terms,
} from "../../../sdk/seasonEnd.ts";
import type { Invocation, Outcome } from "../../command.ts";
import { grouped, utc } from "../../format.ts";
import type { Progress } from "../../progress.ts";
import { noStandings, type Stage, stageCommand, wordOf } from "../../season/stage.ts";
import { withSender } from "../../sending.ts";
import { openSettingsAccount } from "../../settings.ts";
import { parseAddress, UsageError } from "../../usage.ts";

export const claimCommand = stageCommand({
  summary: "claim the reward and the badge of the key's final standing",
  details: `Proves the key's final standing and claims its reward; with --badge it also mints its badge, and does whichever of the two is still to be done. With --sign it sends nothing, but prints a call that anyone may send. Needs a key.
JSON: seasonId, account, standing, to, reward (amount, token, transactionHash), badge (tokenId, transactionHash), each null where nothing was sent; with --sign signature and call (to, data).`,
  options: {
    to: { value: "ADDRESS", help: "who gets the reward; defaults to the account" },
    badge: { help: "also mint the badge" },
    sign: { help: "print a signed call for somebody else to send" },
  },
  prepare(invocation) {
    const { options, switches } = invocation;
    const to = options.to === undefined ? undefined : parseAddress("--to", options.to);
    if (switches.has("sign") && switches.has("badge"))
      throw new UsageError("A badge needs no signature: anyone may mint it, by --badge without --sign.");
    return async (stage) => {
      const order = await readOrder(stage, invocation);
      const account = await openSettingsAccount(invocation.settings);
      const found = await readClaimable(stage, order, account.address);
      const paying = { ...stage, ...found, account, to: to ?? account.address };
      return switches.has("sign") ? signClaim(paying) : send(paying, switches.has("badge"), invocation.progress);
    };
  },
});

async function readOrder(stage: Stage, { progress }: Invocation): Promise<FinalOrder> {
  const { client, seasonId, end } = stage;
  if (end === undefined) throw noStandings(client);
  const order = await readFinalOrder(client, seasonId, progress.show);
  if (order === undefined) throw new Error(`Season ${seasonId} has no final order yet: it is ${wordOf(stage)}.`);
  return order;
}

/** What an account may still do with its standing. A string says why it can't. */
interface Claimable {
  order: FinalOrder;
  standing: Standing;
  reward: { terms: Terms; claim: Claim; amount: bigint } | string;
  badge: { tokenId: bigint } | string;
}

async function readClaimable(stage: Stage, order: FinalOrder, account: Address): Promise<Claimable> {
  const { client, seasonId } = stage;
  const standing = standingOf(order, account);
  if (standing === undefined) throw new Error(`${account} has no entry in season ${seasonId}.`);
  return {
    ...{ order, standing },
    reward: await findReward(stage, order, standing),
    badge: await findBadge(client, seasonId, standing.place),
  };
}

/** The reward that a final standing has still to claim; a sentence says why there is none. */
export async function findReward(
  { client, seasonId, now }: Stage,
  order: FinalOrder,
  { account, place, rank }: Standing,
) {
  const terms = await readTerms(client, seasonId);
  const found = terms && claimOf(order, terms, account);
  if (terms === undefined || found === undefined) return `Season ${seasonId} has no rewards.`;
  if (found.amount === 0n) return `Rank ${grouped(rank)} of season ${seasonId} gets no reward.`;
  const rewards = contractOf(client, rewardsContract);
  if (await client.rpc.readContract({ ...rewards, functionName: "isClaimed", args: [seasonId, place] }))
    return `The reward of ${account} in season ${seasonId} was claimed already.`;
  const until = claimUntil(order.end, terms);
  return now < until ? { terms, ...found } : `Claims of season ${seasonId} ended at ${utc(until)}.`;
}

/** The badge that can still be minted for a place; a sentence says why there is none. */
export async function findBadge(client: Client, seasonId: bigint, place: number): Promise<Claimable["badge"]> {
  if (!hasContract(client, badgesContract)) return "The deployment has no badges.";
  const isDone = await isMinted(client, seasonId, place);
  return isDone ? `The badge of place ${grouped(place)} was minted already.` : { tokenId: badgeId(seasonId, place) };
}

/** Who claims what, and for whom. */
interface Paying extends Stage, Claimable {
  account: LocalAccount;
  to: Address;
}

async function signClaim({ client, seasonId, standing, reward, account, to }: Paying): Promise<Outcome> {
  if (typeof reward === "string") throw new Error(reward);
  const { terms, claim, amount } = reward;
  const message = { seasonId, account: account.address, to, amount };
  const signature = await account.signTypedData(claimTypedData(client, message));
  const { address } = contractOf(client, rewardsContract);
  const args = [seasonId, terms, claim, to, signature] as const;
  const call = { to: address, data: encodeFunctionData({ abi: rewardsAbi, functionName: "claim", args }) };
  return {
    good: true,
    text: [
      ...standingLines(standing),
      `Reward     ${grouped(amount)} of ${terms.token}, to ${to}`,
      `Signature  ${signature}`,
      "",
      "Anyone may send this call; it pays nobody else.",
      `To         ${call.to}`,
      `Data       ${call.data}`,
    ].join("\n"),
    json: { seasonId, account: account.address, standing, to, amount, token: terms.token, signature, call },
  };
}

async function send(paying: Paying, wantsBadge: boolean, progress: Progress): Promise<Outcome> {
  const { client, seasonId, order, standing, reward, badge, account, to } = paying;
  if (typeof reward === "string" && (!wantsBadge || typeof badge === "string"))
    throw new Error(wantsBadge && typeof badge === "string" ? `${reward} ${badge}` : reward);
  return withSender(client, account, progress, async (sender) => {
    let claimed: Hex | undefined;
    let minted: Hex | undefined;
    if (typeof reward !== "string") {
      const args = [seasonId, reward.terms, reward.claim, to, "0x"] as const;
      const rewards = contractOf(client, rewardsContract);
      claimed = (await sender.send(callOf({ ...rewards, functionName: "claim", args }))).transactionHash;
    }
    if (wantsBadge && typeof badge !== "string") {
      const proved = proofAt(order, standing.place);
      const args = [seasonId, proved.standing, proved.proof] as const;
      const badges = contractOf(client, badgesContract);
      minted = (await sender.send(callOf({ ...badges, functionName: "mint", args }))).transactionHash;
    }
    return {
      good: true,
      text: [
        ...standingLines(standing),
        typeof reward === "string"
          ? `Reward     none: ${reward}`
          : `Reward     ${grouped(reward.amount)} of ${reward.terms.token}, to ${to}, in transaction ${claimed}`,
        ...(wantsBadge
          ? [
              typeof badge === "string"
                ? `Badge      none: ${badge}`
                : `Badge      ${badge.tokenId}, in transaction ${minted}`,
            ]
          : []),
      ].join("\n"),
      json: {
        ...{ seasonId, account: account.address, standing, to },
        reward:
          typeof reward === "string"
            ? null
            : { amount: reward.amount, token: reward.terms.token, transactionHash: claimed },
        badge: minted === undefined || typeof badge === "string" ? null : { ...badge, transactionHash: minted },
      },
    };
  });
}

const standingLines = ({ account, rank, place, points }: Standing): string[] => [
  `Account    ${account}`,
  `Rank       ${grouped(rank)}, place ${grouped(place)}, ${grouped(points)} points`,
];
