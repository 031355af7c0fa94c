import { bytesToHex, erc20Abi, type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import type { PublishedModel } from "../inference/model.ts";
import type { Sender } from "../participant/sender.ts";
import { campaignAbi } from "../sdk/abi.ts";
import { type Call, callOf } from "../sdk/calls.ts";
import { type Client, contractOf } from "../sdk/client.ts";
import { RevertError } from "../sdk/errors.ts";
import { rewardsContract, type Terms } from "../sdk/seasonEnd.ts";

/** A task to draft. */
export interface TaskDraft {
  model: PublishedModel;
  method: number;
  points: bigint;
  unitsPerAccount: number;
  noise: number;
  /** Raw bytes of all base inputs, one after another. */
  inputs: Uint8Array;
}

/** A season to draft. Times are unix seconds. */
export interface SeasonDraft {
  startsAt: number;
  endsAt: number;
  closesAt: number;
  /** Points an account can earn as verifier. */
  verifierCap: bigint;
  uri: string;
  tasks: readonly TaskDraft[];
  /** What the sender promises, and has the tokens for; defaults to nothing. */
  rewards?: Terms;
}

/** Drafts a season, adds its tasks, escrows its rewards and opens it; returns its id. */
export async function openSeason(client: Client, sender: Sender, draft: SeasonDraft): Promise<bigint> {
  const { campaign } = client.contracts;
  const { startsAt, endsAt, closesAt, verifierCap, uri, tasks, rewards } = draft;
  const [drafted] = await Promise.all([
    sender.send(callOf({ ...campaign, functionName: "draft", args: [startsAt, endsAt, closesAt, verifierCap] })),
    rewards && sender.send(approval(client, rewards)),
  ]);
  const seasonId = draftedIn(drafted);
  const additions = tasks.map(({ model, inputs, method, points, unitsPerAccount, noise }) => {
    const rules = { modelId: model.modelId as Hex, method, points, unitsPerAccount, noise };
    const args = [seasonId, rules, bytesToHex(model.layout), bytesToHex(inputs)] as const;
    return callOf({ ...campaign, functionName: "addTask", args });
  });
  if (rewards !== undefined)
    additions.push(
      callOf({ ...contractOf(client, rewardsContract), functionName: "escrow", args: [seasonId, rewards] }),
    );
  // A sender's transactions are mined in the order of these calls, which numbers the tasks.
  await Promise.all(additions.map(sender.send));
  await sender.send(callOf({ ...campaign, functionName: "open", args: [seasonId, uri] }));
  return seasonId;
}

/** Lets Rewards take what the terms promise. */
function approval(client: Client, { token, pool, posterBudget }: Terms): Call {
  const { address } = contractOf(client, rewardsContract);
  return callOf({ address: token, abi: erc20Abi, functionName: "approve", args: [address, pool + posterBudget] });
}

const FIRST_LEAD = 20;
const LONGEST_LEAD = 300;

/**
 * Opens a season by `open`, which is given the seconds until it shall start: 20, and three times as many each time that
 * drafting took longer than that, as it may on a slow machine. Throws what `open` throws otherwise. A draft that came too
 * late is left behind, and harms nobody.
 */
export async function openInTime(open: (lead: number) => Promise<bigint>): Promise<bigint> {
  for (let lead = FIRST_LEAD; ; lead *= 3)
    try {
      return await open(lead);
    } catch (error) {
      const isLate = error instanceof RevertError && error.errorName === "ImpossibleSchedule";
      if (!isLate || 3 * lead > LONGEST_LEAD) throw error;
    }
}

function draftedIn({ logs }: TransactionReceipt): bigint {
  const [drafted] = parseEventLogs({ abi: campaignAbi, eventName: "SeasonDrafted", logs });
  if (drafted === undefined) throw new Error("The campaign drafted no season.");
  return drafted.args.seasonId;
}
